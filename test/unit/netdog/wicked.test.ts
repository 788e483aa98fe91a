import { describe, expect, test } from 'vitest'
import { printXml } from '../../../src/netdog/wicked/xml.ts'
import { netdog } from '../../../src/netdog/program.ts'
import { FakeRunner, runTool, testHost, type ProgramRun, type TestHost } from '../../support/apply-host.ts'
import { generatedFiles } from '../../support/network-files.ts'

const STATE = '/var/lib/netdog'
const LEASE = '/run/wicked/leaseinfo.eth0.dhcp.ipv4'
const SYSCTL_FILE = '/etc/sysctl.d/90-primary_interface.conf'

function wickedHost(files: Record<string, string>): TestHost & { runner: FakeRunner } {
  const runner = new FakeRunner()
  const host = testHost({
    files: { [`${STATE}/primary_interface`]: 'ETH0', '/etc/sysctl.d/x': '', '/run/netdog/x': '', ...files },
    runner,
  })
  return Object.assign(host, { runner })
}

const run = (host: TestHost, ...argv: string[]): Promise<ProgramRun> =>
  runTool(netdog, ['--flavour', 'wicked', ...argv], host)
const install = (host: TestHost, file = LEASE, name = ' Eth0 ', type = 'dhcp', family = 'ipv4'): Promise<ProgramRun> =>
  run(host, 'install', '-i', name, '-t', type, '-f', family, file, 'info')

describe('install', () => {
  const TEXT = `# a comment
INTERFACE='eth0'
IPADDR='010.0.2.15/24'
IPADDR_1='10.9.9.9/24'
NETMASK=''
DNSSERVERS='10.0.2.3 FD00::3 10.0.2.3'
DNSSEARCH='corp.example example'
DNSDOMAIN='ignored.example'
`

  test('takes over the lease of the primary interface', async () => {
    const host = wickedHost({ [LEASE]: TEXT, '/etc/netdog.toml': '' })
    const { exitCode, stdout, stderr } = await install(host)
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(stderr).toContain('/etc/netdog.toml is empty')
    expect(host.fs.readText(`${STATE}/current_ip`)).toBe('10.0.2.15')
    expect(host.fs.readText(SYSCTL_FILE)).toBe('-net.ipv4.conf.eth0.rp_filter = 2\n')
    expect(host.runner.commands).toEqual([`/usr/lib/systemd/systemd-sysctl|${SYSCTL_FILE}`])
    expect(host.fs.readText('/etc/resolv.conf').split('\n').sort()).toEqual(
      ['', 'nameserver 10.0.2.3', 'nameserver fd00::3', 'search corp.example example'].sort(),
    )
    expect(host.fs.readText('/etc/resolv.conf')).toMatch(/^search /)
    expect(host.fs.readLink('/run/netdog/resolv.conf')).toBe('/etc/resolv.conf')
  })

  test('the options have long names', async () => {
    const host = wickedHost({ [LEASE]: TEXT })
    const options = ['--interface-name', 'eth0', '--interface-type', 'dhcp', '--interface-family', 'ipv4']
    expect((await run(host, 'install', ...options, LEASE)).exitCode).toBe(0)
    expect(host.fs.readText(`${STATE}/current_ip`)).toBe('10.0.2.15')
  })

  test('another interface is of no concern', async () => {
    const host = wickedHost({})
    expect(await install(host, '/nowhere', 'eth1')).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(host.fs.stat(`${STATE}/current_ip`)).toBeUndefined()
  })

  test.each([
    ['none is there', {}, LEASE],
    ['it is another file', { [LEASE]: TEXT }, '/tmp/lease'],
    [
      'it is IPv6 while there is one for IPv4',
      { [LEASE]: TEXT, '/run/wicked/leaseinfo.eth0.dhcp.ipv6': TEXT },
      '/run/wicked/leaseinfo.eth0.dhcp.ipv6',
    ],
    ['it is of another type', { [LEASE]: TEXT }, '/run/wicked/leaseinfo.eth0.static.ipv4'],
  ])('is refused where %s', async (_name, files, file) => {
    const host = wickedHost(files)
    const { exitCode, stderr } = await install(host, file)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[NET_LEASE_INVALID]')
    expect(host.fs.stat(`${STATE}/current_ip`)).toBeUndefined()
  })

  test('IPv6 alone, and static leases', async () => {
    const ipv6 = '/run/wicked/leaseinfo.eth0.static.ipv6'
    const host = wickedHost({ [ipv6]: "IPADDR='FD00:0::5/64'\n" })
    expect((await install(host, ipv6, 'eth0', 'static', 'ipv6')).exitCode).toBe(0)
    expect(host.fs.readText(`${STATE}/current_ip`)).toBe('fd00::5')
    expect(host.fs.readText('/etc/resolv.conf')).toBe('')
  })

  test.each([
    ["DNSSERVERS='10.0.0.1'\n", 'IPADDR'],
    ["IPADDR='10.0.0.1'\n", 'IPADDR'],
    [" IPADDR='10.0.0.1/8'\n", 'IPADDR'],
    ['IPADDR="10.0.0.1/8"\n', 'IPADDR'],
    ["IPADDR='10.0.0.1/8'\nDNSSERVERS='10.0.0.1 dns.example'\n", 'dns.example'],
  ])('%j is no lease', async (text, part) => {
    const host = wickedHost({ [LEASE]: text })
    const { exitCode, stderr } = await install(host)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(part)
    expect(host.fs.stat(`${STATE}/current_ip`)).toBeUndefined()
  })
})

