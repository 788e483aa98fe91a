import { describe, expect, test } from 'vitest'
import { netdog } from '../../../src/netdog/program.ts'
import { FakeRunner, runTool, testHost, type CommandEnd } from '../../support/apply-host.ts'

const CURRENT_IP = '/var/lib/netdog/current_ip'
const DETECTORS = '/usr/libexec/hostname-detectors'

describe('node-ip', () => {
  test.each([
    ['10.0.2.15', '"10.0.2.15"\n'],
    ['FD00:0::5', '"FD00:0::5"\n'],
  ])('prints %s as it is', async (ip, stdout) => {
    expect(await runTool(netdog, ['node-ip'], testHost({ files: { [CURRENT_IP]: ip } }))).toEqual({
      exitCode: 0,
      stdout,
      stderr: '',
    })
  })

  test.each(['10.0.2.15\n', '', ' 10.0.2.15', '010.0.2.15', '10.0.2', 'fe80::1%eth0', '10.0.2.15/24', 'localhost'])(
    '%j is no address',
    async (ip) => {
      const run = await runTool(netdog, ['node-ip'], testHost({ files: { [CURRENT_IP]: ip } }))
      expect(run).toMatchObject({ exitCode: 1, stdout: '' })
      expect(run.stderr).toContain('GENERATOR_INVALID_ADDRESS')
    },
  )

  test('a missing file is named', async () => {
    const run = await runTool(netdog, ['node-ip'], testHost())
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain(`cannot read ${CURRENT_IP}: ENOENT`)
  })
})

describe('generate-hostname', () => {
  const run = (
    ip: string,
    detectors: Record<string, CommandEnd>,
  ): { runner: FakeRunner; result: ReturnType<typeof runTool> } => {
    const runner = new FakeRunner(({ command }) => detectors[command[0]?.split('/').at(-1) ?? ''] ?? {})
    const host = testHost({
      files: {
        [CURRENT_IP]: ip,
        ...Object.fromEntries(Object.keys(detectors).map((name) => [`${DETECTORS}/${name}`, ''])),
      },
      runner,
    })
    host.fs.makeDirectory(DETECTORS)
    return { runner, result: runTool(netdog, ['generate-hostname'], host) }
  }

  test.each<[string, Record<string, CommandEnd>, string]>([
    ['10.0.0.5', {}, '10.0.0.5'],
    ['FD00:0::5', { '10-a': { exitCode: 1 } }, 'fd00--5'],
    ['2001:db8::0:7', { '10-a': { startError: 'EACCES' } }, '2001-db8--7'],
    ['::ffff:10.0.0.5', { '10-a': { exitCode: 1 } }, '--ffff-10.0.0.5'],
    ['fd00::5', { '20-a': { exitCode: 1 }, '10-b': { stdout: ' host.example \n' } }, 'host.example'],
    ['fd00::5', { '20-a': { stdout: '' }, '10-b': { stdout: 'unused' } }, ''],
    ['fd00::5', { '20-a': { stdout: Uint8Array.of(0xff) }, '10-b': { stdout: 'b' } }, 'b'],
    ['10.0.0.5', { '20-a': { signal: 'SIGKILL' }, '10-b': { stdout: 'b' } }, 'b'],
  ])('%s with %j is %s', async (ip, detectors, hostname) => {
    expect(await run(ip, detectors).result).toMatchObject({ exitCode: 0, stdout: `${JSON.stringify(hostname)}\n` })
  })

  test('asks the highest name first, with the canonical address', async () => {
    const { runner, result } = run('FD00:0::5', { '10-b': { exitCode: 1 }, '20-a': { exitCode: 1 } })
    await result
    expect(runner.commands).toEqual([
      `${DETECTORS}/20-a|--ip-address|fd00::5`,
      `${DETECTORS}/10-b|--ip-address|fd00::5`,
    ])
    expect(runner.requests.every(({ purpose }) => purpose === 'program')).toBe(true)
  })

  test('a missing directory of detectors is an error', async () => {
    const result = await runTool(netdog, ['generate-hostname'], testHost({ files: { [CURRENT_IP]: '10.0.0.5' } }))
    expect(result).toMatchObject({ exitCode: 1, stdout: '' })
    expect(result.stderr).toContain(DETECTORS)
  })
})

describe('set-hostname', () => {
  const KERNEL = '/proc/sys/kernel/hostname'

  test('writes the name as given', async () => {
    const host = testHost({ files: { [KERNEL]: 'localhost\n' } })
    expect((await runTool(netdog, ['set-hostname', 'Any Name'], host)).exitCode).toBe(0)
    expect(host.fs.readText(KERNEL)).toBe('Any Name')
  })

  test('an empty name changes nothing', async () => {
    const host = testHost({ files: { [KERNEL]: 'localhost\n' } })
    expect((await runTool(netdog, ['set-hostname', ''], host)).exitCode).toBe(0)
    expect(host.fs.readText(KERNEL)).toBe('localhost\n')
  })

  test('a file that cannot be written is an error', async () => {
    const run = await runTool(netdog, ['set-hostname', 'a'], testHost())
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('HOST_FILE_UNWRITABLE')
  })
})

describe('command line', () => {
  test.each([
    [[]],
    [['nope']],
    [['node-ip', 'more']],
    [['set-hostname']],
    [['set-hostname', 'a', 'b']],
    [['--flavour', 'other', 'node-ip']],
    [['--root']],
    [['node-ip', '--flavour', 'wicked']],
  ])('%j is bad usage and ends with 1', async (argv) => {
    const run = await runTool(netdog, argv, testHost({ files: { [CURRENT_IP]: '10.0.0.5' } }))
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('USAGE')
  })

  test.each([[['--help']], [['help']], [['node-ip', '--help']]])('%j prints help', async (argv) => {
    const run = await runTool(netdog, argv, testHost())
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toContain('usage: netdog')
  })

  test('global options stand before the subcommand', async () => {
    const host = testHost({ files: { [CURRENT_IP]: '10.0.0.5' } })
    const run = await runTool(netdog, ['--flavour', 'wicked', '--root', '/x', 'node-ip'], host)
    expect(run.stdout).toBe('"10.0.0.5"\n')
  })
})
