import { describe, expect, test } from 'vitest'
import { tharBeSettings } from '../../../src/thar-be-settings/program.ts'
import {
  FakeRunner,
  runTool,
  StubApi,
  testHost,
  type CommandEnd,
  type ProgramRun,
  type StubRoute,
  type TestHost,
} from '../../support/apply-host.ts'

const MOTD = '/usr/share/templates/motd'
const UNIT = '/usr/share/templates/unit'
const BROKEN = '/usr/share/templates/broken'

const TEMPLATES = {
  [MOTD]: '[required-extensions]\nmotd = "v1"\n+++\n{{settings.motd}}\n',
  [UNIT]: '+++\n[Service]\nArch={{os.arch}}\n',
  [BROKEN]: '[required-extensions]\nntp = "v1"\n+++\n{{settings.ntp.nope}}\n',
}

const FILES = {
  motd: { path: '/etc/motd', 'template-path': MOTD },
  unit: { path: '/etc/systemd/system/a.service.d/unit.conf', 'template-path': UNIT, mode: '0600' },
  broken: { path: '/etc/broken', 'template-path': BROKEN },
  gone: { path: '/etc/gone', 'template-path': '/usr/share/templates/gone' },
}

const SERVICES = {
  motd: { 'configuration-files': ['motd'], 'restart-commands': [] },
  unit: { 'configuration-files': ['unit'], 'restart-commands': ['/bin/systemctl try-restart a', 'second  command'] },
  broken: { 'configuration-files': ['broken', 'gone', 'motd'], 'restart-commands': ['never'] },
  plain: { 'configuration-files': [], 'restart-commands': ['plain'] },
}

const MODEL = { settings: { motd: 'hi', ntp: {} }, os: { arch: 'x86_64' } }

const pick = (from: Readonly<Record<string, unknown>>, names: readonly string[]): string =>
  JSON.stringify(Object.fromEntries(names.map((name) => [name, from[name]])))

interface Outcome extends ProgramRun {
  readonly host: TestHost
  readonly api: StubApi
  readonly runner: FakeRunner
}

interface Options {
  readonly argv?: readonly string[]
  readonly stdin?: string
  readonly routes: Readonly<Record<string, StubRoute>>
  readonly command?: (name: string) => CommandEnd
  readonly prepare?: (host: TestHost) => void
}

async function run(options: Options): Promise<Outcome> {
  const api = new StubApi({ 'GET /': JSON.stringify(MODEL), ...options.routes })
  const runner = new FakeRunner(({ command }) => options.command?.(command.join(' ')) ?? {})
  const host = testHost({ files: TEMPLATES, api, runner })
  options.prepare?.(host)
  const result = await runTool(tharBeSettings, options.argv ?? [], host, { stdin: options.stdin ?? '' })
  return { ...result, host, api, runner }
}

const eventsOf = (host: TestHost, kind: string): unknown[] => host.emitted.filter((event) => event.kind === kind)

