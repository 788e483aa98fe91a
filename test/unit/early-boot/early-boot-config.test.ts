import { afterEach, describe, expect, it } from 'vitest'
import { discoverProviders } from '../../../src/early-boot/discover-providers.ts'
import { localFile } from '../../../src/early-boot/providers/local-file.ts'
import { earlyBootConfig } from '../../../src/early-boot/program.ts'
import { ConfinedRunner } from '../../../src/host/confined-runner.ts'
import { SpawnRunner } from '../../../src/host/spawn-runner.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { createMetadataHandler, httpOverHandler } from '../../../src/imds-server/handler.ts'
import { completeMetadata } from '../../../src/lib/facts.ts'
import { PATHS } from '../../../src/lib/paths.ts'
import type { ApiListener, ApiRequest, ApiResponse, Host, RunRequest } from '../../../src/lib/ports.ts'
import { runToEnd, scriptedRunner, testHost, type Ending, type TestHost } from '../../support/test-host.ts'

const DIRECTORY = PATHS.dataProviders
const listeners: ApiListener[] = []
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()))
})

function withLinks(...names: string[]): MemoryFs {
  const fs = new MemoryFs()
  fs.makeDirectory(DIRECTORY)
  fs.makeDirectory('/var/lib/bottlerocket')
  for (const name of names) fs.symlink(`../bin/${name}`, `${DIRECTORY}/${name}`)
  return fs
}

function hostWithFile(content: string): Host {
  const host = testHost()
  host.fs.makeDirectory('/var/lib/bottlerocket')
  host.fs.writeFile(PATHS.localUserData, content)
  return host
}

const ok: ApiResponse = { status: 204, headers: {}, body: '' }

interface Setting {
  readonly host: TestHost
  readonly sent: ApiRequest[]
  readonly started: RunRequest[]
}

async function setUp(
  endings: Readonly<Record<string, Ending>>,
  answer: (request: ApiRequest) => ApiResponse = () => ok,
  fs: MemoryFs = withLinks(...Object.keys(endings)),
): Promise<Setting> {
  const runner = scriptedRunner(({ command }) => endings[command[0]?.split('/').at(-1) ?? ''])
  const host = testHost({ fs, runner })
  const sent: ApiRequest[] = []
  const handler = (request: ApiRequest): Promise<ApiResponse> => {
    sent.push(request)
    return Promise.resolve(answer(request))
  }
  fs.makeDirectory('/run')
  listeners.push(await host.server.listen(PATHS.apiSocket, handler, { maxBodyBytes: 1_000_000 }))
  return { host, sent, started: runner.requests }
}

const data = (json: string, desc = 'd'): Ending => ({ stdout: `{"json":${json},"desc":"${desc}"}\n` })
const none: Ending = { stdout: '\n' }
const marker = (host: Host): string | undefined =>
  host.fs.stat(PATHS.earlyBootConfigMarker) === undefined ? undefined : host.fs.readText(PATHS.earlyBootConfigMarker)

describe('discovery', () => {
  it('takes symbolic links in byte order, dangling ones too, and nothing else', () => {
    const fs = withLinks('99-z', '10-b', '10-B', '9-x')
    fs.writeFile(`${DIRECTORY}/15-file`, '')
    fs.makeDirectory(`${DIRECTORY}/16-directory`)
    fs.symlink('/nowhere', `${DIRECTORY}/20-dangling`)
    expect(discoverProviders(fs).map(({ name }) => name)).toEqual(['10-B', '10-b', '20-dangling', '9-x', '99-z'])
    expect(discoverProviders(fs)[0]?.path).toBe(`${DIRECTORY}/10-B`)
  })

  it('fails without its directory', () => {
    expect(() => discoverProviders(new MemoryFs())).toThrow(
      expect.objectContaining({ code: 'PROVIDER_DIRECTORY_UNREADABLE' }),
    )
  })
})

