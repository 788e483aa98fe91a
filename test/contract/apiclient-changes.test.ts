/** Every form of `set`, over a real server on a socket. */
import { describe, expect, it } from 'vitest'
import { APPLIER, useClient } from '../support/client-fixture.ts'

const client = useClient()
const { run, settings, transactions, commands } = client

describe('set', () => {
  it.each<[readonly string[], string, unknown]>([
    [['motd=a=b "c"'], 'motd', { motd: 'a=b "c"' }],
    [['settings.motd=true'], 'motd', { motd: 'true' }],
    [['motd=42'], 'motd', { motd: '42' }],
    [['motd='], 'motd', { motd: '' }],
    [
      ['kubernetes.max-pods=42', 'kubernetes.event-qps=-1'],
      'kubernetes',
      { kubernetes: { 'event-qps': -1n, 'max-pods': 42n } },
    ],
    [['kubernetes.server-tls-bootstrap=false'], 'kubernetes.server', { kubernetes: { 'server-tls-bootstrap': false } }],
    [['kernel.sysctl."vm.max_map_count"=1'], 'kernel', { kernel: { sysctl: { 'vm.max_map_count': '1' } } }],
    [
      ['kubernetes.node-labels."my.label"=hello'],
      'kubernetes.node-l',
      { kubernetes: { 'node-labels': { 'my.label': 'hello' } } },
    ],
    [['-j', '{"motd":"json"}'], 'motd', { motd: 'json' }],
    [['--json', '{"settings":{"motd":"inner"},"motd":"outer"}'], 'motd', { motd: 'inner' }],
    [['-j', '{"ntp":{"time-servers":["x.example"]}}'], 'ntp.t', { ntp: { 'time-servers': ['x.example'] } }],
  ])('%j is in force, and the applier is started', async (words, prefix, after) => {
    expect(await run(['set', ...words])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await settings(prefix)).toEqual(after)
    expect(commands()).toEqual([APPLIER])
    expect(await transactions()).toEqual([])
  })

  it.each([
    [['set']],
    [['set', 'motd']],
    [['set', '-j']],
    [['set', '-j', '{}', '-j', '{}']],
    [['set', '-j', '{}', 'motd=x']],
    [['set', '-j', '[]']],
    [['set', '-j', '{"motd":']],
    [['set', '-j', '{"settings":1}']],
    [['set', 'motd=x', '--format', 'json']],
    [['set', 'motd=x', '--dry-run', '--format', 'toml']],
    [['set', 'motd=x', '--dry-run', '--try', '5']],
    [['set', 'motd=x', '--dry-run', '--wait']],
    [['set', 'motd=x', '--try']],
    [['set', '-x', 'motd=x']],
  ])('%j is bad usage, and nothing is sent', async (argv) => {
    expect(await run(argv)).toMatchObject({ code: 2, stdout: '' })
    expect(await transactions()).toEqual([])
  })

  it('shows every refusal at the words that it is about, and changes nothing', async () => {
    const before = await settings('settings.')
    const result = await run([
      'set',
      'motd=fine',
      'kubernetes.max-pods=many',
      'kubernetes.cluster-nam=x',
      'ntp.options=["a"]',
    ])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toMatch(
      /status 400 for PATCH \/settings\/keypair\?tx=apiclient-set-\w{16}: .*nothing was changed/,
    )
    expect(result.stderr).toContain(
      'pair 2:1:21: error[SETTINGS_WRONG_TYPE] settings.kubernetes.max-pods: expected an integer, found a string\n' +
        '    kubernetes.max-pods=many\n                        ^^^^\n',
    )
    expect(result.stderr).toContain(
      '    kubernetes.cluster-nam=x\n    ^^^^^^^^^^^^^^^^^^^^^^\n    hint: did you mean cluster-name?\n',
    )
    expect(result.stderr).toContain(
      '    ntp.options=["a"]\n                ^^^^^\n    hint: lists need the JSON form: --json\n',
    )
    expect(await settings('settings.')).toEqual(before)
    expect(await transactions()).toEqual([])
    expect(commands()).toEqual([])
  })

  it.each([
    ['a..b=x', '    a..b=x\n    ^^^^\n'],
    ['=x', '    =x\n    ^\n'],
    ['motd x=y', '    motd x=y\n    ^^^^^^\n'],
  ])('shows that %s is no key', async (pair, shown) => {
    const result = await run(['set', pair])
    expect(result.code).toBe(1)
    expect(result.stderr).toContain(shown)
  })

  it('shows refusals of JSON in the argument', async () => {
    const result = await run(['set', '-j', '{"settings":{"kubernetes":{"max-pods":"x"}},"motd":1}'])
    expect(result.stderr).toContain('--json:1:39: error[SETTINGS_WRONG_TYPE] settings.kubernetes.max-pods')
    expect(result.stderr).toContain('--json:1:52: error[SETTINGS_WRONG_TYPE] settings.motd: expected a string')
  })

  it('leaves the transaction behind when the commit fails', async () => {
    const empty = await run(['set', '-j', '{}'])
    expect(empty).toMatchObject({ code: 1, stdout: '' })
    expect(empty.stderr).toContain('status 422 for POST /tx/commit_and_apply')
    expect(empty.stderr).toContain('hint: nothing was changed')
  })

  it('says that the settings are in force when the applier cannot be started', async () => {
    client.ending = { startError: 'ENOENT' }
    const result = await run(['set', 'motd=kept'])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toMatch(/status 500 .*thar-be-settings could not be started: ENOENT/)
    expect(result.stderr).toMatch(/hint: .*the settings are in force and the files are not/)
    expect(await settings('motd')).toEqual({ motd: 'kept' })
    const status = await run(['status'])
    expect(status.code).toBe(1)
    expect(status.stdout).toContain('failed: [HOST_COMMAND_FAILED]')
  })

  it('tells who wants to unset that this cannot be, and what the default is', async () => {
    const alone = await run(['set', '-j', '{"motd":null}'])
    expect(alone).toMatchObject({ code: 1, stdout: '' })
    expect(alone.stderr).toContain('SETTINGS_CANNOT_UNSET')
    expect(alone.stderr).toContain('hint: to go back to the default: apiclient set motd=hi\n')
    const beside = await run(['set', '-j', '{"motd":null,"kubernetes":{"max-pods":7}}'])
    expect(beside).toEqual({
      code: 0,
      stdout: '',
      stderr: 'apiclient: warning: settings.motd stays as it is: null does not unset a setting\n',
    })
  })
})

