import { describe, expect, test } from 'vitest'
import { parseCommandLine } from '../../../src/netdog/net-config/command-line.ts'
import { netdog } from '../../../src/netdog/program.ts'
import { runTool, testHost, type ProgramRun, type TestHost } from '../../support/apply-host.ts'
import { filesBelow, generatedFiles } from '../../support/network-files.ts'

const PARAMETER = 'netdog.default-interface='
const dhcp = (value: string): string => {
  const device = parseCommandLine(`quiet ${PARAMETER}${value}\n`)?.devices[0]
  const of = (each: { required: boolean } | undefined): string =>
    each === undefined ? '' : each.required ? 'required' : 'optional'
  return `${String(device?.id.text)} 4:${of(device?.dhcp4)} 6:${of(device?.dhcp6)}`
}

describe('the kernel command line', () => {
  test.each([
    ['eth0:dhcp4', 'eth0 4:required 6:'],
    ['eth0:dhcp4,dhcp6?', 'eth0 4:required 6:optional'],
    ['eth0:dhcp6?,dhcp4', 'eth0 4:required 6:optional'],
    ['ETH0:dhcp4', 'ETH0 4:required 6:'],
    ['eth0:dhcp4??', 'eth0 4:optional 6:'],
    ['eth0:dhcp4,dhcp4?', 'eth0 4:optional 6:'],
    ['eth0:dhcp4?,dhcp4?', 'eth0 4:optional 6:'],
    ['abcdefghijklmno:dhcp6', 'abcdefghijklmno 4: 6:required'],
  ])('%s is %s', (value, expected) => {
    expect(dhcp(value)).toBe(expected)
  })

  test.each([
    ...['eth0:dhcp4?,dhcp4', 'eth0:dhcp6,dhcp4,dhcp6', 'eth0:dhcp4,', 'eth0:,dhcp4', 'eth0:DHCP4', 'eth0:dhcp'],
    ...['eth0:dhcp4+', 'eth0:static', 'eth0', 'eth0:', ':dhcp4', ':', '', 'abcdefghijklmnop:dhcp4', 'a:b:dhcp4'],
    ...['eth0.1:dhcp4', 'eth0:dhcp4?x', 'eth0:?dhcp4', `eth0:dhcp4 ${PARAMETER}eth0:dhcp4`, `eth0:dhcp4\n${PARAMETER}`],
  ])('%j is an error that stops everything', async (value) => {
    const run = await generatedFiles({ cmdline: `${PARAMETER}${value}` }, 'networkd')
    expect(run).toMatchObject({ exitCode: 1, stdout: '', files: {} })
    expect(run.stderr).toContain('error[NET_CMDLINE_INVALID]')
  })

  test.each([
    ...['', '\n', 'quiet', `x${PARAMETER}eth0:dhcp4`, `"${PARAMETER}eth0:dhcp4"`],
    ...['netdog.default-interface', 'netdog.default-interface eth0:dhcp4', 'netdog.default-interfaces=eth0:dhcp4'],
  ])('%j asks for no network', async (cmdline) => {
    const run = await generatedFiles({ cmdline }, 'networkd')
    expect(run).toEqual({ exitCode: 0, stdout: '', stderr: 'netdog: no interfaces are configured\n', files: {} })
  })
})

const ETH = (name: string): string => `version = 1\n[${name}]\ndhcp4 = true\n`
const primary = (files: Readonly<Record<string, string>>): string | undefined =>
  files['/var/lib/netdog/primary_interface']

