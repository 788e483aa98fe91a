import { describe, expect, test } from 'vitest'
import { parseBootConfig } from '../../../src/prairiedog/boot-config.ts'
import { encodeBootConfigImage } from '../../../src/prairiedog/boot-config-image.ts'
import { prairiedog } from '../../../src/prairiedog/program.ts'
import { FakeRunner, runTool, testHost, type CommandEnd, type ProgramRun } from '../../support/apply-host.ts'

const PROC = '/proc/bootconfig'
const CONFIG = '/etc/prairiedog.toml'
const IMAGE = '/var/lib/bottlerocket/bootconfig.data'

describe('parseBootConfig', () => {
  test.each<[string, Record<string, Record<string, string[]>>]>([
    ['', {}],
    [' \n\n', {}],
    ['\n    kernel = ""\n    init = ""\n', {}],
    ["kernel = ''", {}],
    ['kernel.console = "ttyS1,115200n8", "tty0"', { kernel: { console: ['ttyS1,115200n8', 'tty0'] } }],
    ['init.systemd.log_level = debug', { init: { 'systemd.log_level': ['debug'] } }],
    ['kernel.dm = "a=1 b,c"', { kernel: { dm: ['a=1 b,c'] } }],
    [`init.x = 'say "hi"'`, { init: { x: ['say "hi"'] } }],
    ['kernel.quiet\ninit.splash =', { kernel: { quiet: [] }, init: { splash: [] } }],
    ['kernel.a = a,', { kernel: { a: ['a'] } }],
    ['kernel.a = a,,', { kernel: { a: ['a', ''] } }],
    ['kernel.a = ,', { kernel: { a: [''] } }],
    ['kernel.a = ,b', { kernel: { a: ['', 'b'] } }],
    ['kernel.a = ""', { kernel: { a: [''] } }],
    ['kernel.a = "" , ""', { kernel: { a: ['', ''] } }],
    ['kernel.a = x y', { kernel: { a: ['x y'] } }],
    ['kernel.a = x=y', { kernel: { a: ['x=y'] } }],
    ['  kernel.a   =  "b"  \r\n kernel.a = c', { kernel: { a: ['c'] } }],
    ['kernel.__proto__ = a', { kernel: JSON.parse('{"__proto__":["a"]}') as Record<string, string[]> }],
  ])('%j', (text, expected) => {
    expect(JSON.parse(JSON.stringify(parseBootConfig(text, PROC)))).toEqual(expected)
  })

  test.each([
    'kernel = "?" "??"',
    'kernel = #x',
    'kernel = "foo"',
    'kernel = ',
    'kernel',
    'init = "", ""',
    'other.x = 1',
    'kernelab = 1',
    'kernel.a = 1\n\nkernel.b = 2',
    '# comment',
    'kernel.a += 1',
    'kernel..a = 1',
    'kernel.ä = 1',
    'kernel.a = "open',
    'kernel.a = "a"b',
    'kernel.a = a"b"',
    'kernel.a = a;b',
    'kernel.a = a}',
    'kernel.a = "ü"',
    'kernel.a = "a\tb"',
    '= 1',
  ])('%j is refused', (text) => {
    expect(() => parseBootConfig(text, PROC)).toThrow(/^\/proc\/bootconfig:\d+: /)
  })

  test('every faulty line is named', () => {
    expect(() => parseBootConfig('\nother.x = 1\nkernel.a = 1\nkernel.b = "', PROC)).toThrow(
      '/proc/bootconfig:2: "other.x" is below neither kernel nor init\n/proc/bootconfig:4: open quote',
    )
  })
})

describe('encodeBootConfigImage', () => {
  const MAGIC = Buffer.from('#BOOTCONFIG\n').toString('hex')
  test.each([
    ['', '0000000000000000', 20],
    ['\n    kernel = ""\n    init = ""\n', '0020000000d5060000', 52],
    ['kernel.console = "tty0"\n', '18000000fe070000', 44],
    ['init.splash\nkernel.quiet = "1"\n', '00200000004a0a0000', 52],
    ['kernel.a = "x,y", "z"\n', '00001800000002060000', 44],
  ])('%j', (text, tail, total) => {
    const image = Buffer.from(encodeBootConfigImage(text))
    expect(image.length).toBe(total)
    expect(image.subarray(0, text.length).toString()).toBe(text)
    expect(image.subarray(text.length).toString('hex')).toBe(tail + MAGIC)
  })
})

describe('generate-boot-settings', () => {
  const run = (files: Record<string, string>): ReturnType<typeof runTool> =>
    runTool(prairiedog, ['generate-boot-settings'], testHost({ files }))

  test.each([
    [{}, '{}\n'],
    [{ [PROC]: '' }, '{}\n'],
    [{ [PROC]: 'kernel.console = tty0\ninit.splash\n' }, '{"init":{"splash":[]},"kernel":{"console":["tty0"]}}\n'],
  ])('%j', async (files, stdout) => {
    expect(await run(files)).toEqual({ exitCode: 0, stdout, stderr: '' })
  })

  test('what cannot be read or parsed ends with 1', async () => {
    expect(await run({ [PROC]: 'other.x' })).toMatchObject({ exitCode: 1, stdout: '' })
    expect(await run({ [`${PROC}/directory`]: '' })).toMatchObject({ exitCode: 1, stdout: '' })
  })
})

