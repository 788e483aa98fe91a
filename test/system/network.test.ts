/** systemd-networkd itself, with the files that netdog gives it. */
import { fc } from '@fast-check/vitest'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeUtf8 } from '../../src/lib/utf8.ts'
import { checkNetToml } from '../../src/netdog/check.ts'
import { networkdFiles } from '../../src/netdog/networkd/files.ts'
import { linkDnsFile } from '../../src/netdog/networkd/dns.ts'
import { parseCommandLine } from '../../src/netdog/net-config/command-line.ts'
import type { TextFile } from '../../src/netdog/text-file.ts'
import { ACCEPTED } from '../support/net-toml-cases.ts'
import { oddNetToml, usableNetToml } from '../support/net-toml-arbitrary.ts'
import { packageProgram, runInNamespace, START_NETWORKD, startDnsmasq } from '../support/network-namespace.ts'
import { temporaryDirectory } from '../support/run-tool.ts'

const netdog = `${packageProgram('netdog')} --flavour networkd`

interface LinkState {
  readonly ifname: string
  readonly mtu: number
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number; readonly scope: string }[]
}
interface RouteState {
  readonly dst: string
  readonly gateway?: string
  readonly dev: string
  readonly protocol: string
  readonly metric?: number
  readonly prefsrc?: string
}

const linksOf = (sections: ReadonlyMap<string, string>): LinkState[] =>
  JSON.parse(sections.get('links') ?? '') as LinkState[]
const routesOf = (sections: ReadonlyMap<string, string>, name: 'routes' | 'routes6'): RouteState[] =>
  JSON.parse(sections.get(name) ?? '') as RouteState[]

function globalAddresses(sections: ReadonlyMap<string, string>, name: string): string[] {
  const link = linksOf(sections).find(({ ifname }) => ifname === name)
  const found = link?.addr_info.filter(({ scope }) => scope === 'global') ?? []
  return found.map(({ local, prefixlen }) => `${local}/${String(prefixlen)}`)
}

const DNSMASQ = startDnsmasq('eth0', [
  '--dhcp-range=192.0.2.100,192.0.2.100,255.255.255.0,1h',
  '--dhcp-option=option:dns-server,192.0.2.53',
  '--dhcp-option=option:mtu,1400',
  '--dhcp-range=2001:db8::100,2001:db8::100,64,1h',
  '--enable-ra',
])
const PEERS = { eth0: ['192.0.2.1/24', '2001:db8::1/64'], eth1: ['198.51.100.1/24', '2001:db8:1::1/64'] }
const isConfigured = (name: string): string => `networkctl status ${name} | grep -q 'routable (configured)'`
const hasAddress = (name: string, address: string): string => `ip addr show dev ${name} | grep -q ' ${address}/'`
const SHOW = [
  'section links',
  'ip -j addr',
  'section routes',
  'ip -j route',
  'section routes6',
  'ip -j -6 route',
  'section log',
  'cat /run/networkd.log',
]