describe('unset', () => {
  it.each([
    ['motd', 'apiclient set motd=hi'],
    ['settings.ntp.time-servers', `apiclient set -j '{"ntp":{"time-servers":["a.example","b.example"]}}'`],
    ['kubernetes', 'apiclient set kubernetes.max-pods=110'],
    ['kernel.sysctl."vm.max_map_count"', `apiclient set -j '{"kernel":{"sysctl":{"vm.max_map_count":"262144"}}}'`],
    ['updates.seed', `its value was made by "bork seed", at the first boot`],
    ['kubernetes.cluster-name', 'it has no default'],
  ])('%s', async (key, advice) => {
    const result = await run(['unset', key])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain(advice)
  })

  it('offers commands that do what they say', async () => {
    await run(['set', '-j', '{"ntp":{"time-servers":["other.example"]},"motd":"it\'s new"}'])
    const { stderr } = await run(['unset', 'ntp.time-servers'])
    const json = /set -j '(.*)'/.exec(stderr)?.[1] ?? ''
    expect((await run(['set', '-j', json])).code).toBe(0)
    expect(await settings('ntp.t')).toEqual({ ntp: { 'time-servers': ['a.example', 'b.example'] } })
  })

  it.each([[['unset']], [['unset', 'a..b']]])('%j is bad usage', async (argv) => {
    expect((await run(argv)).code).toBe(2)
  })
})