describe('generate-boot-config', () => {
  const image = async (toml: string | undefined): Promise<string> => {
    const files = { '/var/lib/bottlerocket/x': '', ...(toml === undefined ? {} : { [CONFIG]: toml }) }
    const host = testHost({ files })
    const run = await runTool(prairiedog, ['-l', 'debug', 'generate-boot-config'], host)
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    const bytes = Buffer.from(host.fs.readBytes(IMAGE))
    const length = bytes.readUInt32LE(bytes.length - 20)
    return bytes.subarray(0, length).toString().replace(/\0+$/, '')
  }

  test('without settings file', async () => {
    expect(await image(undefined)).toBe('\n    kernel = ""\n    init = ""\n')
  })

  test.each([
    ['', ''],
    ['reboot-to-reconcile = true\n', ''],
    [
      '[init]\nsplash = []\n[kernel]\nz = ["1"]\n"a.b" = ["x,y", \'say "hi"\', ""]\n',
      `kernel.a.b = "x,y", 'say "hi"', ""\nkernel.z = "1"\ninit.splash\n`,
    ],
    ['[kernel-parameters]\na = ["1"]\n[init-parameters]\nb = []\n', 'kernel.a = "1"\ninit.b\n'],
  ])('%j', async (toml, text) => {
    expect(await image(toml)).toBe(text)
  })

  test('every fault of the settings file is named and nothing is written', async () => {
    const toml = 'reboot-to-reconcile = 1\n[kernel]\n"a b" = []\nc = "d"\ne = ["\\t"]\n'
    const host = testHost({ files: { '/var/lib/bottlerocket/x': '', '/p.toml': toml } })
    const run = await runTool(prairiedog, ['--config-path', '/p.toml', 'generate-boot-config'], host)
    expect(run.exitCode).toBe(1)
    for (const part of ['reboot-to-reconcile', '"a b"', 'kernel.c', 'kernel.e']) expect(run.stderr).toContain(part)
    expect(host.fs.stat(IMAGE)).toBeUndefined()
  })

  test('text that is no TOML ends with 1', async () => {
    const run = await runTool(prairiedog, ['generate-boot-config'], testHost({ files: { [CONFIG]: '[' } }))
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('GENERATOR_BOOT_CONFIG_INVALID')
  })
})

describe('reboot-if-required', () => {
  const RECONCILE = 'reboot-to-reconcile = true\n[kernel]\na = ["1", "2"]\n'

  async function run(
    toml: string | undefined,
    proc: string | undefined,
    end: CommandEnd = { recorded: true },
  ): Promise<ProgramRun & { commands: readonly string[] }> {
    const files = { ...(toml === undefined ? {} : { [CONFIG]: toml }), ...(proc === undefined ? {} : { [PROC]: proc }) }
    const runner = new FakeRunner(() => end)
    const host = testHost({ files, runner })
    const stop = new AbortController()
    host.clock.sleep = () => {
      stop.abort()
      return Promise.reject(stop.signal.reason as Error)
    }
    const result = await runTool(prairiedog, ['reboot-if-required'], host, { signal: stop.signal })
    return { ...result, commands: runner.commands }
  }

  test.each<[string, string | undefined, string | undefined, boolean]>([
    ['other values', RECONCILE, 'kernel.a = 1', true],
    ['other order of values', RECONCILE, 'kernel.a = 2, 1', true],
    ['no boot configuration', RECONCILE, undefined, true],
    ['the same', RECONCILE, 'kernel.a = 1, 2', false],
    ['the same but for an empty section', `${RECONCILE}[init]\n`, 'kernel.a = 1, 2', false],
    ['not asked for', '[kernel]\na = ["1"]\n', 'kernel.b = 1', false],
    ['no settings', undefined, 'kernel.b = 1', false],
  ])('%s', async (_, toml, proc, reboots) => {
    const result = await run(toml, proc)
    expect(result.exitCode).toBe(0)
    expect(result.commands).toEqual(reboots ? ['/usr/bin/systemctl|reboot'] : [])
  })

  test('never returns once the host goes down', async () => {
    expect((await run(RECONCILE, '', {})).exitCode).toBe(130)
  })

  test.each<[string, string, CommandEnd]>([
    ['a boot configuration that cannot be read', 'other.x', {}],
    ['a reboot that fails', '', { exitCode: 1, stderr: 'denied' }],
  ])('%s ends with 1', async (_, proc, end) => {
    expect((await run(RECONCILE, proc, end)).exitCode).toBe(1)
  })
})

test.each([
  [[]],
  [['nope']],
  [['generate-boot-settings', 'more']],
  [['-l', 'loud', 'generate-boot-settings']],
  [['-l', 'info', '-l', 'info', 'generate-boot-settings']],
  [['generate-boot-settings', '-l', 'info']],
])('%j is bad usage and ends with 1', async (argv) => {
  expect(await runTool(prairiedog, argv, testHost())).toMatchObject({ exitCode: 1, stdout: '' })
})

test('help', async () => {
  expect(await runTool(prairiedog, ['--help'], testHost())).toMatchObject({ exitCode: 0, stderr: '' })
})