/** What networkd says about files, but for which of them it uses. */
function complaints(log: string): string[] {
  const usual =
    /^(?:[^/]*: )?(?:found matching network '|(?:Rec|C)onfiguring with |Found updated .network file: )\/etc\/systemd\/network\//
  return log.split('\n').filter((line) => line.includes('/etc/systemd/network/') && !usual.test(line))
}

describe('systemd-networkd', () => {
  it('configures DHCP on one interface, static addresses with routes on another, and DNS settings', () => {
    const sections = runInNamespace({
      links: PEERS,
      files: {
        '/var/lib/netdog/net.toml': `version = 3
[eth1.static4]
addresses = ["198.51.100.10/24", "198.51.100.11/32"]
[eth1.static6]
addresses = ["2001:db8:1::10/64"]
[[eth1.route]]
to = "203.0.113.0/24"
via = "198.51.100.1"
from = "198.51.100.11"
route-metric = 50
[[eth1.route]]
to = "2001:db8:9::/48"
via = "2001:db8:1::1"
[eth0]
primary = true
dhcp4 = { enabled = true, route-metric = 77 }
dhcp6 = { enabled = true, optional = true }
`,
        '/run/systemctl':
          '#!/bin/sh\necho "$*" >>/run/systemctl.log\n[ "$3" != systemd-networkd ] || networkctl reload\n',
      },
      script: [
        'chmod 755 /run/systemctl && mount --bind /run/systemctl /usr/bin/systemctl',
        `${netdog} generate-net-config`,
        DNSMASQ,
        ...START_NETWORKD,
        `await "${isConfigured('eth0')} && ${isConfigured('eth1')}"`,
        `await "${hasAddress('eth0', '2001:db8::100')} && ${hasAddress('eth0', '192.0.2.100')}"`,
        `${netdog} write-primary-interface-status`,
        ...SHOW,
        'section node-ip',
        `${netdog} node-ip`,
        'section rp_filter',
        'sysctl -n net.ipv4.conf.eth0.rp_filter net.ipv6.conf.eth0.accept_ra',
        'section resolv.conf',
        'readlink /run/netdog/resolv.conf',
        'section dns before',
        'await "grep DNS=192.0.2.53 /run/systemd/netif/links/2"',
        'cat /run/systemd/netif/links/2',
        'echo \'name-servers = ["192.0.2.99"]\' >/etc/netdog.toml',
        `${netdog} write-resolv-conf`,
        'await "grep -x DNS= /run/systemd/netif/links/2"',
        'section dns after',
        'cat /run/systemd/netif/links/2',
        'section systemctl',
        'cat /run/systemctl.log',
        'section reload log',
        'cat /run/networkd.log',
      ],
    })
    expect(globalAddresses(sections, 'eth0').sort()).toEqual(['192.0.2.100/24', '2001:db8::100/128'])
    expect(globalAddresses(sections, 'eth1').sort()).toEqual([
      '198.51.100.10/24',
      '198.51.100.11/32',
      '2001:db8:1::10/64',
    ])
    // UseMTU
    expect(linksOf(sections).find(({ ifname }) => ifname === 'eth0')?.mtu).toBe(1400)
    expect(routesOf(sections, 'routes')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ dst: 'default', gateway: '192.0.2.1', dev: 'eth0', protocol: 'dhcp', metric: 77 }),
        expect.objectContaining({
          ...{ dst: '203.0.113.0/24', gateway: '198.51.100.1', dev: 'eth1' },
          ...{ protocol: 'static', prefsrc: '198.51.100.11', metric: 50 },
        }),
      ]),
    )
    expect(routesOf(sections, 'routes6')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ dst: '2001:db8:9::/48', gateway: '2001:db8:1::1', dev: 'eth1', protocol: 'static' }),
      ]),
    )
    expect(sections.get('node-ip')).toBe('"192.0.2.100"\n')
    expect(sections.get('rp_filter')).toBe('2\n0\n')
    expect(sections.get('resolv.conf')).toBe('/run/systemd/resolve/resolv.conf\n')
    expect(sections.get('dns before')).toMatch(/^REQUIRED_FAMILY_FOR_ONLINE=ipv4$/m)
    expect(sections.get('dns before')).toMatch(/^DNS=192\.0\.2\.53$/m)
    expect(sections.get('dns after')).toMatch(/^DNS=$/m)
    expect(sections.get('systemctl')).toBe(
      'try-reload-or-restart --no-block systemd-networkd\ntry-reload-or-restart --no-block systemd-resolved\n',
    )
    expect(complaints(sections.get('reload log') ?? '')).toEqual([])
  })

  it('configures the network of the kernel command line', () => {
    const sections = runInNamespace({
      links: { eth0: PEERS.eth0 },
      cmdline: 'quiet netdog.default-interface=eth0:dhcp4,dhcp6?\n',
      script: [
        `${netdog} generate-net-config`,
        DNSMASQ,
        ...START_NETWORKD,
        `await "${isConfigured('eth0')} && ${hasAddress('eth0', '2001:db8::100')} && ${hasAddress('eth0', '192.0.2.100')}"`,
        ...SHOW,
        'section primary',
        'cat /var/lib/netdog/primary_interface',
      ],
    })
    expect(globalAddresses(sections, 'eth0').sort()).toEqual(['192.0.2.100/24', '2001:db8::100/128'])
    expect(routesOf(sections, 'routes')).toEqual(
      expect.arrayContaining([expect.objectContaining({ dst: 'default', gateway: '192.0.2.1', protocol: 'dhcp' })]),
    )
    expect(sections.get('primary')).toBe('eth0')
    expect(complaints(sections.get('log') ?? '')).toEqual([])
  })
})

