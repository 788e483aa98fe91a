/** What the server writes to its log: every request, and no value of any setting. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Logger, LogFields } from '../../../src/lib/log.ts'
import { PATHS } from '../../../src/lib/paths.ts'
import { startFixture, type ApiFixture } from '../../support/api-fixture.ts'
import { failingFs } from '../../support/faulty-fs.ts'
import { scriptedRunner } from '../../support/test-host.ts'

interface Line extends LogFields {
  readonly level: string
  readonly message: string
}

const SECRET = 'dG9wOnNlY3JldA=='
let lines: Line[] = []
const at =
  (level: string) =>
  (fields: LogFields, message: string): void => {
    lines.push({ ...fields, level, message })
  }
const log: Logger = {
  error: at('error'),
  warn: at('warn'),
  info: at('info'),
  debug: at('debug'),
  trace: at('trace'),
}

let api: ApiFixture | undefined
afterEach(async () => {
  await api?.close()
  lines = []
})

describe('the log of requests', () => {
  it('has a line for each, with what it was for and how it ended', async () => {
    api = await startFixture({ transport: 'in process', log })
    lines = []
    await api.send('GET', '/settings?keys=settings.motd')
    await api.send('PATCH', '/settings?tx=t', { motd: 'x' })
    await api.send('PATCH', '/settings', { nope: 'x' })
    await api.send('POST', '/tx/commit?tx=t')
    await api.send('POST', '/tx/commit?tx=t')
    await api.send('GET', '/unknown')
    expect(lines.map(({ ms, ...line }) => ({ ...line, isTimed: typeof ms }))).toEqual([
      { level: 'debug', message: 'request', method: 'GET', path: '/settings', status: 200, isTimed: 'number' },
      {
        level: 'info',
        message: 'request',
        method: 'PATCH',
        path: '/settings',
        tx: 't',
        status: 204,
        isTimed: 'number',
      },
      {
        level: 'info',
        message: 'request',
        method: 'PATCH',
        path: '/settings',
        tx: 'default',
        status: 400,
        isTimed: 'number',
      },
      {
        level: 'info',
        message: 'request',
        method: 'POST',
        path: '/tx/commit',
        tx: 't',
        status: 200,
        isTimed: 'number',
      },
      {
        level: 'info',
        message: 'request',
        method: 'POST',
        path: '/tx/commit',
        tx: 't',
        status: 422,
        isTimed: 'number',
      },
    ])
  })

  it('names the fault of a request that failed', async () => {
    let broken = false
    api = await startFixture({ transport: 'in process', log, wrapFs: (fs) => failingFs(fs, 'ENOSPC', () => broken) })
    broken = true
    await api.send('PATCH', '/settings?tx=t', { motd: 'x' })
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      status: 500,
      code: 'DATASTORE_UNWRITABLE',
      reason: expect.stringContaining('ENOSPC'),
    })
  })

  it('holds no value, however the request ends', async () => {
    const registry = { credentials: [{ registry: 'docker.io', auth: SECRET }] }
    const file = `${PATHS.datastoreCurrent}/live/settings/container-registry/credentials`
    api = await startFixture({
      transport: 'in process',
      log,
      runner: scriptedRunner(() => ({ exitCode: 1, stderr: `broken by ${SECRET}` })),
      wrapFs: (fs) => {
        fs.makeDirectory(file.slice(0, file.lastIndexOf('/')))
        fs.writeFile(file, `[{"registry":5,"auth":"${SECRET}"}]`)
        return fs
      },
    })
    const statuses = []
    for (const [method, uri, body] of [
      ['GET', '/settings', undefined],
      ['GET', '/settings?prefix=container-registry', undefined],
      ['PATCH', '/settings?tx=t', { 'container-registry': registry }],
      ['PATCH', '/settings?tx=t', { 'container-registry': { credentials: [{ registry: 5, auth: SECRET }] } }],
      ['PATCH', '/settings?tx=t', `{"container-registry":{"credentials":[{"auth":"${SECRET}"`],
      ['PATCH', '/settings/keypair?tx=t', { request_payload: [`container-registry.auth=${SECRET}`] }],
      ['GET', '/tx?tx=t', undefined],
      ['POST', '/tx/commit_and_apply?tx=t', undefined],
      ['GET', '/', undefined],
      ['GET', `/settings?x=${SECRET}`, undefined],
      ['GET', `/report/cis?level=${SECRET}`, undefined],
    ] as const) {
      statuses.push((await api.send(method, uri, body)).status)
    }
    expect(statuses).toEqual([500, 500, 204, 400, 400, 400, 200, 500, 200, 200, 500])
    expect(lines.length).toBeGreaterThan(10)
    expect(JSON.stringify(lines)).not.toContain(SECRET)
  })
})
