import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { apiserver } from '../../../src/apiserver/program.ts'
import { socketTransports } from '../../../src/host/node-http.ts'
import { RootedFs } from '../../../src/host/rooted-fs.ts'
import { socketServer } from '../../../src/host/socket-server.ts'
import { PATHS } from '../../../src/lib/paths.ts'
import { storewolf } from '../../../src/storewolf/program.ts'
import { DEFAULTS, OS_RELEASE } from '../../support/api-fixture.ts'
import {
  runToEnd,
  scriptedRunner,
  testHost,
  type Ending,
  type ProgramRun,
  type TestHost,
} from '../../support/test-host.ts'

let root: string
let stop: AbortController
let running: Promise<ProgramRun> | undefined

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'aps-'))
  stop = new AbortController()
  running = undefined
})
afterEach(async () => {
  stop.abort()
  await running
  rmSync(root, { recursive: true, force: true })
})

async function makeHost(ending: Ending = {}): Promise<TestHost> {
  const fs = new RootedFs(root)
  for (const directory of ['/etc/storewolf', '/usr/lib', PATHS.datastore]) fs.makeDirectory(directory)
  fs.writeFile(PATHS.defaults, DEFAULTS)
  fs.writeFile(PATHS.osRelease, OS_RELEASE)
  const host = testHost({
    fs,
    server: socketServer(fs),
    api: socketTransports(fs),
    runner: scriptedRunner(() => ending),
  })
  await runToEnd(
    storewolf,
    ['--data-store-base-path', PATHS.datastore, '--inventory-file-symlink-path', PATHS.inventoryLink],
    host,
  )
  return host
}

const ARGS = ['--datastore-path', PATHS.datastoreCurrent, '--log-level', 'error']
const start = (argv: readonly string[], host: TestHost, env: Record<string, string> = {}): Promise<ProgramRun> =>
  (running = runToEnd(apiserver, argv, host, { env, signal: stop.signal }))

async function untilUp(host: TestHost, socketPath?: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    try {
      await host.api(socketPath).request({ method: 'GET', uri: '/os' })
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  throw new Error('the server did not come up')
}

describe('apiserver', () => {
  it('serves the model of its variant until it is told to stop', async () => {
    const host = await makeHost()
    const end = start(ARGS, host)
    await untilUp(host)
    const body = '{"kubernetes":{"max-pods":5},"ecs":{}}'
    const headers = { 'content-type': 'application/json' }
    const answer = await host.api().request({ method: 'PATCH', uri: '/settings', headers, body })
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('settings.ecs') })
    stop.abort()
    expect(await end).toMatchObject({ code: 0, stderr: '' })
    await expect(host.api().request({ method: 'GET', uri: '/os' })).rejects.toMatchObject({ code: 'API_UNREACHABLE' })
  })

  it('uses the socket and group that it is told, and passes the socket on', async () => {
    const host = await makeHost()
    const gid = process.getgid?.() ?? 0
    void start([...ARGS, '--socket-path', '/s', '--socket-gid', String(gid), '--exec-socket-path', '/x'], host)
    await untilUp(host, '/s')
    expect(statSync(path.join(root, 's')).gid).toBe(gid)
    await host.api('/s').request({ method: 'POST', uri: '/tx/apply' })
    expect((host.runner as ReturnType<typeof scriptedRunner>).requests[0]?.command).toContain('/s')
  })

  it('tells the service manager when it is up, if there is one', async () => {
    const host = await makeHost()
    const { requests } = host.runner as ReturnType<typeof scriptedRunner>
    void start(ARGS, host, { NOTIFY_SOCKET: '/run/notify' })
    await untilUp(host)
    await expect
      .poll(() => requests.map(({ command }) => command.join(' ')))
      .toEqual(['systemd-notify --ready --no-block'])
  })

  it('tells nobody without a service manager', async () => {
    const host = await makeHost()
    void start(ARGS, host)
    await untilUp(host)
    expect((host.runner as ReturnType<typeof scriptedRunner>).requests).toEqual([])
  })

  it('fails, and gives the socket back, if that cannot be told', async () => {
    const host = await makeHost({ exitCode: 1, stderr: 'nobody listens' })
    const { code, stderr } = await start(ARGS, host, { NOTIFY_SOCKET: '/run/notify' })
    expect(code).toBe(1)
    expect(stderr).toContain('nobody listens')
    expect(host.fs.lstat(PATHS.apiSocket)).toBeUndefined()
  })

  it('fails without a datastore', async () => {
    const host = await makeHost()
    const { code, stderr } = await start(['--datastore-path', '/nowhere'], host)
    expect(code).toBe(1)
    expect(stderr).toContain('DATASTORE_MISSING')
    host.fs.writeFile('/file', '')
    expect((await start(['--datastore-path', '/file'], host)).code).toBe(1)
  })

  it('fails if another server has the datastore, whatever its socket, which goes on', async () => {
    const host = await makeHost()
    void start(ARGS, host)
    await untilUp(host)
    for (const argv of [ARGS, [...ARGS, '--socket-path', '/other.sock']]) {
      const second = await runToEnd(apiserver, argv, host, { signal: stop.signal })
      expect(second.code).toBe(1)
      expect(second.stderr).toContain('DATASTORE_IN_USE')
    }
    expect(host.fs.lstat('/other.sock')).toBeUndefined()
    await untilUp(host)
  })

  it('fails if something else answers on the socket, and gives the datastore back', async () => {
    const host = await makeHost()
    const other = await host.server.listen(
      PATHS.apiSocket,
      () => Promise.resolve({ status: 200, headers: {}, body: '' }),
      { maxBodyBytes: 1 },
    )
    const { code, stderr } = await start(ARGS, host)
    expect(code).toBe(1)
    expect(stderr).toContain('SOCKET_IN_USE')
    await other.close()
    running = undefined
    void start(ARGS, host)
    await untilUp(host)
  })

  it('fails on a socket path that is too long', async () => {
    const { code, stderr } = await start([...ARGS, '--socket-path', `/${'x'.repeat(108)}`], await makeHost())
    expect(code).toBe(1)
    expect(stderr).toContain('SOCKET_PATH_TOO_LONG')
  })

  it('fails on a variant that it does not know', async () => {
    const host = await makeHost()
    host.fs.writeFile(PATHS.osRelease, OS_RELEASE.replace('VARIANT_ID=aws-k8s-1.30', 'VARIANT_ID=aws-k8s-9'))
    const { code, stderr } = await start(ARGS, host)
    expect(code).toBe(1)
    expect(stderr).toContain('VARIANT_UNKNOWN')
  })

  it.each([
    [[]],
    [['--socket-path', '/s']],
    [[...ARGS, '--socket-gid', 'api']],
    [[...ARGS, '--socket-gid', '-1']],
    [[...ARGS, '--socket-gid', '4294967295']],
    [[...ARGS, '--nope']],
    [['--datastore-path=/x']],
  ])('%j is bad usage', async (argv) => {
    expect((await start(argv, await makeHost())).code).toBe(2)
  })
})
