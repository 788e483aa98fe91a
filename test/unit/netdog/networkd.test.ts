import { describe, expect, test } from 'vitest'
import { printUnitFile } from '../../../src/netdog/networkd/unit-file.ts'
import { netdog } from '../../../src/netdog/program.ts'
import {
  FakeRunner,
  runTool,
  testHost,
  type CommandEnd,
  type ProgramRun,
  type TestHost,
} from '../../support/apply-host.ts'
import { filesBelow, generatedFiles } from '../../support/network-files.ts'

/** A file on one line: `[Section] key=value; key=value | [Section] ...`. */
function onOneLine(text: string): string {
  const sections = text.trimEnd().split(/\n(?=\[)/)
  return sections.map((section) => section.replace('\n', ' ').replaceAll('\n', '; ')).join(' | ')
}

describe('DHCP', () => {
  const T = '{ enabled = true }'
  const O = '{ enabled = true, optional = true }'
  const F = '{ enabled = false }'
  test.each([
    ['true', '', 'true', '', 'ipv4', '4'],
    ['false', '', 'false', '', 'no', ''],
    ['', 'true', 'true', '', 'ipv6', '6'],
    ['', '{ enabled = false, optional = true }', 'false', '', 'no', ''],
    [F, '', 'true', '', 'no', ''],
    [O, '', 'false', '', 'ipv4', '4'],
    [T, '', 'true', '', 'ipv4', '4'],
    ['true', 'true', 'true', 'both', 'yes', '46'],
    ['true', 'false', 'true', 'ipv4', 'ipv4', '4'],
    ['false', 'true', 'true', 'ipv6', 'ipv6', '6'],
    ['true', F, 'true', 'both', 'ipv4', '4'],
    ['true', O, 'true', 'ipv4', 'yes', '46'],
    [O, 'true', 'true', 'ipv6', 'yes', '46'],
    [O, O, 'false', '', 'yes', '46'],
    [O, 'false', 'false', '', 'ipv4', '4'],
    ['false', 'false', 'false', '', 'no', ''],
    ['{ enabled = false, optional = true }', F, 'true', 'ipv6', 'no', ''],
  ])('dhcp4 %j, dhcp6 %j', async (dhcp4, dhcp6, required, family, mode, sections) => {
    const keys = [dhcp4 && `dhcp4 = ${dhcp4}`, dhcp6 && `dhcp6 = ${dhcp6}`].filter(Boolean).join('\n')
    const { files } = await generatedFiles({ netToml: `version = 1\n[eth0]\n${keys}` }, 'networkd')
    const parts = [
      '[Match] Name=eth0',
      `[Link] RequiredForOnline=${required}${family && `; RequiredFamilyForOnline=${family}`}`,
      `[Network] DHCP=${mode}${sections && '; KeepConfiguration=dhcp'}`,
      ...(sections.includes('4') ? ['[DHCPv4] UseMTU=true'] : []),
      ...(sections.includes('6') ? ['[IPv6AcceptRA] UseMTU=true'] : []),
    ]
    expect(onOneLine(files['/etc/systemd/network/10-eth0.network'] ?? '')).toBe(parts.join(' | '))
  })

  test('a route metric goes with DHCPv4', async () => {
    const netToml = 'version = 1\n[eth0]\ndhcp4 = { enabled = true, route-metric = 0 }'
    const { files } = await generatedFiles({ netToml }, 'networkd')
    expect(onOneLine(files['/etc/systemd/network/10-eth0.network'] ?? '')).toContain(
      '[DHCPv4] RouteMetric=0; UseMTU=true',
    )
  })
})

describe('the syntax of systemd files', () => {
  test('lists give a line each, what is undefined none, empty sections their name', () => {
    const text = printUnitFile([
      ['A', { X: ['1', '2'], Y: undefined, Z: 3n }],
      ['B', {}],
      ['C', { W: true, V: [] }],
    ])
    expect(text).toBe('[A]\nX=1\nX=2\nZ=3\n[B]\n[C]\nW=true\n')
  })

  test.each(['a\nb', 'a\rb', 'a\0b', 'a\\', 'a\\\\\\'])('%j cannot be a value', (value) => {
    expect(() => printUnitFile([['A', { X: value }]])).toThrow('cannot be written as X')
  })

  test.each(['a\\b', 'a\\\\', '%i', ';', '#', '"'])('%j can', (value) => {
    expect(printUnitFile([['A', { X: value }]])).toBe(`[A]\nX=${value}\n`)
  })
})

const STATE = '/var/lib/netdog'
const NETWORKCTL = '/usr/bin/networkctl|status|--json=pretty'

function networkdHost(
  files: Record<string, string>,
  answer: (command: string) => CommandEnd = () => ({}),
): TestHost & { runner: FakeRunner } {
  const runner = new FakeRunner(({ command }) => answer(command.join('|')))
  const host = testHost({ files: { ...files, [`${STATE}/x`]: '', '/etc/sysctl.d/x': '', '/run/netdog/x': '' }, runner })
  return Object.assign(host, { runner })
}

const run = (host: TestHost, ...argv: string[]): Promise<ProgramRun> =>
  runTool(netdog, ['--flavour', 'networkd', ...argv], host)

describe('write-resolv-conf', () => {
  const CONFIG = `version = 3
[ETH0]
dhcp4 = true
[bond0]
kind = "bond"
mode = "active-backup"
interfaces = ["p1"]
dhcp4 = true
monitoring = { miimon-frequency-ms = 1, miimon-updelay-ms = 1, miimon-downdelay-ms = 1 }
[vv]
kind = "vlan"
device = "wire"
id = 1
dhcp4 = true
["52:54:00:12:34:56"]
dhcp4 = true
`
  const dropIn = (dns: boolean, domains: boolean): string => {
    const use = `UseDNS=${String(dns)}\nUseDomains=${String(domains)}\n`
    return `[Network]\nDNSDefaultRoute=${String(dns)}\n[DHCPv4]\n${use}[DHCPv6]\n${use}[IPv6AcceptRA]\n${use}`
  }
  const written = (host: TestHost): Record<string, string> => {
    const all = filesBelow(host.fs, '/etc/systemd')
    return Object.fromEntries(Object.entries(all).map(([path, text]) => [path.slice('/etc/systemd/'.length), text]))
  }

  test('the worked example', async () => {
    const host = networkdHost({
      [`${STATE}/net.toml`]: CONFIG,
      [`${STATE}/primary_interface`]: ' BOND0 \n',
      '/etc/netdog.toml': 'name-servers = ["10.0.0.2", "10.0.0.1", "10.0.0.2"]\nother = 1\n',
    })
    expect(await run(host, 'write-resolv-conf')).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    const files = written(host)
    const resolved = files['resolved.conf.d/10-resolv.conf'] ?? ''
    expect(['[Resolve]\nDNS=10.0.0.2 10.0.0.1\n', '[Resolve]\nDNS=10.0.0.1 10.0.0.2\n']).toContain(resolved)
    expect(files).toEqual({
      'network/10-ETH0.network.d/10-dns.conf': dropIn(false, false),
      'network/10-bond0.network.d/10-dns.conf': dropIn(false, true),
      'network/10-vv.network.d/10-dns.conf': dropIn(false, false),
      'network/10-525400123456.network.d/10-dns.conf': dropIn(false, false),
      'resolved.conf.d/10-resolv.conf': resolved,
    })
    expect(host.runner.commands).toEqual([
      '/usr/bin/systemctl|try-reload-or-restart|--no-block|systemd-networkd',
      '/usr/bin/systemctl|try-reload-or-restart|--no-block|systemd-resolved',
    ])
    expect(host.runner.requests.map(({ purpose }) => purpose)).toEqual(['restart', 'restart'])
  })

  test.each([
    ['', true, true, '[Resolve]\n'],
    ['name-servers = []', false, true, '[Resolve]\n'],
    ['search-list = []', true, false, '[Resolve]\n'],
    ['search-list = ["corp.example", "example"]', true, false, '[Resolve]\nDomains=corp.example example\n'],
    ['name-servers = ["FD00:0::5"]\nsearch-list = ["a"]', false, false, '[Resolve]\nDNS=fd00::5\nDomains=a\n'],
  ])('%j: what is set replaces what the lease of the primary link has', async (settings, dns, domains, resolved) => {
    const host = networkdHost({
      [`${STATE}/net.toml`]: 'version = 1\n["eth0:1"]\ndhcp4 = true\n[e]\ndhcp4 = true',
      [`${STATE}/primary_interface`]: 'eth0:1',
      '/etc/netdog.toml': settings,
    })
    const { exitCode, stderr } = await run(host, 'write-resolv-conf')
    expect(exitCode).toBe(0)
    expect(stderr).toBe(settings === '' ? 'netdog: /etc/netdog.toml is empty: no DNS settings\n' : '')
    expect(written(host)).toEqual({
      'network/10-eth01.network.d/10-dns.conf': dropIn(dns, domains),
      'network/10-e.network.d/10-dns.conf': dropIn(false, false),
      'resolved.conf.d/10-resolv.conf': resolved,
    })
  })

  test('a primary device known by MAC address is not told from the others', async () => {
    const host = networkdHost({
      [`${STATE}/net.toml`]: 'version = 3\n["52:54:00:12:34:56"]\ndhcp4 = true',
      [`${STATE}/primary_mac_address`]: '52:54:00:12:34:56',
      '/sys/class/net/eth7/address': '52:54:00:12:34:56\n',
    })
    const { exitCode, stderr } = await run(host, 'write-resolv-conf')
    expect([exitCode, stderr]).toEqual([0, 'netdog: /etc/netdog.toml is missing: no DNS settings\n'])
    expect(written(host)).toEqual({
      'network/10-525400123456.network.d/10-dns.conf': dropIn(false, false),
      'resolved.conf.d/10-resolv.conf': '[Resolve]\n',
    })
  })

  test('without interfaces there is only the drop-in of all links', async () => {
    const host = networkdHost({ '/proc/cmdline': '', [`${STATE}/primary_interface`]: 'e' })
    expect((await run(host, 'write-resolv-conf')).exitCode).toBe(0)
    expect(Object.keys(written(host))).toEqual(['resolved.conf.d/10-resolv.conf'])
  })

  test.each([
    ['name-servers = ["10.0.0"]', 'name-servers[0]'],
    ['name-servers = "10.0.0.1"', 'name-servers'],
    ['search-list = [1]', 'search-list[0]'],
    ['search-list = ["a b"]', 'search-list[0]'],
    ['search-list = ["a\\nDNS=10.0.0.1"]', 'search-list[0]'],
    ['search-list = ["a\\\\"]', 'search-list[0]'],
    ['x', ''],
  ])('%j are no DNS settings', async (settings, path) => {
    const host = networkdHost({
      [`${STATE}/net.toml`]: 'version = 1\n[e]\ndhcp4 = true',
      [`${STATE}/primary_interface`]: 'e',
      '/etc/netdog.toml': settings,
    })
    const { exitCode, stderr } = await run(host, 'write-resolv-conf')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[NET_DNS_SETTINGS_INVALID]')
    expect(stderr).toContain('/etc/netdog.toml:1:')
    expect(stderr).toContain(path)
    expect(host.fs.stat('/etc/systemd')).toBeUndefined()
    expect(host.runner.commands).toEqual([])
  })

  test.each(['systemd-networkd', 'systemd-resolved'])('%s that cannot be reloaded is an error', async (unit) => {
    const files = { '/proc/cmdline': '', [`${STATE}/primary_interface`]: 'e' }
    const host = networkdHost(files, (command) => (command.endsWith(unit) ? { exitCode: 4, stderr: 'why' } : {}))
    const { exitCode, stderr } = await run(host, 'write-resolv-conf')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('/usr/bin/systemctl: why\n')
    expect(stderr).toContain(`systemctl try-reload-or-restart --no-block ${unit}: exit status 4`)
    expect(host.runner.commands).toHaveLength(unit === 'systemd-networkd' ? 1 : 2)
  })

  test('an unknown primary interface is an error', async () => {
    const { exitCode, stderr } = await run(networkdHost({ '/proc/cmdline': '' }), 'write-resolv-conf')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[NET_PRIMARY_UNKNOWN]')
  })
})

const status = (addresses: unknown, name: unknown = 'eth0'): CommandEnd => ({
  stdout: JSON.stringify({ Index: 2, Name: name, Addresses: addresses }),
})
const LINK_LOCAL = { Family: 10, Address: [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x50, 0x54, 0, 0xff, 0xfe, 0x12, 0x34, 0x56] }
const IPV4 = { Address: [10, 0, 2, 15] }
const SYSCTL_FILE = '/etc/sysctl.d/90-primary_interface.conf'
const SYSCTL = `/usr/lib/systemd/systemd-sysctl|${SYSCTL_FILE}`

describe('write-primary-interface-status', () => {
  const primaryHost = (end: CommandEnd, files: Record<string, string> = {}): ReturnType<typeof networkdHost> =>
    networkdHost({ [`${STATE}/primary_interface`]: 'ETH0\n', ...files }, (command) =>
      command.startsWith(NETWORKCTL) ? end : {},
    )

  test('address, kernel parameters and link', async () => {
    const host = primaryHost(status([LINK_LOCAL, IPV4, { Address: [10, 0, 2, 16] }]))
    expect(await run(host, 'write-primary-interface-status')).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(host.runner.commands).toEqual([`${NETWORKCTL}|eth0`, SYSCTL])
    expect(host.fs.readText(`${STATE}/current_ip`)).toBe('10.0.2.15')
    expect(host.fs.readText(SYSCTL_FILE)).toBe(
      [
        '-net.ipv4.conf.eth0.rp_filter = 2',
        '-net.ipv6.conf.eth0.accept_ra = 0',
        '-net.ipv6.conf.eth0.accept_ra_defrtr = 0',
        '-net.ipv6.conf.eth0.accept_ra_pinfo = 0',
        '-net.ipv6.conf.eth0.accept_ra_rtr_pref = 0',
        '-net.ipv6.conf.eth0.accept_ra_mtu = 0',
        '',
      ].join('\n'),
    )
    expect(host.fs.readText('/run/netdog/primary_sysctls_set')).toBe('')
    expect(host.fs.readLink('/run/netdog/resolv.conf')).toBe('/run/systemd/resolve/resolv.conf')
  })

  test('a second run sets no kernel parameters, and replaces the link', async () => {
    const host = primaryHost(status([IPV4]), {
      [SYSCTL_FILE]: 'mine',
      '/run/netdog/primary_sysctls_set': '',
      '/run/netdog/resolv.conf': 'x',
    })
    expect((await run(host, 'write-primary-interface-status')).exitCode).toBe(0)
    expect((await run(host, 'write-primary-interface-status')).exitCode).toBe(0)
    expect(host.runner.commands).toEqual([`${NETWORKCTL}|eth0`, `${NETWORKCTL}|eth0`])
    expect(host.fs.readText(SYSCTL_FILE)).toBe('mine')
    expect(host.fs.readLink('/run/netdog/resolv.conf')).toBe('/run/systemd/resolve/resolv.conf')
    expect(host.fs.readDirectory('/run/netdog').map(({ name }) => name)).toEqual([
      'primary_sysctls_set',
      'resolv.conf',
      'x',
    ])
  })

  test.each([
    [[LINK_LOCAL], 'fe80::5054:ff:fe12:3456'],
    [[LINK_LOCAL, { Address: Array(16).fill(0) }], 'fe80::5054:ff:fe12:3456'],
    [[{ Address: [...Array<number>(10).fill(0), 255, 255, 10, 0, 0, 1] }], '::ffff:10.0.0.1'],
    [[{ Address: [169, 254, 0, 255] }], '169.254.0.255'],
  ])('%j is %s', async (addresses, ip) => {
    const host = primaryHost(status(addresses))
    expect((await run(host, 'write-primary-interface-status')).exitCode).toBe(0)
    expect(host.fs.readText(`${STATE}/current_ip`)).toBe(ip)
  })

  test.each<[string, CommandEnd]>([
    ['no addresses', status([])],
    ['no list', status(undefined)],
    ['null', status(null)],
    ['three bytes', status([{ Address: [1, 2, 3] }])],
    ['a byte too large', status([IPV4, { Address: [1, 2, 3, 256] }])],
    ['a byte below zero', status([{ Address: [-1, 2, 3, 4] }])],
    ['a fraction', { stdout: '{"Name":"e","Addresses":[{"Address":[1.0,2,3,4]}]}' }],
    ['no Address', status([{}])],
    ['no object', status([7])],
    ['no name', status([IPV4], null)],
    ['a bad name', status([IPV4], 'a b')],
    ['a list', { stdout: '[]' }],
    ['no JSON', { stdout: 'x' }],
    ['no text', { stdout: Uint8Array.of(0xff) }],
  ])('%s is an error', async (_name, end) => {
    const host = primaryHost(end)
    const { exitCode, stderr } = await run(host, 'write-primary-interface-status')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error[NET_STATUS_INVALID]')
    expect(host.fs.stat(`${STATE}/current_ip`)).toBeUndefined()
    expect(host.fs.stat(SYSCTL_FILE)).toBeUndefined()
  })

  test.each<[CommandEnd, string]>([
    [{ exitCode: 1 }, 'exit status 1'],
    [{ signal: 'SIGKILL' }, 'ended by SIGKILL'],
    [{ startError: 'ENOENT' }, 'ENOENT'],
  ])('networkctl with %j is an error', async (end, reason) => {
    const { exitCode, stderr } = await run(primaryHost(end), 'write-primary-interface-status')
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`error[HOST_COMMAND_FAILED] /usr/bin/networkctl status --json=pretty eth0: ${reason}`)
  })

  test('kernel parameters that cannot be set are an error, and tried again', async () => {
    const host = networkdHost({ [`${STATE}/primary_interface`]: 'eth0' }, (command) =>
      command.startsWith(NETWORKCTL) ? status([IPV4]) : { exitCode: 1 },
    )
    expect((await run(host, 'write-primary-interface-status')).exitCode).toBe(1)
    expect(host.fs.stat('/run/netdog/primary_sysctls_set')).toBeUndefined()
    expect(host.fs.lstat('/run/netdog/resolv.conf')).toBeUndefined()
  })

  test('a marker that cannot be made is told, no more', async () => {
    const host = primaryHost(status([IPV4]))
    const write = host.fs.writeFile.bind(host.fs)
    host.fs.writeFile = (path, data, mode): void => {
      if (path.endsWith('primary_sysctls_set')) throw Object.assign(new Error('x'), { code: 'EROFS' })
      write(path, data, mode)
    }
    const { exitCode, stderr } = await run(host, 'write-primary-interface-status')
    expect([exitCode, stderr]).toEqual([0, 'netdog: cannot write /run/netdog/primary_sysctls_set: EROFS\n'])
  })

  test.each(['a*', 'a?', 'a[b', 'a=b', 'a\\b', 'a\nkernel.panic = 1'])('%j gets no kernel parameters', async (name) => {
    const host = primaryHost(status([IPV4]), { [`${STATE}/primary_interface`]: name })
    const { exitCode, stderr } = await run(host, 'write-primary-interface-status')
    expect(exitCode).toBe(0)
    expect(stderr).toContain('no kernel parameters')
    expect(host.fs.readText(SYSCTL_FILE)).toBe('')
  })

  test.each([
    ['52:54:00:AB:CD:EF', 'Eth7'],
    [' 52:54:00:ab:cd:ef\n', 'Eth7'],
    ['52:54:00:ab:cd:00', undefined],
  ])('the MAC address %j is that of %s', async (mac, name) => {
    const host = networkdHost(
      {
        [`${STATE}/primary_mac_address`]: mac,
        '/sys/devices/a/address': '52:54:00:AB:CD:EF\n',
        '/sys/class/net/lo/address': '00:00:00:00:00:00\n',
        '/sys/class/net/bonding_masters': '',
      },
      (command) => (command.startsWith(NETWORKCTL) ? status([IPV4]) : {}),
    )
    host.fs.symlink('../../devices/a', '/sys/class/net/Eth7')
    const { exitCode, stderr } = await run(host, 'write-primary-interface-status')
    expect(exitCode).toBe(name === undefined ? 1 : 0)
    if (name === undefined) expect(stderr).toContain('error[NET_PRIMARY_UNKNOWN]')
    else expect(host.runner.commands[0]).toBe(`${NETWORKCTL}|${name}`)
  })

  test('a missing directory is an error', async () => {
    const runner = new FakeRunner(() => status([IPV4]))
    const host = testHost({ files: { [`${STATE}/primary_interface`]: 'e', '/etc/sysctl.d/x': '' }, runner })
    const { exitCode, stderr } = await run(host, 'write-primary-interface-status')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('cannot write /run/netdog/')
  })
})
