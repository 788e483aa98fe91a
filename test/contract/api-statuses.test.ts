/** Every status that the contract documents, of every route, in process and over the socket. */
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_BODY_BYTES, ROUTES, type RouteId } from '../../src/api/contract.ts'
import type { Route } from '../../src/api/route.ts'
import { UPDATE_STATUS_PATH } from '../../src/apiserver/update-status.ts'
import { PATHS } from '../../src/lib/paths.ts'
import type { RootFs } from '../../src/lib/ports.ts'
import { startFixture, type ApiFixture, type FixtureOptions } from '../support/api-fixture.ts'
import { scriptedRunner } from '../support/test-host.ts'

let api: ApiFixture | undefined
afterEach(() => api?.close())

/** Something is pending in the transaction `t`, and nothing in `none`. */
async function withPending(
  options: Partial<FixtureOptions>,
  transport: FixtureOptions['transport'],
): Promise<ApiFixture> {
  const made = await startFixture({ transport, ...options })
  if ((await made.send('PATCH', '/settings?tx=t', { motd: 'pending' })).status !== 204) throw new Error('no pending')
  return made
}

/** Programs of the host end with this. */
const ending = (exitCode: number, stdout = ''): Partial<FixtureOptions> => ({
  runner: scriptedRunner(() => ({ exitCode, stdout })),
})

const live = (file: string): string => `${PATHS.datastoreCurrent}/live/${file}`
/** Files of the datastore that hold no JSON, and an os-release without a version. */
const DAMAGED: Partial<FixtureOptions> = {
  committed: false,
  wrapFs: (fs) => {
    for (const file of [
      'settings/motd',
      'settings/motd.affected-services',
      'settings/motd.template',
      'settings/motd.setting-generator',
      'services/motd/restart-commands',
      'configuration-files/motd/path',
    ]) {
      fs.makeDirectory(live(file).replace(/\/[^/]*$/, ''))
      fs.writeFile(live(file), '"cut o')
    }
    fs.writeFile(PATHS.osRelease, 'VERSION_ID=12\n')
    return fs
  },
}
const without = (...files: string[]): Partial<FixtureOptions> => ({
  wrapFs: (fs) => {
    for (const file of files) fs.removeTree(file)
    return fs
  },
})
const withFile = (file: string, text: string, more: Partial<FixtureOptions> = {}): Partial<FixtureOptions> => ({
  ...more,
  wrapFs: (fs: RootFs) => {
    fs.makeDirectory(file.replace(/\/[^/]*$/, ''))
    fs.writeFile(file, text)
    return fs
  },
})
const STATUS =
  '{"update_state":"Idle","available_updates":[],"chosen_update":null,"active_partition":null,"staging_partition":null,"most_recent_command":null}'
const KEYPAIRS = { request_payload: ['motd=x'] }
const LARGE = `"${'x'.repeat(MAX_BODY_BYTES)}"`
const REPORT = '{"files":[],"commands":[],"notRendered":[]}'

/** Route, status, the rest of the target, body, and what is different about the host. */
type Case = [RouteId, number, string?, unknown?, Partial<FixtureOptions>?]

const updates = (['refresh', 'prepare', 'activate', 'deactivate'] as const).flatMap((command): Case[] =>
  (
    [
      [0, 204],
      [64, 423],
      [65, 409],
      [66, 404],
      [67, 404],
      [1, 500],
      [2, 500],
    ] as const
  ).map(([code, status]) => [
    `${command}-update${command === 'refresh' ? 's' : ''}` as RouteId,
    status,
    '',
    undefined,
    ending(code),
  ]),
)