interface BatchCase {
  readonly files: readonly TextFile[]
  /** Whether our own check says that networkd will not take all of it. */
  readonly isWarned: boolean
}

function checked(netToml: string): BatchCase[] {
  const { diagnostics, files } = checkNetToml(encodeUtf8(netToml), 'net.toml', 'networkd')
  const links = files.filter(({ path: file }) => file.startsWith('/etc/systemd/network/'))
  return links.length === 0 ? [] : [{ files: links, isWarned: diagnostics.length > 0 }]
}

/** Leaves out what makes a device that an earlier case makes, too: in one batch networkd takes the first alone. */
function withoutRepeatedDevices(cases: readonly BatchCase[]): BatchCase[] {
  const made = new Set<string>()
  return cases.filter(({ files }) => {
    const names = files.filter(({ path: file }) => file.endsWith('.netdev')).map(({ path: file }) => file)
    const isNew = !names.some((name) => made.has(name))
    for (const name of names) made.add(name)
    return isNew
  })
}

function goldenCases(): BatchCase[] {
  const directory = path.join(import.meta.dirname, '../golden/network')
  return readdirSync(directory).flatMap((name) => {
    const inCase = (file: string): string => path.join(directory, name, file)
    if (readdirSync(path.join(directory, name)).includes('net.toml'))
      return checked(readFileSync(inCase('net.toml'), 'utf8'))
    const config = parseCommandLine(readFileSync(inCase('cmdline'), 'utf8'))
    return config === undefined ? [] : [{ files: networkdFiles(config), isWarned: false }]
  })
}

describe('every file that the tests generate', () => {
  it('is read by systemd-networkd, with complaints only where our own check warns', () => {
    const dropIns = [true, false].map((set, i) =>
      linkDnsFile({ kind: 'name', text: `drop${String(i)}` }, true, {
        nameServers: set ? [] : undefined,
        searchList: undefined,
      }),
    )
    const cases = [
      ...goldenCases(),
      ...ACCEPTED.flatMap(([, text]) => checked(text)),
      {
        files: [
          ...dropIns,
          ...dropIns.map((_, i) => ({
            path: `/etc/systemd/network/10-drop${String(i)}.network`,
            content: `[Match]\nName=drop${String(i)}\n`,
          })),
        ],
        isWarned: false,
      },
      ...withoutRepeatedDevices([
        ...fc.sample(usableNetToml, { numRuns: 500, seed: 20 }).flatMap(checked),
        ...fc.sample(oddNetToml, { numRuns: 500, seed: 21 }).flatMap(checked),
      ]),
    ]
    const batch = temporaryDirectory()
    try {
      chmodSync(batch.path, 0o755) // networkd reads as a user of its own
      for (const [i, { files }] of cases.entries()) {
        for (const file of files) {
          const [, name = '', rest = ''] = /^\/etc\/systemd\/network\/([^/]+)(.*)$/s.exec(file.path) ?? []
          const target = path.join(batch.path, `${String(i).padStart(5, '0')}-${name}`)
          if (rest !== '') mkdirSync(target)
          writeFileSync(`${target}${rest}`, file.content)
        }
      }
      const sections = runInNamespace({
        script: [
          `mount --bind ${batch.path} /etc/systemd/network`,
          ...START_NETWORKD,
          'await "grep -q Enumeration.completed /run/networkd.log"',
          'section log',
          'cat /run/networkd.log',
        ],
      })
      const found = complaints(sections.get('log') ?? '').filter(
        (line) => !line.includes('Device was already configured'),
      )
      const numberOf = (line: string): number => Number(/\/etc\/systemd\/network\/(\d{5})-/.exec(line)?.[1])
      const unforeseen = found.filter((line) => cases[numberOf(line)]?.isWarned !== true)
      expect(unforeseen).toEqual([])
      const clean = cases.filter(({ isWarned }) => !isWarned)
      expect(clean.length).toBeGreaterThan(300)
      // and networkd does complain where we say so
      expect(new Set(found.map(numberOf)).size).toBeGreaterThan(50)
      expect(sections.get('log')).toMatch(/: loaded "bond"[\s\S]*: loaded "vlan"/)
    } finally {
      batch.remove()
    }
  })
})
