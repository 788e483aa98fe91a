import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownSockets, type DirectChannel } from '../../../src/host/direct-channel.ts'
import { socketTransports } from '../../../src/host/node-http.ts'
import { RootedFs } from '../../../src/host/rooted-fs.ts'
import type { ApiRequest, ApiResponse, RootFs } from '../../../src/lib/ports.ts'

const SOCKET = '/run/api.sock'
let root: string
let fs: RootFs
let channel: DirectChannel
let seen: ApiRequest[]

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'own-'))
  fs = new RootedFs(root)
  channel = ownSockets(fs)
  seen = []
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

const listen = (answer: () => Promise<ApiResponse>): ReturnType<DirectChannel['server']['listen']> =>
  channel.server.listen(
    SOCKET,
    (request) => {
      seen.push(request)
      return answer()
    },
    { maxBodyBytes: 4 },
  )
const ok = (): Promise<ApiResponse> => Promise.resolve({ status: 200, headers: {}, body: 'yes' })

describe('sockets of a target whose programs run in this process', () => {
  it('are reached from other processes, and called directly from here', async () => {
    const listener = await listen(ok)
    const request = { method: 'PATCH', uri: '/a?b=c', headers: { h: 'v' }, body: '1234' }
    expect(await channel.api().request(request)).toEqual({ status: 200, headers: {}, body: 'yes' })
    expect(seen[0]).toBe(request)
    expect(await socketTransports(fs)().request(request)).toMatchObject({ status: 200, body: 'yes' })
    expect(seen[1]).toMatchObject({ method: 'PATCH', uri: '/a?b=c', body: '1234' })
    await listener.close()
  })

  it('keep a body that is too long from the server, as over the socket', async () => {
    const listener = await listen(ok)
    for (const api of [channel.api(SOCKET), socketTransports(fs)(SOCKET)]) {
      await api.request({ method: 'PATCH', uri: '/', body: 'ééé' })
    }
    expect(seen.map(({ body, bodyFault }) => ({ body, bodyFault }))).toEqual([
      { body: undefined, bodyFault: 'too-large' },
      { body: undefined, bodyFault: 'too-large' },
    ])
    await listener.close()
  })

  it('answer 500 when the server throws', async () => {
    const listener = await listen(() => Promise.reject(new Error('oops')))
    expect(await channel.api().request({ method: 'GET', uri: '/' })).toMatchObject({ status: 500, body: 'oops' })
    await listener.close()
  })

  it('are reached as files where nobody here listens, or no longer', async () => {
    const unreachable = { code: 'API_UNREACHABLE' }
    await expect(channel.api().request({ method: 'GET', uri: '/' })).rejects.toMatchObject(unreachable)
    const listener = await listen(ok)
    await listener.close()
    await expect(channel.api().request({ method: 'GET', uri: '/' })).rejects.toMatchObject(unreachable)
    const other = ownSockets(fs)
    const elsewhere = await other.server.listen(SOCKET, ok, { maxBodyBytes: 4 })
    expect(await channel.api().request({ method: 'GET', uri: '/' })).toMatchObject({ body: 'yes' })
    await elsewhere.close()
  })
})
