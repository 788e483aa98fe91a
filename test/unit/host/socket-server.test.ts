import { mkdtempSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SocketTransport } from '../../../src/host/node-http.ts'
import { RootedFs } from '../../../src/host/rooted-fs.ts'
import { socketServer } from '../../../src/host/socket-server.ts'
import type { ApiListener, ApiRequest, ApiResponse, RootFs } from '../../../src/lib/ports.ts'
import { failingFs } from '../../support/faulty-fs.ts'

const SOCKET = '/run/api.sock'
let root: string
let fs: RootFs
let listeners: ApiListener[]
let seen: ApiRequest[]

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'sock-'))
  fs = new RootedFs(root)
  listeners = []
  seen = []
})
afterEach(async () => {
  for (const listener of listeners) await listener.close()
  rmSync(root, { recursive: true, force: true })
})

async function listen(
  answer: ApiResponse | Error = { status: 200, headers: { 'x-test': '1' }, body: 'é' },
  options: { socketPath?: string; gid?: number; on?: RootFs } = {},
): Promise<ApiListener> {
  const { socketPath = SOCKET, on = fs, gid } = options
  const listener = await socketServer(on).listen(
    socketPath,
    (request) => {
      seen.push(request)
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
    { maxBodyBytes: 10, ...(gid === undefined ? {} : { gid }) },
  )
  listeners.push(listener)
  return listener
}

const full = (): string => fs.hostPath(SOCKET)
const send = (
  body: Buffer | string,
  method = 'PATCH',
): Promise<{ status: number; headers: http.IncomingHttpHeaders }> =>
  new Promise((resolve, reject) => {
    const request = http.request({ socketPath: full(), method, path: '/x?y=z' }, (response) => {
      response.resume()
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers })
      })
    })
    request.on('error', reject)
    request.end(body)
  })

describe('socketServer', () => {
  it('serves on a socket of mode 0660, making its directory', async () => {
    await listen()
    expect(statSync(full()).isSocket()).toBe(true)
    expect(statSync(full()).mode & 0o7777).toBe(0o660)
    const response = await new SocketTransport(full()).request({ method: 'GET', uri: '/a?b=c', headers: { h: 'v' } })
    expect(response).toMatchObject({ status: 200, body: 'é' })
    expect(response.headers).toMatchObject({ 'x-test': '1', 'content-length': '2' })
    expect(seen).toMatchObject([{ method: 'GET', uri: '/a?b=c', headers: { h: 'v' }, body: '' }])
  })

  it('changes the group of the socket', async () => {
    if (process.getuid?.() !== 0) return
    await listen(undefined, { gid: 274 })
    expect(statSync(full())).toMatchObject({ uid: 0, gid: 274 })
  })

  it('hands over bodies, and says why it has none', async () => {
    await listen()
    await send('0123456789')
    await send('0123456789x')
    await send(Buffer.alloc(10_000_000))
    await send(Buffer.of(0x22, 0xff, 0x22))
    expect(seen.map(({ body, bodyFault }) => bodyFault ?? body)).toEqual([
      '0123456789',
      'too-large',
      'too-large',
      'not-utf8',
    ])
  })

  it('sends no length with 204', async () => {
    await listen({ status: 204, headers: {}, body: '' })
    const { status, headers } = await send('')
    expect(status).toBe(204)
    expect(headers['content-length']).toBeUndefined()
  })

  it('answers 500 with the message if the handler throws, and goes on', async () => {
    await listen(new Error('a fault'))
    expect((await send('')).status).toBe(500)
    const response = await new SocketTransport(full()).request({ method: 'GET', uri: '/' })
    expect(response).toMatchObject({ status: 500, body: 'a fault' })
  })

  it('survives clients that go away in the middle of a body', async () => {
    await listen()
    await new Promise<void>((resolve) => {
      const client = net.connect(full(), () => {
        client.write('PATCH / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc', () => {
          client.destroy()
          resolve()
        })
      })
    })
    expect((await send('x')).status).toBe(200)
  })

  it('replaces a socket that nobody serves, or a plain file', async () => {
    mkdirSync(path.dirname(full()))
    writeFileSync(full(), 'left over')
    await listen()
    expect((await send('')).status).toBe(200)
  })

  it('leaves a socket alone that somebody serves', async () => {
    await listen()
    await expect(listen()).rejects.toMatchObject({ code: 'SOCKET_IN_USE' })
    expect((await send('')).status).toBe(200)
  })

  it('closes kept connections, frees the socket, and can start again', async () => {
    const listener = await listen()
    const agent = new http.Agent({ keepAlive: true })
    await new Promise<void>((resolve) => {
      http.get({ socketPath: full(), path: '/', agent }, (response) => {
        response.resume().on('end', resolve)
      })
    })
    await listener.close()
    listeners = []
    expect(fs.lstat(SOCKET)).toBeUndefined()
    await expect(new SocketTransport(full()).request({ method: 'GET', uri: '/' })).rejects.toMatchObject({
      code: 'API_UNREACHABLE',
    })
    await listen()
    expect((await send('')).status).toBe(200)
    agent.destroy()
  })

  it('refuses a path over 107 bytes before it touches anything', async () => {
    const room = 107 - Buffer.byteLength(root)
    await expect(listen(undefined, { socketPath: `/${'x'.repeat(room)}` })).rejects.toMatchObject({
      code: 'SOCKET_PATH_TOO_LONG',
    })
    expect(fs.readDirectory('/')).toEqual([])
    await listen(undefined, { socketPath: `/${'x'.repeat(room - 1)}` })
  })

  it.each(['EACCES', 'EROFS', 'ENOSPC'])('says why it cannot serve: %s', async (code) => {
    const failure = listen(undefined, { on: failingFs(fs, code) })
    await expect(failure).rejects.toMatchObject({
      code: 'HOST_FILE_UNWRITABLE',
      message: expect.stringContaining(code),
    })
  })

  it('does not stay on a socket whose mode it could not set', async () => {
    const failure = listen(undefined, { on: failingFs(fs, 'EPERM', (operation) => operation === 'changeMode') })
    await expect(failure).rejects.toMatchObject({ code: 'HOST_FILE_UNWRITABLE' })
    expect(fs.lstat(SOCKET)).toBeUndefined()
  })
})
