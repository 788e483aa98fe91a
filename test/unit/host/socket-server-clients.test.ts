/** Clients as they come: malformed, slow, many, greedy, and in the middle of something when the server stops. */
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RootedFs } from '../../../src/host/rooted-fs.ts'
import { socketServer, type ServerLimits } from '../../../src/host/socket-server.ts'
import type { ApiListener, ApiRequest, ApiResponse } from '../../../src/lib/ports.ts'

let root: string
let fs: RootedFs
let listener: ApiListener | undefined
let seen: ApiRequest[]

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cl-'))
  fs = new RootedFs(root)
  seen = []
})
afterEach(async () => {
  await listener?.close()
  listener = undefined
  rmSync(root, { recursive: true, force: true })
})

const OK: ApiResponse = { status: 200, headers: {}, body: 'fine' }
async function listen(
  limits: Partial<ServerLimits> = {},
  answer: (request: ApiRequest) => Promise<ApiResponse> = () => Promise.resolve(OK),
): Promise<void> {
  listener = await socketServer(fs, limits).listen(
    '/s',
    (request) => {
      seen.push(request)
      return answer(request)
    },
    { maxBodyBytes: 1000 },
  )
}
const address = (): string => fs.hostPath('/s')

/** Sends bytes and gives back all that comes until the server ends the connection. */
function exchange(...parts: (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const client = net.connect(address(), () => {
      for (const part of parts) client.write(part)
    })
    client.setEncoding('latin1').on('data', (text: string) => (answer += text))
    client.on('error', reject)
    client.on('close', () => {
      resolve(answer)
    })
  })
}