describe('selected keys', () => {
  const selected = (
    affected: Readonly<Record<string, readonly string[]>>,
    services: readonly string[],
    files: readonly string[],
    more: Partial<Options> = {},
  ): Promise<Outcome> => {
    const keys = Object.keys(affected)
    return run({
      stdin: JSON.stringify(keys),
      ...more,
      routes: {
        [`GET /metadata/affected-services?keys=${keys.join(',')}`]: JSON.stringify(affected),
        [`GET /services?names=${services.join(',')}`]: pick(SERVICES, services),
        [`GET /configuration-files?names=${files.join(',')}`]: pick(FILES, files),
        ...more.routes,
      },
    })
  }

  test('writes the files, reloads systemd, then runs the commands', async () => {
    const { exitCode, stderr, host, api, runner } = await selected(
      { 'settings.b': ['unit'], 'settings.a': ['unit', 'motd'] },
      ['motd', 'unit'],
      ['motd', 'unit'],
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(host.fs.readText('/etc/motd')).toBe('hi\n')
    expect(host.fs.readText('/etc/systemd/system/a.service.d/unit.conf')).toBe('[Service]\nArch=x86_64\n')
    expect(host.fs.stat('/etc/systemd/system/a.service.d/unit.conf')?.mode).toBe(0o600)
    expect(runner.requests.map(({ command, purpose, env }) => [command, purpose, env])).toEqual([
      [['systemctl', 'daemon-reload'], 'reload', {}],
      [['/bin/systemctl', 'try-restart', 'a'], 'restart', { CHANGED_SETTINGS: 'settings.a settings.b' }],
      [['second', '', 'command'], 'restart', { CHANGED_SETTINGS: 'settings.a settings.b' }],
    ])
    expect(api.log.filter((line) => line === 'GET /')).toHaveLength(1)
    expect(host.emitted.map((event) => event.kind)).toEqual([
      'changed-keys',
      'file',
      'file',
      'command',
      'command',
      'command',
    ])
    expect(host.emitted[0]).toEqual({ kind: 'changed-keys', keys: ['settings.b', 'settings.a'] })
    expect(host.emitted[1]).toMatchObject({ path: '/etc/motd', changed: true, mode: '0644', services: ['motd'] })
  })

  test('equal files are left alone, but reload and commands happen', async () => {
    const unit = '/etc/systemd/system/a.service.d/unit.conf'
    const { exitCode, host, runner } = await selected({ 'settings.a': ['unit'] }, ['unit'], ['unit'], {
      prepare: ({ fs }) => {
        fs.makeDirectory('/etc/systemd/system/a.service.d')
        fs.writeFile(unit, '[Service]\nArch=x86_64\n')
        fs.changeMode(unit, 0o644)
      },
      command: () => ({ recorded: true }),
    })
    expect(exitCode).toBe(0)
    expect(runner.commands).toHaveLength(3)
    expect(eventsOf(host, 'file')).toEqual([
      expect.objectContaining({ path: unit, changed: false, mode: '0644', services: ['unit'] }),
    ])
    expect(eventsOf(host, 'command')).toEqual(
      ['systemctl daemon-reload', '/bin/systemctl try-restart a', 'second  command'].map((command): unknown =>
        expect.objectContaining({ command, ran: false }),
      ),
    )
  })

  test('one file that cannot be rendered: nothing is written, nothing is run, every such file is told', async () => {
    const { exitCode, stderr, host, runner } = await selected(
      { 'settings.a': ['broken', 'unit'] },
      ['broken', 'unit'],
      ['broken', 'gone', 'motd', 'unit'],
    )
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[APPLY_RENDER_FAILED]')
    expect(stderr).toContain('/etc/broken')
    expect(stderr).toContain('cannot read /usr/share/templates/gone: ENOENT')
    expect(host.fs.stat('/etc')).toBeUndefined()
    expect(runner.commands).toEqual([])
    expect(eventsOf(host, 'file')).toEqual([])
    expect(eventsOf(host, 'not-rendered')).toEqual([
      expect.objectContaining({ name: 'broken', path: '/etc/broken', code: expect.stringMatching(/^TEMPLATE_/) }),
      expect.objectContaining({ name: 'gone', path: '/etc/gone', code: 'HOST_FILE_UNREADABLE' }),
    ])
  })

  test('a service without files only runs its commands; the settings are not asked for', async () => {
    const { exitCode, api, runner } = await selected({ 'settings.a': ['plain'] }, ['plain'], [])
    expect(exitCode).toBe(0)
    expect(runner.commands).toEqual(['plain'])
    expect(api.log.filter((line) => line === 'GET /' || line.includes('configuration-files'))).toEqual([])
  })

  test('no affected service: done', async () => {
    const { exitCode, api, runner } = await run({
      stdin: '["settings.a"]',
      routes: { 'GET /metadata/affected-services?keys=settings.a': '{}' },
    })
    expect(exitCode).toBe(0)
    expect(api.log).toHaveLength(1)
    expect(runner.commands).toEqual([])
  })

  test('keys are percent-encoded, and many of them are asked for in parts', async () => {
    const quoted = 'settings.kernel.sysctl."a.b"'
    const first = await run({
      stdin: JSON.stringify([quoted]),
      routes: { 'GET /metadata/affected-services?keys=settings.kernel.sysctl.%22a.b%22': '{}' },
    })
    expect(first.exitCode).toBe(0)
    const keys = Array.from({ length: 1000 }, (_, i) => `settings.kernel.sysctl.key-number-${String(i)}`)
    const api = new StubApi()
    api.request = (request) => {
      api.requests.push(request)
      return Promise.resolve({ status: 200, headers: {}, body: '{}' })
    }
    expect((await runTool(tharBeSettings, [], testHost({ api }), { stdin: JSON.stringify(keys) })).exitCode).toBe(0)
    expect(api.requests.every(({ uri }) => uri.length < 10_000)).toBe(true)
    expect(api.requests.flatMap(({ uri }) => decodeURIComponent(uri.split('=')[1] ?? '').split(','))).toEqual(keys)
  })

  test('the first command that fails ends the run', async () => {
    const { exitCode, stderr, host, runner } = await selected(
      { 'settings.a': ['plain', 'unit'] },
      ['plain', 'unit'],
      ['unit'],
      {
        command: (name) => (name === 'plain' ? { exitCode: 3, stderr: 'no such thing\n' } : {}),
      },
    )
    expect(exitCode).toBe(1)
    expect(stderr).toContain("'plain' of service plain ended with 3:\nno such thing")
    expect(runner.commands).toEqual(['systemctl|daemon-reload', 'plain'])
    expect(host.fs.stat('/etc/systemd/system/a.service.d/unit.conf')).toBeDefined()
    expect(eventsOf(host, 'command')).toHaveLength(2)
  })

  test.each<[string, CommandEnd, string]>([
    ['cannot start', { startError: 'ENOENT' }, 'could not be started: ENOENT'],
    ['is killed', { signal: 'SIGKILL' }, 'was ended by SIGKILL'],
  ])('a reload that %s ends the run before any command', async (_, end, message) => {
    const { exitCode, stderr, runner } = await selected({ 'settings.a': ['unit'] }, ['unit'], ['unit'], {
      command: () => end,
    })
    expect(exitCode).toBe(1)
    expect(stderr).toContain(message)
    expect(runner.commands).toEqual(['systemctl|daemon-reload'])
  })

  test.each<[string, string, Record<string, StubRoute>]>([
    ['standard input is no list', '{}', {}],
    ['the API refuses an empty list', '[]', {}],
    ['a service is unknown', '["k"]', { 'GET /metadata/affected-services?keys=k': '{"k":["x"]}' }],
    ['the answer is no list', '["k"]', { 'GET /metadata/affected-services?keys=k': '{"k":"x"}' }],
    [
      'a service is not answered',
      '["k"]',
      { 'GET /metadata/affected-services?keys=k': '{"k":["x"]}', 'GET /services?names=x': '{}' },
    ],
    [
      'a file is unknown',
      '["k"]',
      {
        'GET /metadata/affected-services?keys=k': '{"k":["motd"]}',
        'GET /services?names=motd': pick(SERVICES, ['motd']),
      },
    ],
  ])('%s: ends with 1', async (_, stdin, routes) => {
    const { exitCode, runner } = await run({ stdin, routes })
    expect(exitCode).toBe(1)
    expect(runner.commands).toEqual([])
  })

  test('settings that cannot be had end with 1 before anything is written', async () => {
    const { exitCode, host } = await selected({ 'settings.a': ['motd'] }, ['motd'], ['motd'], {
      routes: { 'GET /': { status: 404 } },
    })
    expect(exitCode).toBe(1)
    expect(host.fs.stat('/etc/motd')).toBeUndefined()
  })
})

describe('--all', () => {
  const all = (services: StubRoute = JSON.stringify(SERVICES), more: Partial<Options> = {}): Promise<Outcome> =>
    run({
      argv: ['--all'],
      stdin: 'is not read',
      ...more,
      routes: { 'GET /services': services, 'GET /configuration-files': JSON.stringify(FILES), ...more.routes },
    })

  test('leaves out what cannot be rendered, does not reload, runs every command without keys', async () => {
    const { exitCode, stdout, host, runner } = await all()
    expect(exitCode).toBe(0)
    expect(eventsOf(host, 'file').map((event) => (event as { path: string }).path)).toEqual([
      '/etc/motd',
      '/etc/systemd/system/a.service.d/unit.conf',
    ])
    expect(eventsOf(host, 'file')[0]).toMatchObject({ services: ['broken', 'motd'] })
    expect(eventsOf(host, 'not-rendered')).toHaveLength(2)
    expect(stdout).toMatch(/\[WARN\] not rendered: .*\/etc\/broken/)
    expect(runner.commands).toEqual(['never', 'plain', '/bin/systemctl|try-restart|a', 'second||command'])
    for (const { env } of runner.requests) expect(env).toEqual({})
    expect(eventsOf(host, 'changed-keys')).toEqual([])
  })

  test('an older copy of a file that cannot be rendered stays', async () => {
    const { host } = await all(undefined, {
      prepare: ({ fs }) => {
        fs.makeDirectory('/etc')
        fs.writeFile('/etc/broken', 'old')
      },
    })
    expect(host.fs.readText('/etc/broken')).toBe('old')
  })

  test('services that cannot be had: the files are written, then exit 1', async () => {
    const { exitCode, host, runner } = await all({ status: 500, body: 'oops' })
    expect(exitCode).toBe(1)
    expect(host.fs.readText('/etc/motd')).toBe('hi\n')
    expect(runner.commands).toEqual([])
  })

  test('a file that cannot be written: exit 1 before any command', async () => {
    const { exitCode, runner } = await all(undefined, {
      prepare: ({ fs }) => {
        fs.makeDirectory('/etc/motd')
      },
    })
    expect(exitCode).toBe(1)
    expect(runner.commands).toEqual([])
  })

  test.each<[string, Record<string, StubRoute>]>([
    ['files', { 'GET /configuration-files': { status: 404 } }],
    ['settings', { 'GET /': { status: 404 } }],
    ['OS data', { 'GET /': '{"settings":{}}' }],
    ['a legal mode', { 'GET /configuration-files': JSON.stringify({ motd: { ...FILES.motd, mode: 'rw' } }) }],
  ])('without %s: exit 1', async (_, routes) => {
    const { exitCode, host, runner } = await all(undefined, { routes })
    expect(exitCode).toBe(1)
    expect(host.fs.stat('/etc/motd')).toBeUndefined()
    expect(runner.commands).toEqual([])
  })
})

describe('command line', () => {
  test('--daemon starts the same work in the background', async () => {
    const runner = new FakeRunner()
    const host = testHost({ runner })
    const options = { stdin: '["settings.a"]', self: ['/usr/bin/node', '/x/thar-be-settings.js'] }
    expect(
      await runTool(tharBeSettings, ['--daemon', '--socket-path', '/s', '--log-level', 'debug'], host, options),
    ).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
    await runTool(tharBeSettings, ['--all', '--daemon'], host, { stdin: 'not read' })
    expect(runner.detached.map(({ command, stdin }) => [command, Buffer.from(stdin ?? '').toString()])).toEqual([
      [['/usr/bin/node', '/x/thar-be-settings.js', '--socket-path', '/s', '--log-level', 'debug'], '["settings.a"]'],
      [['/usr/bin/thar-be-settings', '--all'], ''],
    ])
    expect(host.emitted).toEqual([])
  })

  test('a background that cannot be started is an error', async () => {
    const runner = new FakeRunner()
    runner.runDetached = () => Promise.reject(new Error('no more processes'))
    const run = await runTool(tharBeSettings, ['--daemon', '--all'], testHost({ runner }))
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('no more processes')
  })

  test('--socket-path names the API', async () => {
    const host = testHost()
    await runTool(tharBeSettings, ['--all', '--socket-path', '/s'], host)
    expect(host.sockets).toEqual(['/s'])
  })

  test.each([[['x']], [['--socket-path']], [['--log-level', 'loud']], [['--help']], [['--all=1']]])(
    '%j is bad usage',
    async (argv) => {
      expect(await runTool(tharBeSettings, argv, testHost())).toMatchObject({ exitCode: 2, stdout: '' })
    },
  )
})
