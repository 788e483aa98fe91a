/** Every form of the client's command line that reads, over a real server on a socket. */
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../src/lib/json-parse.ts'
import { SETTINGS } from '../support/api-fixture.ts'
import { pretty, useClient } from '../support/client-fixture.ts'

const client = useClient()
const { run, commands } = client

describe('global options', () => {
  it.each([
    [['-s', '/run/api.sock', 'get', 'settings.motd']],
    [['get', '--socket-path', '/run/api.sock', 'settings.motd']],
    [['get', 'settings.motd', '--log-level', 'TRACE']],
    [['get', '--log-level', 'off', 'settings.motd']],
    [['settings.motd', 'get']],
  ])('%j', async (argv) => {
    expect(await run(argv)).toMatchObject({ code: 0, stdout: pretty({ settings: { motd: 'hi' } }) })
  })

  it.each([
    [['-h']],
    [['get', '--help']],
    [['--', 'get']],
    [['get', '--', 'os']],
    [['get', '--log-level', 'loud']],
    [['-s']],
  ])('%j is no usage, and asks nobody', async (argv) => {
    const result = await run(argv)
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain('usage: apiclient')
  })
})

describe('raw', () => {
  it('is the default, and prints the body with a line end', async () => {
    const first = await run(['-u', '/settings?prefix=motd'])
    expect(first).toEqual({ code: 0, stdout: '{"motd":"hi"}\n', stderr: '' })
    expect(await run(['raw', '--uri', '/settings?prefix=motd', '--method', 'GET'])).toEqual(first)
  })

  it('sends data by any method, and prints nothing for an empty body', async () => {
    const sent = await run(['raw', '-m', 'PATCH', '-u', '/settings?tx=raw', '-d', '{"motd":"raw"}', '-v'])
    expect(sent).toMatchObject({ code: 0, stdout: '' })
    expect(sent.stderr).toContain('204 No Content')
    const data = ['--data', '{"request_payload":["motd=rawer"]}']
    expect((await run(['raw', '-X', 'PATCH', '--uri', '/settings/keypair?tx=raw', ...data])).code).toBe(0)
    expect((await run(['raw', '-u', '/tx?tx=raw'])).stdout).toBe('{"motd":"rawer"}\n')
    expect((await run(['raw', '-m', 'DELETE', '-u', '/tx?tx=raw'])).stdout).toBe('["settings.motd"]\n')
  })

  it('repeats status, method, URI and body of a failure', async () => {
    const result = await run(['-u', '/settings?prefix='])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain("status 400 for GET /settings?prefix=: the parameter 'prefix' is empty")
    expect((await run(['-u', '/nowhere'])).stderr).toContain('status 404 for GET /nowhere')
    expect((await run(['-m', 'DELETE', '-u', '/os'])).stderr).toContain('status 405')
  })

  it.each([[['raw']], [['raw', '-u']], [['raw', '-u', '/os', 'more']], [['raw', '-u', '/os', '-x']]])(
    '%j is bad usage',
    async (argv) => {
      expect((await run(argv)).code).toBe(2)
    },
  )
})

describe('get', () => {
  const osData = {
    arch: 'x86_64',
    build_id: 'abcdef0',
    pretty_name: 'Bottlerocket OS 1.24.1 (aws-k8s-1.30)',
    variant_id: 'aws-k8s-1.30',
    version_id: '1.24.1',
  }

  it.each<[readonly string[], unknown]>([
    [[], { os: osData, settings: SETTINGS }],
    [['settings.motd'], { settings: { motd: 'hi' } }],
    [['motd'], {}],
    [['os.v', 'settings.motd'], { os: { variant_id: 'aws-k8s-1.30', version_id: '1.24.1' }, settings: { motd: 'hi' } }],
    [['settings.ntp', 'settings.motd'], { settings: { motd: 'hi', ntp: SETTINGS.ntp } }],
    [['/settings'], SETTINGS],
    [['/settings?keys=settings.motd'], { motd: 'hi' }],
    [['/tx/list'], []],
    [['settings.kernel.sysctl."vm'], { settings: { kernel: { sysctl: { 'vm.max_map_count': '262144' } } } }],
  ])('%j', async (words, printed) => {
    expect(await run(['get', ...words])).toEqual({ code: 0, stdout: pretty(printed), stderr: '' })
  })

  it('prints TOML that can be applied again, and names of keys', async () => {
    const toml = await run(['get', 'settings.ntp', 'settings.kernel', '--format', 'toml'])
    expect(toml.stdout).toBe(
      '[settings.kernel.sysctl]\n"vm.max_map_count" = "262144"\n\n[settings.ntp]\noptions = ["iburst"]\ntime-servers = ["a.example", "b.example"]\n',
    )
    expect((await run(['apply', '--dry-run'], { stdin: toml.stdout })).code).toBe(1) // the scripted applier tells nothing
    const keys = await run(['get', '--format', 'keys', 'settings.ntp', 'settings.kernel'])
    expect(keys.stdout).toBe(
      'settings.kernel.sysctl."vm.max_map_count"\nsettings.ntp.options\nsettings.ntp.time-servers\n',
    )
    expect((await run(['get', '--format', 'json', 'settings.motd'])).stdout).toBe(pretty({ settings: { motd: 'hi' } }))
  })

  it.each([['toml'], ['keys']])('cannot print a list as %s', async (format) => {
    const result = await run(['get', '/tx/list', '--format', format])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('VALUE_UNREPRESENTABLE')
  })

  it.each([[['/os', '/settings']], [['/os', 'os']], [['-x']], [['--format']], [['--format', 'xml']]])(
    '%j is bad usage',
    async (words) => {
      expect((await run(['get', ...words])).code).toBe(2)
    },
  )

  it('ends with 1 for what the server refuses', async () => {
    expect((await run(['get', 'services.motd.conf'])).stderr).toContain('status 400')
    expect((await run(['get', '/nothing'])).code).toBe(1)
  })
})