describe('sources', () => {
  test('the override goes before the default, and that before the command line', async () => {
    const cmdline = `${PARAMETER}eth2:dhcp4`
    const names = await Promise.all(
      [
        { netToml: ETH('eth0'), defaultNetToml: ETH('eth1'), cmdline },
        { defaultNetToml: ETH('eth1'), cmdline },
        { cmdline },
      ].map(async (source) => primary((await generatedFiles(source, 'networkd')).files)),
    )
    expect(names).toEqual(['eth0', 'eth1', 'eth2'])
  })

  test.each(['', 'version = 9', 'no toml'])('a first file with %j is fatal', async (netToml) => {
    const run = await generatedFiles({ netToml, defaultNetToml: ETH('eth1') }, 'networkd')
    expect(run).toMatchObject({ exitCode: 1, files: {} })
  })

  test('a first file without devices means no network', async () => {
    const run = await generatedFiles({ netToml: 'version = 2\n', defaultNetToml: ETH('eth1') }, 'networkd')
    expect(run).toMatchObject({ exitCode: 0, files: {} })
    expect(run.stderr).toContain('no interfaces')
  })

  test('a dangling link does not exist; an unreadable file is an error', async () => {
    const host = testHost({ files: { '/proc/cmdline': `${PARAMETER}eth2:dhcp4`, '/var/lib/netdog/x': '' } })
    host.fs.symlink('/nowhere', '/var/lib/netdog/net.toml')
    expect((await runTool(netdog, ['generate-net-config'], host)).exitCode).toBe(0)
    expect(host.fs.readText('/var/lib/netdog/primary_interface')).toBe('eth2')
    host.fs.makeDirectory('/var/lib/bottlerocket/net.toml')
    const run = await runTool(netdog, ['generate-net-config'], host)
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('error[HOST_FILE_UNREADABLE] cannot read /var/lib/bottlerocket/net.toml')
  })

  test('a command line that cannot be read is an error', async () => {
    const run = await runTool(netdog, ['generate-net-config'], testHost())
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('cannot read /proc/cmdline: ENOENT')
  })
})

describe('generate-net-config', () => {
  const OLD = {
    '/var/lib/netdog/primary_interface': 'old',
    '/var/lib/netdog/primary_mac_address': '00:00:00:00:00:01',
    '/etc/systemd/network/10-old.network': 'old',
  }
  const generate = async (
    netToml: string,
    argv: readonly string[] = [],
  ): Promise<{ host: TestHost; run: ProgramRun }> => {
    const host = testHost({ files: { ...OLD, '/var/lib/netdog/net.toml': netToml } })
    return { host, run: await runTool(netdog, [...argv, 'generate-net-config'], host) }
  }

  test.each([
    [ETH('eth0'), { primary_interface: 'eth0' }],
    [`${ETH('eth0')}[ETH1]\ndhcp6 = true\nprimary = true`, { primary_interface: 'ETH1' }],
    ['version = 3\n["52-54-00-AB-CD-EF"]\ndhcp4 = true', { primary_mac_address: '52:54:00:ab:cd:ef' }],
  ])('%j leaves exactly one name of the primary interface', async (netToml, state) => {
    const { host, run } = await generate(netToml)
    expect(run).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    const left = Object.entries(filesBelow(host.fs, '/var/lib/netdog')).map(([path, text]) => [path.slice(16), text])
    expect(left).toEqual([['net.toml', netToml], ...Object.entries(state)])
    expect(host.fs.readText('/etc/systemd/network/10-old.network')).toBe('old')
  })

  test.each(['version = 2', 'version = 2\n[a]', 'version = 2\n["a\\\\"]\ndhcp4 = true'])(
    '%j changes nothing',
    async (netToml) => {
      const { host } = await generate(netToml)
      expect(filesBelow(host.fs, '/')).toEqual({ ...OLD, '/var/lib/netdog/net.toml': netToml })
    },
  )

  test('makes the directory of systemd-networkd, but not the one of wicked', async () => {
    const host = testHost({ files: { '/var/lib/netdog/net.toml': ETH('eth0') } })
    expect((await runTool(netdog, ['generate-net-config'], host)).exitCode).toBe(0)
    const run = await runTool(netdog, ['--flavour', 'wicked', 'generate-net-config'], host)
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('cannot write /etc/wicked/ifconfig/eth0.xml: ENOENT')
  })

  test('a missing state directory is an error', async () => {
    const host = testHost({ files: { '/var/lib/bottlerocket/net.toml': ETH('eth0') } })
    const run = await runTool(netdog, ['generate-net-config'], host)
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('cannot write /var/lib/netdog/primary_interface: ENOENT')
  })

  test('a file with the same content is left alone', async () => {
    const { host } = await generate(ETH('eth0'))
    const writes: string[] = []
    host.fs.replaceFile = (path: string): void => void writes.push(path)
    expect((await runTool(netdog, ['generate-net-config'], host)).exitCode).toBe(0)
    expect(writes).toEqual([])
  })
})