const get = (uri: string, agent?: http.Agent): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    http
      .get({ socketPath: address(), path: uri, ...(agent === undefined ? {} : { agent }) }, (response) => {
        response.resume().on('end', () => {
          resolve(response.statusCode)
        })
      })
      .on('error', reject)
  })

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('malformed HTTP', () => {
  it.each<[string, string | Buffer, number]>([
    ['nonsense', 'hello\r\n\r\n', 400],
    ['bytes', Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10]), 400],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), 400],
    ['an unknown method', 'FROB / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['no target', 'GET HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['another version', 'GET / HTTP/3.7\r\nHost: x\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n', 400],
    ['a control character in a header', 'GET / HTTP/1.1\r\nHost: x\r\na: \x01\r\n\r\n', 400],
    ['a length that is no number', 'PATCH / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n', 400],
    ['two lengths', 'PATCH / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    [
      'a length and chunks',
      'PATCH / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a chunk without a size', 'PATCH / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n', 400],
    ['headers of 300 KiB', `GET / HTTP/1.1\r\nHost: x\r\na: ${'x'.repeat(300 * 1024)}\r\n\r\n`, 431],
    ['headers of 4 MiB', `GET / HTTP/1.1\r\nHost: x\r\na: ${'x'.repeat(4 * 1024 * 1024)}\r\n\r\n`, 431],
    ['a target of 300 KiB', `GET /${'x'.repeat(300 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['an expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n', 417],
    ['a proxy request', 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ])('%s ends in a clear status, and the server goes on', async (_, bytes, status) => {
    await listen()
    expect(await exchange(bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `))
    expect(seen).toEqual([])
    expect(await get('/')).toBe(200)
  })

  it('an upgrade that nobody offers is a request like any other', async () => {
    await listen()
    const bytes = 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: upgrade, close\r\n\r\n'
    expect(await exchange(bytes)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('one request after the other without waiting gets one answer after the other', async () => {
    await listen()
    const one = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n'
    const last =
      'PATCH /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n'
    expect((await exchange(one + one + last)).match(/HTTP\/1\.1 200/g)).toHaveLength(3)
    expect(seen.map(({ uri, body }) => [uri, body])).toEqual([
      ['/a', ''],
      ['/a', ''],
      ['/b', 'hi'],
    ])
  })
})

describe('slow clients', () => {
  it.each([
    ['headers', 'GET / HTTP/1.1\r\nHost: x\r\n'],
    ['a body', 'PATCH / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'],
    ['a request', ''],
  ])('that never finish %s are sent away', async (_, bytes) => {
    await listen({ headers: 100, request: 150, idle: 100 })
    const start = Date.now()
    const answer = await exchange(bytes)
    expect(answer).toMatch(bytes === '' ? /^(HTTP\/1\.1 408 |$)/ : /^HTTP\/1\.1 408 /)
    expect(Date.now() - start).toBeLessThan(5000)
    expect(seen).toEqual([])
    expect(await get('/')).toBe(200)
  })

  it('that leave their connection idle are sent away', async () => {
    await listen({ idle: 50 })
    expect(await exchange('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('that do not read their answer are sent away', async () => {
    await listen({ answer: 100 }, () => Promise.resolve({ ...OK, body: 'x'.repeat(8 * 1024 * 1024) }))
    const client = net.connect(address())
    const closed = new Promise<void>((resolve) =>
      client
        .on('close', () => {
          resolve()
        })
        .on('error', () => undefined),
    )
    client.pause()
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await sleep(400)
    client.resume()
    await closed
    expect(client.bytesRead).toBeLessThan(8 * 1024 * 1024)
  })

  it('do not hold up the others', async () => {
    await listen()
    const idle = Array.from({ length: 50 }, () => net.connect(address()))
    for (const client of idle) client.write('PATCH / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc')
    expect(await get('/')).toBe(200)
    for (const client of idle) client.destroy()
  })
})

describe('greedy clients', () => {
  it('get their answer although they go on sending', async () => {
    await listen()
    const answer = await new Promise<string>((resolve) => {
      let text = ''
      const client = net.connect(address(), () => {
        client.write('PATCH / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
        const chunk = `${(65536).toString(16)}\r\n${'x'.repeat(65536)}\r\n`
        const pump = (): void => {
          if (client.destroyed) return
          if (client.write(chunk)) setImmediate(pump)
          else client.once('drain', pump)
        }
        pump()
      })
      client.on('data', (data: Buffer) => (text += data.toString()))
      client.on('error', () => undefined)
      client.on('close', () => {
        resolve(text)
      })
    })
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(seen).toMatchObject([{ bodyFault: 'too-large' }])
    expect(await get('/')).toBe(200)
  })

  it('get no more connections than there are', async () => {
    await listen({ connections: 5 })
    const clients = Array.from({ length: 8 }, () => net.connect(address()))
    for (const client of clients) client.on('error', () => undefined)
    await expect.poll(() => clients.filter((client) => client.destroyed || client.readableEnded).length).toBe(3)
    for (const client of clients) client.destroy()
    await expect.poll(() => get('/').catch(() => 0)).toBe(200)
  })

  it('that are many at once all get their answer', async () => {
    await listen()
    const statuses = await Promise.all(Array.from({ length: 400 }, (_, i) => get(`/${String(i)}`)))
    expect(statuses.every((status) => status === 200)).toBe(true)
    expect(new Set(seen.map(({ uri }) => uri)).size).toBe(400)
  })
})

describe('stopping', () => {
  it('lets what is being worked on be answered, cuts what is half sent, and takes nothing new', async () => {
    let finish: (() => void) | undefined
    await listen(
      {},
      () =>
        new Promise(
          (resolve) =>
            (finish = () => {
              resolve(OK)
            }),
        ),
    )
    const working = exchange('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
    const half = exchange('PATCH /half HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc')
    await expect.poll(() => seen.length).toBe(1)
    const stopped = listener?.close()
    listener = undefined
    await sleep(30)
    await expect(get('/new')).rejects.toThrow(/ENOENT|ECONNREFUSED/)
    finish?.()
    await stopped
    const answer = await working
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).toMatch(/connection: close/i)
    expect(await half).toBe('')
    expect(seen.map(({ uri }) => uri)).toEqual(['/slow'])
  })

  it('does not wait for ever', async () => {
    await listen({ stop: 100 }, () => new Promise(() => undefined))
    const never = exchange('GET /never HTTP/1.1\r\nHost: x\r\n\r\n')
    await expect.poll(() => seen.length).toBe(1)
    await listener?.close()
    listener = undefined
    expect(await never).toBe('')
  })

  it('waits for nobody who has gone away', async () => {
    await listen({ stop: 60_000 }, () => new Promise(() => undefined))
    const client = net.connect(address())
    client.write('GET /never HTTP/1.1\r\nHost: x\r\n\r\n')
    await expect.poll(() => seen.length).toBe(1)
    const stopped = listener?.close()
    listener = undefined
    client.destroy()
    await stopped
  })
})