const CASES: readonly Case[] = [
  ['get-model', 200],
  ['get-model', 400, '?prefix='],
  ['get-model', 404, '', undefined, { committed: false }],
  ['get-model', 500, '', undefined, DAMAGED],
  ['get-settings', 200],
  ['get-settings', 400, '?keys=a..b'],
  ['get-settings', 404, '', undefined, { committed: false }],
  ['get-settings', 500, '', undefined, DAMAGED],
  ['patch-settings', 204, '?tx=u', { motd: 'x' }],
  ['patch-settings', 400, '?tx=u', { nope: 1 }],
  ['patch-settings', 413, '?tx=u', LARGE],
  ['patch-keypairs', 204, '?tx=u', KEYPAIRS],
  ['patch-keypairs', 400, '?tx=u', { request_payload: ['nope=1'] }],
  ['patch-keypairs', 413, '?tx=u', LARGE],
  ['get-default-settings', 200],
  ['get-default-settings', 400, '?prefix='],
  ['get-default-settings', 404, '', undefined, without(PATHS.defaults)],
  ['get-default-settings', 500, '', undefined, withFile(PATHS.defaults, 'nonsense')],
  ['get-settings-catalogue', 200],
  ['get-transaction', 200, '?tx=t'],
  ['get-transaction', 400, '?tx='],
  ['delete-transaction', 200, '?tx=t'],
  ['delete-transaction', 400, '?tx='],
  ['list-transactions', 200],
  ['commit', 200, '?tx=t'],
  ['commit', 400, '?tx='],
  ['commit', 422, '?tx=none'],
  ['apply', 204],
  ['apply', 400, '?keys='],
  ['apply', 500, '', undefined, ending(1)],
  ['commit-and-apply', 200, '?tx=t'],
  ['commit-and-apply', 400, '?tx='],
  ['commit-and-apply', 422, '?tx=none'],
  ['commit-and-apply', 500, '?tx=t', undefined, ending(1)],
  ['preview', 200, '?tx=t'],
  ['preview', 400, '?tx='],
  ['preview', 404, '?tx=none', undefined, { committed: false }],
  ['dry-run', 200, '?tx=t', undefined, ending(0, REPORT)],
  ['dry-run', 400, '?tx='],
  ['dry-run', 422, '?tx=none'],
  ['dry-run', 500, '?tx=t', undefined, ending(1)],
  ['try', 200, '?tx=t&seconds=60'],
  ['try', 400, '?tx=t&seconds=0'],
  ['try', 422, '?tx=none&seconds=60'],
  ['confirm', 400, '?id='],
  ['confirm', 422],
  ['get-apply-status', 200],
  ['get-apply-status', 400, '?id=x'],
  ['get-apply-status', 404, '?id=20240101T000000.000Z-abcd'],
  ['get-os', 200],
  ['get-os', 400, '?prefix='],
  ['get-os', 500, '', undefined, DAMAGED],
  ['get-affected-services', 200, '?keys=settings.motd'],
  ['get-affected-services', 400],
  ['get-affected-services', 500, '?keys=settings.motd', undefined, DAMAGED],
  ['get-setting-generators', 200],
  ['get-setting-generators', 500, '', undefined, DAMAGED],
  ['get-templates', 200, '?keys=settings.network'],
  ['get-templates', 400],
  ['get-templates', 500, '?keys=settings.motd', undefined, DAMAGED],
  ['get-services', 200],
  ['get-services', 400, '?names='],
  ['get-services', 404, '?names=nope'],
  ['get-services', 500, '', undefined, DAMAGED],
  ['get-configuration-files', 200],
  ['get-configuration-files', 400, '?prefix='],
  ['get-configuration-files', 404, '?names=nope'],
  ['get-configuration-files', 500, '', undefined, DAMAGED],
  ['reboot', 204],
  ['reboot', 500, '', undefined, ending(1)],
  ...updates,
  ['get-update-status', 200, '', undefined, withFile(UPDATE_STATUS_PATH, STATUS)],
  ['get-update-status', 404],
  ['get-update-status', 423, '', undefined, ending(1)],
  ['get-update-status', 500, '', undefined, withFile(UPDATE_STATUS_PATH, '{')],
  ['list-reports', 200],
  ['get-cis-report', 200, '?level=1&format=json&type=kubernetes', undefined, ending(0, 'the report')],
  ['get-cis-report', 500, '', undefined, ending(4)],
  ['get-fips-report', 200, '?format=text', undefined, ending(0, 'the report')],
  ['get-fips-report', 500, '', undefined, ending(1)],
  ['get-openapi', 200],
]

/** These come with the programs behind them. */
const ELSEWHERE: readonly string[] = [
  'exec',
  'init-ephemeral-storage',
  'bind-ephemeral-storage',
  'list-ephemeral-disks',
  'list-ephemeral-directories',
]

const routeOf = (id: RouteId): Route => ROUTES.find((route) => route.id === id) as Route

describe.each(['in process', 'socket'] as const)('%s', (transport) => {
  it.each(CASES)('%s answers %i to %s', async (id, status, rest = '', body?, options = {}) => {
    const { method, path } = routeOf(id)
    api =
      options.committed === false
        ? await startFixture({ transport, ...options })
        : await withPending(options, transport)
    // the fixture holds the body against the contract as well
    const answer = await api.send(method, `${path}${rest}`, body)
    expect(answer.status, answer.body).toBe(status)
    if (status >= 400) expect(answer.body).not.toBe('')
  })

  it('confirm answers 200 to a change on trial', async () => {
    api = await withPending({}, transport)
    await api.send('POST', '/tx/try?tx=t&seconds=60')
    expect((await api.send('POST', '/tx/confirm')).json).toEqual(['settings.motd'])
  })
})

describe('the cases', () => {
  it('have every status of every route, but for faults of the server that are not its own', () => {
    const tested = new Set([...CASES.map(([id, status]) => `${id} ${String(status)}`), 'confirm 200'])
    const documented = (ROUTES as readonly Route[])
      .filter(({ id }) => !ELSEWHERE.includes(id))
      .flatMap(({ id, success, failures }) => [success.status, ...failures].map((status) => `${id} ${String(status)}`))
    expect(documented.filter((each) => !tested.has(each))).toEqual([])
  })
})