describe('reboot', () => {
  it('asks the service manager, which respects inhibitors', async () => {
    expect(await run(['reboot'])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(commands()).toEqual(['/usr/bin/systemctl reboot --check-inhibitors=yes'])
  })

  it('repeats why that failed', async () => {
    client.ending = { exitCode: 1, stderr: 'Operation inhibited by "backup".' }
    const result = await run(['reboot'])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('exit code 1: Operation inhibited by "backup".')
  })

  it('takes no arguments', async () => {
    expect((await run(['reboot', 'now'])).code).toBe(2)
    expect(commands()).toEqual([])
  })
})

describe('names of our own', () => {
  it.each([
    [['status', 'get'], 'get'],
    [['get', 'status'], 'get'],
    [['confirm', 'reboot'], 'reboot'],
  ])('%j is still %s of the original', async (argv, subcommand) => {
    const result = await run(argv)
    if (subcommand === 'get') expect(result).toMatchObject({ code: 0, stdout: '{}\n' })
    else expect(result.code).toBe(2)
  })

  it.each([
    [['status', 'a', 'b']],
    [['status', '--format', 'xml']],
    [['status', '--all', 'a']],
    [['confirm', 'a', 'b']],
    [['completion']],
    [['completion', 'fish']],
  ])('%j is bad usage', async (argv) => {
    expect((await run(argv)).code).toBe(2)
  })

  it('status refuses what is no name of a run, and one that is not known', async () => {
    expect((await run(['status', '../x'])).stderr).toContain('status 400')
    expect((await run(['status', '20260101T000000.000Z-abcd'])).stderr).toContain('status 404')
  })
})

describe('completion', () => {
  const complete = async (...words: readonly string[]): Promise<string[]> => {
    const { stdout, code } = await run(['completion', 'words', ...['apiclient', ...words].map((word) => `:${word}`)])
    expect(code).toBe(0)
    return stdout.split('\n').filter((line) => line !== '')
  }
  const names = (lines: readonly string[]): string[] => lines.map((line) => line.split('\t', 1)[0] ?? '')

  it.each<[readonly string[], readonly string[]]>([
    [['st'], ['status']],
    [['get', '--f'], ['--format']],
    [
      ['update', ''],
      ['check', 'apply', 'cancel'],
    ],
    [
      ['report', 'cis'],
      ['cis', 'cis-k8s'],
    ],
    [['--log-level', 'd'], ['debug']],
    [
      ['get', '--format', 't'],
      ['text', 'toml'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh'],
    ],
    [
      ['set', 'kubernetes.cpu-manager-pol'],
      ['kubernetes.cpu-manager-policy=', 'kubernetes.cpu-manager-policy-options='],
    ],
    [
      ['set', 'kubernetes.cpu-manager-policy='],
      ['kubernetes.cpu-manager-policy=none', 'kubernetes.cpu-manager-policy=static'],
    ],
    [['set', 'settings.kubernetes.server-tls-bootstrap=t'], ['settings.kubernetes.server-tls-bootstrap=true']],
    [['set', 'kubernetes.node-ta'], ['kubernetes.node-taints.']],
    [['set', '--try', ''], []],
    [['get', 'os'], ['os.']],
    [['get', 'settings.mo'], ['settings.motd']],
    [['unset', 'mot'], ['motd']],
    [['-s', '/run/api.sock', 'set', 'motd'], ['motd=']],
    [['-s', '/none.sock', 'set', 'motd'], []],
    [['--help', 'x'], []],
  ])('%j', async (words, expected) => {
    expect(names(await complete(...words))).toEqual(expected)
  })

  it('knows the names that are in use, and tells what a setting is', async () => {
    await run(['set', 'kubernetes.node-labels.role=web'])
    expect(names(await complete('set', 'kubernetes.node-labels.'))).toContain('kubernetes.node-labels.role=')
    const [motd = ''] = await complete('set', 'motd')
    expect(motd).toMatch(/^motd=\t\w+/)
  })

  it('offers every setting of the model', async () => {
    const catalogue = parseJson((await run(['raw', '-u', '/settings/catalogue'])).stdout) as readonly { key: string }[]
    expect(catalogue.length).toBeGreaterThan(100)
    for (const { key } of catalogue.filter(({ key }) => !key.includes('*'))) {
      expect(names(await complete('set', key))).toContain(`${key}=`)
      break
    }
  })
})