describe('early-boot-config', () => {
  it('sends what providers found, in their order, one request each', async () => {
    const { host, sent } = await setUp({
      '99-c': data('{"motd":"two"}', 'c'),
      '10-a': data('{"motd":"one","ntp":{"options":["iburst"]},"n":1.0}', 'a'),
      '20-b': none,
    })
    expect((await runToEnd(earlyBootConfig, ['--log-level', 'off'], host)).code).toBe(0)
    expect(sent.map(({ method, uri, body }) => ({ method, uri, body }))).toEqual([
      {
        method: 'PATCH',
        uri: '/settings?tx=bottlerocket-launch',
        body: '{"motd":"one","n":1.0,"ntp":{"options":["iburst"]}}',
      },
      { method: 'PATCH', uri: '/settings?tx=bottlerocket-launch', body: '{"motd":"two"}' },
    ])
    expect(sent[0]?.headers?.['content-type']).toBe('application/json')
    expect(marker(host)).toBe('')
    expect(host.emitted).toMatchObject(
      [
        { name: '10-a', outcome: 'ok', detail: 'a' },
        { name: '20-b', outcome: 'none' },
        { name: '99-c', outcome: 'ok', detail: 'c' },
      ].map((activity) => ({ kind: 'activity', activity: { kind: 'provider', attempts: 1, waits: [], ...activity } })),
    )
  })

  it('starts all providers at once, without arguments, with its log level', async () => {
    const { host, started } = await setUp({ '10-a': none, '20-b': none })
    await runToEnd(earlyBootConfig, ['--log-level', 'Warn'], host)
    expect(started.map(({ command, env, purpose }) => ({ command, env, purpose }))).toEqual([
      {
        command: [`${DIRECTORY}/10-a`],
        env: { EARLY_BOOT_CONFIG_LOG_LEVEL: 'WARN', EARLY_BOOT_CONFIG_PLACES: '1' },
        purpose: 'program',
      },
      {
        command: [`${DIRECTORY}/20-b`],
        env: { EARLY_BOOT_CONFIG_LOG_LEVEL: 'WARN', EARLY_BOOT_CONFIG_PLACES: '1' },
        purpose: 'program',
      },
    ])
  })

  it('has nothing to do without providers, and notes that', async () => {
    const { host, sent } = await setUp({})
    expect((await runToEnd(earlyBootConfig, [], host)).code).toBe(0)
    expect(sent).toEqual([])
    expect(marker(host)).toBe('')
  })

  it('stops at the first failure: what came before it was sent, nothing after it', async () => {
    const { host, sent } = await setUp({
      '10-a': data('{"motd":"one"}'),
      '20-b': { exitCode: 1, stdout: 'boom\n' },
      '99-c': data('{"motd":"two"}'),
    })
    const { code, stderr } = await runToEnd(earlyBootConfig, [], host)
    expect(code).toBe(1)
    expect(stderr).toContain(`${DIRECTORY}/20-b`)
    expect(stderr).toContain('boom')
    expect(sent.map(({ body }) => body)).toEqual(['{"motd":"one"}'])
    expect(marker(host)).toBeUndefined()
  })

  it.each<[string, Ending, string]>([
    ['cannot be started', { startError: 'ENOENT' }, 'PROVIDER_NOT_STARTED'],
    ['is killed', { signal: 'SIGKILL', stdout: '{"json":1,"desc":"x"}' }, 'PROVIDER_FAILED'],
    ['fails in silence', { exitCode: 3 }, 'exit status 3'],
    ['prints two objects', { stdout: '{"json":1,"desc":"x"}{}' }, 'PROVIDER_INVALID_OUTPUT'],
    ['prints a list', { stdout: '[]' }, 'PROVIDER_INVALID_OUTPUT'],
    ['prints no json', { stdout: '{"desc":"x"}' }, 'PROVIDER_INVALID_OUTPUT'],
    ['prints no desc', { stdout: '{"json":{}}' }, 'PROVIDER_INVALID_OUTPUT'],
    ['prints desc as a number', { stdout: '{"json":{},"desc":1}' }, 'PROVIDER_INVALID_OUTPUT'],
    ['prints text', { stdout: 'hello' }, 'PROVIDER_INVALID_OUTPUT'],
  ])('fails if a provider %s', async (_name, ending, text) => {
    const { host, sent } = await setUp({ '10-a': ending })
    const { code, stderr } = await runToEnd(earlyBootConfig, [], host)
    expect(code).toBe(1)
    expect(stderr).toContain(text)
    expect(sent).toEqual([])
  })

  it.each([
    ['null', 'null'],
    ['5', '5'],
    ['{"a":18446744073709551615}', '{"a":18446744073709551615}'],
  ])('sends any json: %s', async (json, body) => {
    const { host, sent } = await setUp({ '10-a': { stdout: ` \u00a0{"other":1,"json":${json},"desc":""}\u0085\n` } })
    expect((await runToEnd(earlyBootConfig, [], host)).code).toBe(0)
    expect(sent[0]?.body).toBe(body)
  })

  it('repeats what the API has to say against user data', async () => {
    const refusal = 'settings.motdd: unknown key; did you mean "motd"?'
    const { host } = await setUp({ '10-a': data('{"motdd":"x"}'), '20-b': data('{}') }, () => ({
      status: 400,
      headers: {},
      body: refusal,
    }))
    const { code, stderr } = await runToEnd(earlyBootConfig, [], host)
    expect(code).toBe(1)
    expect(stderr).toContain('400')
    expect(stderr).toContain(refusal)
    expect(marker(host)).toBeUndefined()
  })

  it('shows where in the user data a refused setting stands', async () => {
    const toml = '[settings]\nmotdd = "x"\n[settings.kubernetes]\nnode-labels = { "a.b" = 5 }\n'
    const { stdout } = await runToEnd(localFile, [], hostWithFile(toml), { env: { EARLY_BOOT_CONFIG_PLACES: '1' } })
    const refusal =
      'Json deserialize error: settings.motdd: unknown setting (did you mean motd?); ' +
      'settings.kubernetes.node-labels."a.b": expected a string, found an integer; settings.kubernetes.x: missing'
    const { host } = await setUp({ '20-b': { stdout } }, () => ({ status: 400, headers: {}, body: refusal }))
    const { stderr } = await runToEnd(earlyBootConfig, [], host)
    expect(stderr.split('\n').slice(1, 4)).toEqual([
      `${PATHS.localUserData}:2:1: error[USERDATA_REFUSED] settings.motdd: unknown setting (did you mean motd?)`,
      `${PATHS.localUserData}:4:25: error[USERDATA_REFUSED] settings.kubernetes.node-labels."a.b": ` +
        'expected a string, found an integer',
      `${PATHS.localUserData}:3:11: error[USERDATA_REFUSED] settings.kubernetes.x: missing`,
    ])
  })

  it('fails without an API', async () => {
    const host = testHost({ fs: withLinks('10-a'), runner: scriptedRunner(() => data('{}')) })
    const { code, stderr } = await runToEnd(earlyBootConfig, [], host)
    expect(code).toBe(1)
    expect(stderr).toContain('API_UNREACHABLE')
  })

  it('keeps the places of findings that a provider printed', async () => {
    const text =
      'error[USERDATA_INVALID] user-data is not TOML: one problem\n' +
      'user-data:2:6: error[USERDATA_TOML_SYNTAX] unexpected token\n    hint: put text in quotes\nhint: this is a script\n'
    const { host } = await setUp({ '40-ec2-imds': { exitCode: 1, stdout: text } })
    const { stderr } = await runToEnd(earlyBootConfig, [], host)
    expect(stderr).toContain(
      '\nuser-data:2:6: error[USERDATA_TOML_SYNTAX] unexpected token\n    hint: put text in quotes\n',
    )
    expect(stderr).toContain('    hint: this is a script')
  })

  it('logs what providers say, each line with the name, before it looks how they ended', async () => {
    const { host } = await setUp({ '10-a': { exitCode: 1, stdout: 'boom' } })
    const run = host.runner.run.bind(host.runner)
    host.runner.run = (request) => {
      request.onStderrLine?.('waiting for something')
      return run(request)
    }
    const { stdout } = await runToEnd(earlyBootConfig, [], host)
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d \[INFO\] Provider '10-a': waiting for something\n/)
  })

  it('goes on if it cannot leave its note', async () => {
    const fs = withLinks()
    fs.removeTree('/var/lib/bottlerocket')
    const { host } = await setUp({}, undefined, fs)
    const { code, stdout } = await runToEnd(earlyBootConfig, [], host)
    expect(code).toBe(0)
    expect(stdout).toContain('[WARN]')
    expect(host.fs.stat('/var/lib/bottlerocket')).toBeUndefined()
  })

  it.each([[['--nonsense']], [['--help']], [['--log-level', 'loud']], [['--log-level']], [['word']]])(
    '%j is bad usage',
    async (argv) => {
      const { host } = await setUp({})
      const { code, stderr } = await runToEnd(earlyBootConfig, argv, host)
      expect(code).toBe(2)
      expect(stderr).toContain('usage: early-boot-config')
    },
  )
})