describe('remove', () => {
  test('does nothing', async () => {
    const host = wickedHost({})
    const result = await run(host, 'remove', '-i', 'eth0', '-t', 'dhcp', '-f', 'ipv4')
    expect(result).toEqual({ exitCode: 0, stdout: '', stderr: 'netdog: nothing is done when a lease is removed\n' })
  })
})

describe('write-resolv-conf', () => {
  const lease = "IPADDR='10.0.2.15/24'\nDNSSERVERS='10.0.2.3'\nDNSSEARCH='lease.example'\n"
  test.each([
    ['', lease, 'search lease.example\nnameserver 10.0.2.3\n'],
    ['name-servers = ["192.0.2.53"]', lease, 'search lease.example\nnameserver 192.0.2.53\n'],
    ['search-list = ["corp.example"]', lease, 'search corp.example\nnameserver 10.0.2.3\n'],
    ['name-servers = []\nsearch-list = ["a", "b"]', lease, 'search a b\n'],
    ['name-servers = ["192.0.2.53"]', undefined, 'nameserver 192.0.2.53\n'],
    ['', undefined, ''],
  ])('%j with the lease %j', async (settings, text, expected) => {
    const host = wickedHost({ '/etc/netdog.toml': settings, ...(text === undefined ? {} : { [LEASE]: text }) })
    expect((await run(host, 'write-resolv-conf')).exitCode).toBe(0)
    expect(host.fs.readText('/etc/resolv.conf')).toBe(expected)
    expect(host.runner.commands).toEqual([])
  })

  test('static leases are not looked at', async () => {
    const host = wickedHost({ '/run/wicked/leaseinfo.eth0.static.ipv4': lease })
    expect((await run(host, 'write-resolv-conf')).exitCode).toBe(0)
    expect(host.fs.readText('/etc/resolv.conf')).toBe('')
  })
})

describe('interface files', () => {
  test('names are escaped', async () => {
    const { files } = await generatedFiles({ netToml: 'version = 2\n["<&>\\"\'"]\ndhcp4 = true' }, 'wicked')
    expect(files['/etc/wicked/ifconfig/<&>"\'.xml']).toContain('<interface><name>&lt;&amp;&gt;"\'</name>')
  })

  test.each(['a\\u0001', 'a\\u001b', 'a\\uffff'])('%s cannot be written', async (name) => {
    const run = await generatedFiles({ netToml: `version = 2\n["${name}"]\ndhcp4 = true` }, 'wicked')
    expect(run).toMatchObject({ exitCode: 1, files: {} })
    expect(run.stderr).toContain('error[VALUE_UNREPRESENTABLE]')
  })

  test('an element without content has two tags', () => {
    expect(printXml({ name: 'a', attributes: { b: 'c<' }, content: [undefined] })).toBe('<a b="c&lt;"></a>')
  })
})
