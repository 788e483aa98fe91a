import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../../src/lib/utf8.ts'
import { checkNetToml, type NetCheck } from '../../../src/netdog/check.ts'
import type { Flavour } from '../../../src/netdog/flavour.ts'

const check = (text: string, flavour: Flavour = 'networkd'): NetCheck =>
  checkNetToml(encodeUtf8(text), 'net.toml', flavour)
const findings = ({ diagnostics }: NetCheck): string[] =>
  diagnostics.map(
    ({ code, severity, path, at }) => `${severity} ${code} ${String(path)} ${String(at?.line)}:${String(at?.column)}`,
  )

const BOND = `version = 3
[b]
kind = "bond"
mode = "active-backup"
interfaces = ["p1", "all"]
dhcp4 = true
[b.monitoring]
arpmon-interval-ms = 1
arpmon-validate = "all"
arpmon-targets = ["10.0.0.1", "fd00::1"]
`

describe('checkNetToml', () => {
  test('nothing to say, and the files', () => {
    const { diagnostics, files } = check('version = 1\n[eth0]\ndhcp4 = true')
    expect(diagnostics).toEqual([])
    expect(files.map(({ path }) => path)).toEqual([
      '/var/lib/netdog/primary_interface',
      '/etc/systemd/network/10-eth0.network',
    ])
  })

  test('no devices, no files', () => {
    expect(check('version = 1')).toMatchObject({ diagnostics: [], files: [] })
  })

  test('errors give no files', () => {
    const result = check('version = 1\n[eth0]\n[eth1]\n')
    expect(findings(result)).toEqual(['error NET_NO_ADDRESSING eth0 2:2', 'error NET_NO_ADDRESSING eth1 3:2'])
    expect(result.files).toEqual([])
  })

  test.each([
    ...[
      '7',
      '007',
      '0x10',
      '+7',
      '0b1',
      '0o7',
      'all',
      'default',
      'eth0:1',
      'é',
      'a%b',
      '!a',
      'a*',
      'a?',
      '[a]',
      'a"b',
      "a'b",
    ],
    ...['a\\\\b', 'a\\u0001', 'a\\u007f'],
  ])('%j is not what systemd-networkd takes for a name', (name) => {
    const text = `version = 2\n["${name.replace('"', '\\"')}"]\ndhcp4 = true`
    expect(check(text).diagnostics).toMatchObject([
      { code: 'NET_NAME_UNUSABLE', severity: 'warning', at: { line: 2, column: 2 } },
    ])
    expect(check(text).files).toHaveLength(2)
    const inWicked = name.includes('\\u0001') ? ['VALUE_UNREPRESENTABLE'] : []
    expect(check(text, 'wicked').diagnostics.map(({ code }) => code)).toEqual(inWicked)
  })

  test.each(['eth0', 'a_b', 'a-b', 'a,b', 'a!', 'x7', '7x', '-7', 'a;#'])('%j is', (name) => {
    expect(check(`version = 2\n["${name}"]\ndhcp4 = true`).diagnostics).toEqual([])
  })

  test('interfaces of bonds and below VLANs are looked at, too', () => {
    expect(findings(check(`${BOND}[v]\nkind = "vlan"\ndevice = "a:b"\nid = 1\ndhcp4 = true`))).toEqual([
      'warning NET_NAME_UNUSABLE b.interfaces[1] 5:21',
      'warning NET_NETWORKD_DIFFERS b.monitoring.arpmon-targets[1] 10:31',
      'warning NET_NAME_UNUSABLE v.device 13:10',
    ])
  })

  test.each([
    ['to = "fd00::/64"\nvia = "10.0.0.1"', ['warning NET_NETWORKD_DIFFERS e.route[0].via 6:7']],
    ['to = "fd00::/64"\nfrom = "10.0.0.1"', ['warning NET_NETWORKD_DIFFERS e.route[0].from 6:8']],
    ['to = "default"\nvia = "10.0.0.1"\nfrom = "fd00::1"', ['warning NET_NETWORKD_DIFFERS e.route[0].from 7:8']],
    ['to = "10.0.0.0/8"\nvia = "fd00::1"', []],
    ['to = "default"\nfrom = "fd00::1"', []],
  ])('a route with %j', (lines, expected) => {
    expect(findings(check(`version = 2\n[e.static4]\naddresses = ["10.0.0.2/8"]\n[[e.route]]\n${lines}`))).toEqual(
      expected,
    )
  })

  test.each(['0.0.0.0/7', '::/63'])('%s is no address', (address) => {
    expect(findings(check(`version = 2\n[e.static6]\naddresses = ["${address}"]`))).toEqual([
      'warning NET_NETWORKD_DIFFERS e.static6.addresses 3:13',
    ])
  })

  test.each(['0.0.0.0/8', '::/64'])('%s is an address of a pool', (address) => {
    expect(findings(check(`version = 2\n[e.static6]\naddresses = ["${address}"]`))).toEqual([])
  })

  test('a gateway without an address', () => {
    const text = (address: string): string =>
      `version = 2\n[e.static6]\naddresses = [${address}]\n[[e.route]]\nto = "default"\nvia = "fd00::1"`
    expect(findings(check(text('')))).toEqual(['warning NET_NETWORKD_DIFFERS e.route[0].via 6:7'])
    expect(findings(check(text('"::/1"')))).toHaveLength(2)
    expect(findings(check(text('"fd00::2/64"')))).toEqual([])
  })

  test('a VLAN on a VLAN', () => {
    const vlan = (name: string, device: string): string =>
      `[${name}]\nkind = "vlan"\ndevice = "${device}"\nid = 1\ndhcp4 = true\n`
    const text = `version = 3\n${vlan('a', 'b')}${vlan('b', 'eth0')}${vlan('c', 'c')}`
    expect(findings(check(text))).toEqual([
      'warning NET_VLAN_UNATTACHED a.device 4:10',
      'warning NET_VLAN_UNATTACHED c.device 14:10',
    ])
    expect(findings(check(text, 'wicked'))).toEqual([])
  })

  test('a primary interface with capitals or by MAC address', () => {
    const capitals = 'version = 1\n[a]\ndhcp4 = true\n[ETH0]\ndhcp4 = true\nprimary = true'
    expect(findings(check(capitals))).toEqual(['warning NET_PRIMARY_UNMATCHED ETH0 4:2'])
    expect(findings(check(capitals, 'wicked'))).toEqual(['warning NET_PRIMARY_UNMATCHED ETH0 4:2'])
    const mac = 'version = 3\n["52:54:00:ab:cd:ef"]\ndhcp4 = true'
    expect(findings(check(mac))).toEqual(['warning NET_PRIMARY_UNMATCHED "52:54:00:ab:cd:ef" 2:2'])
    expect(findings(check(mac, 'wicked'))).toEqual([])
  })

  test.each(['networkd', 'wicked'] as const)('two devices with one file, %s', (flavour) => {
    const text =
      'version = 3\n[eth0]\ndhcp4 = true\n["52:54:00:12:34:56"]\ndhcp4 = true\n[525400123456x]\ndhcp4 = true\n[z525400123456]\ndhcp4 = true\n'
    expect(findings(check(text, flavour))).toEqual([])
    expect(
      findings(check(`${text}[525400123456]\ndhcp4 = true`, flavour)).filter((line) => line.includes('SHADOWED')),
    ).toEqual(['warning NET_DEVICE_SHADOWED "52:54:00:12:34:56" 4:2'])
  })

  test('a name that would take the next line into its own', () => {
    const text = 'version = 3\n[eth0]\ndhcp4 = true\n["a\\\\"]\ndhcp4 = true'
    expect(findings(check(text))).toEqual([
      'warning NET_NAME_UNUSABLE "a\\\\" 4:2',
      'error VALUE_UNREPRESENTABLE "a\\\\" 4:2',
    ])
    expect(check(text).files).toEqual([])
    expect(findings(check(text, 'wicked'))).toEqual([])
  })
})