describe('with the real providers in one process', () => {
  it('lets later sources override earlier ones', async () => {
    const names = [
      '10-local-defaults',
      '20-local-user-data',
      '30-ec2-identity-doc',
      '40-ec2-imds',
      '99-local-overrides',
    ]
    const targets = ['local-defaults', 'local-file', 'ec2-identity-doc', 'ec2-imds', 'local-overrides']
    const fs = withLinks()
    names.forEach((name, i) => {
      fs.symlink(`../bin/${targets[i] ?? ''}-user-data-provider`, `${DIRECTORY}/${name}`)
    })
    const { host: base, sent } = await setUp({}, undefined, fs)
    fs.makeDirectory('/local')
    fs.writeFile(PATHS.localDefaults, 'settings.motd = "first"')
    fs.writeFile(PATHS.localOverrides, 'settings.motd = "last"')
    const load = {
      'local-defaults': async () => (await import('../../../src/early-boot/providers/local-defaults.ts')).localDefaults,
      'local-file': async () => (await import('../../../src/early-boot/providers/local-file.ts')).localFile,
      'ec2-identity-doc': async () =>
        (await import('../../../src/early-boot/providers/ec2-identity-doc.ts')).ec2IdentityDoc,
      'ec2-imds': async () => (await import('../../../src/early-boot/providers/ec2-imds.ts')).ec2Imds,
      'local-overrides': async () =>
        (await import('../../../src/early-boot/providers/local-overrides.ts')).localOverrides,
    }
    const imds = completeMetadata({ userData: 'settings.motd = "from EC2"', region: 'eu-west-3' })
    const host: Host = {
      ...base,
      http: httpOverHandler(createMetadataHandler({ imds })),
      runner: new ConfinedRunner({
        programs: new Map(Object.entries(load).map(([name, loader]) => [`${name}-user-data-provider`, loader])),
        spawner: new SpawnRunner({}),
        env: {},
        signal: new AbortController().signal,
        host: () => host,
      }),
    }
    const { code, stderr } = await runToEnd(earlyBootConfig, [], host)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(sent.map(({ body }) => body)).toEqual([
      '{"motd":"first"}',
      '{"aws":{"region":"eu-west-3"}}',
      '{"motd":"from EC2"}',
      '{"motd":"last"}',
    ])
  })
})