describe('the flavour', () => {
  test.each([
    ['VARIANT_ID=aws-ecs-1', 'wicked'],
    ['VARIANT_ID="aws-ecs-1-nvidia"', 'wicked'],
    ['NAME=x\nVARIANT_ID=aws-k8s-1.23\nX=1', 'wicked'],
    ['VARIANT_ID=aws-k8s-1.27-nvidia', 'wicked'],
    ['VARIANT_ID=aws-k8s-1.28', 'networkd'],
    ['VARIANT_ID=aws-k8s-1.30-nvidia', 'networkd'],
    ['VARIANT_ID=aws-ecs-2', 'networkd'],
    ['VARIANT_ID=aws-dev', 'networkd'],
    ['VARIANT_ID=metal-k8s-1.27', 'networkd'],
    ['VARIANT_ID=aws-k8s-1.2', 'wicked'],
    ['NAME=x', 'networkd'],
  ])('of a host with %j is %s', async (text, flavour) => {
    const host = testHost({
      files: { '/usr/lib/os-release': text, '/var/lib/netdog/net.toml': ETH('eth0'), '/etc/wicked/ifconfig/x': '' },
    })
    expect((await runTool(netdog, ['generate-net-config'], host)).exitCode).toBe(0)
    expect(host.fs.stat('/etc/systemd/network') === undefined ? 'wicked' : 'networkd').toBe(flavour)
    const remove = await runTool(netdog, ['remove', '-i', 'e', '-t', 'dhcp', '-f', 'ipv4'], host)
    expect(remove.exitCode).toBe(flavour === 'wicked' ? 0 : 1)
  })

  test.each([
    ['networkd', ['install', '-i', 'e', '-t', 'dhcp', '-f', 'ipv4', '/x']],
    ['networkd', ['remove', '-i', 'e', '-t', 'dhcp', '-f', 'ipv4']],
    ['wicked', ['write-primary-interface-status']],
    ['networkd', ['generate-net-config', 'more']],
    ['networkd', ['write-resolv-conf', '--all']],
    ['networkd', ['write-network-status']],
    ['wicked', ['install', '-i', 'e', '-t', 'dhcp', '-f', 'ipv4']],
    ['wicked', ['install', '-i', 'e', '-t', 'dhcp', '-f', 'ipv4', '/x', 'info', 'more']],
    ['wicked', ['install', '-i', 'e', '-t', 'dhcp', '/x']],
    ['wicked', ['install', '-i', 'e', '-i', 'e', '-t', 'dhcp', '-f', 'ipv4', '/x']],
    ['wicked', ['install', '-i', 'e', '-t', 'auto', '-f', 'ipv4', '/x']],
    ['wicked', ['remove', '-i', 'e', '-t', 'dhcp', '-f', 'ipv5']],
    ['wicked', ['remove', '-i', 'e', '-t', 'dhcp', '-f', 'ipv4', '/x']],
    ['wicked', ['remove', '-i', 'e', '-t', 'dhcp', '-f']],
  ])('%s: %j is bad usage and ends with 1', async (flavour, argv) => {
    const run = await runTool(netdog, ['--flavour', flavour, ...argv], testHost())
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('error[USAGE]')
  })

  test.each([[['--help']], [['help']], [['--flavour', 'wicked', '--help']]])('%j', async (argv) => {
    const run = await runTool(netdog, argv, testHost())
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toContain('generate-net-config')
  })

  test.each(['generate-net-config', 'write-resolv-conf', 'install', 'remove', 'set-hostname'])(
    '%s --help',
    async (name) => {
      const run = await runTool(netdog, ['--flavour', 'wicked', name, '--help'], testHost())
      expect(run).toMatchObject({ exitCode: 0, stderr: '' })
      expect(run.stdout).toContain(`usage: netdog ${name}`)
    },
  )
})
