import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { encodeUtf8 } from '../../src/lib/utf8.ts'
import { checkNetToml } from '../../src/netdog/check.ts'
import { FLAVOURS, type Flavour } from '../../src/netdog/flavour.ts'
import { parseCommandLine } from '../../src/netdog/net-config/command-line.ts'
import { parsePrefix, printPrefix, sortPrefixes, type IpPrefix } from '../../src/netdog/net-config/ip.ts'
import { parseDnsSettings } from '../../src/netdog/dns-settings.ts'
import { resolvedFile } from '../../src/netdog/networkd/dns.ts'
import { parseLease } from '../../src/netdog/wicked/lease.ts'
import { PipelineError } from '../../src/lib/errors.ts'
import { generatedFiles, type NetworkRun } from '../support/network-files.ts'
import { damagedNetToml, oddNetToml, usableNetToml } from '../support/net-toml-arbitrary.ts'
import { unitSettings } from '../support/systemd-readers.ts'
import { unicode } from './arbitraries.ts'

const SECTIONS = ['Match', 'Link', 'Network', 'Route', 'DHCPv4', 'DHCPv6', 'IPv6AcceptRA', 'NetDev', 'Bond', 'VLAN']

/** Reads a file of systemd-networkd as systemd does: known sections, and just the lines that are there. */
function expectUnitFile(text: string): void {
  const lines = text.trimEnd().split('\n')
  const sections = lines.filter((line) => line.startsWith('['))
  expect(sections.filter((line) => !SECTIONS.includes(line.slice(1, -1)))).toEqual([])
  expect(unitSettings(text)).toHaveLength(lines.length - sections.length)
}

/** The text of all elements of a name, and whether every element is closed where it has to be. */
function expectXml(xml: string): void {
  const open: string[] = []
  for (const [, slash, name = '', text = ''] of xml.matchAll(
    /<(\/?)([a-z0-9:-]+)(?: namespace="ethernet")?>([^<]*)/g,
  )) {
    if (slash === '/') expect(open.pop()).toBe(name)
    else open.push(name)
    expect(text.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toMatch(/[&>]/)
  }
  expect(open).toEqual([])
  expect(xml.replaceAll(/<\/?[a-z0-9:-]+(?: namespace="ethernet")?>[^<]*/g, '')).toBe('')
}

function expectFiles(run: NetworkRun): void {
  for (const [path, text] of Object.entries(run.files)) {
    if (path.startsWith('/etc/systemd/network/')) expectUnitFile(text)
    else if (path.startsWith('/etc/wicked/ifconfig/')) expectXml(text)
    else expect(path).toMatch(/^\/var\/lib\/netdog\/primary_(?:interface|mac_address)$/)
  }
}

async function expectOutcome(netToml: Uint8Array, flavour: Flavour): Promise<NetworkRun> {
  const run = await generatedFiles({ netToml }, flavour)
  expect([0, 1]).toContain(run.exitCode)
  expect(run.stdout).toBe('')
  expect(run.stderr).not.toContain('INTERNAL')
  if (run.exitCode === 1) expect(run.stderr).toMatch(/^netdog: error\[[A-Z_]+\] /)
  if (run.exitCode === 1) expect(run.files).toEqual({})
  expectFiles(run)
  const check = checkNetToml(netToml, 'net.toml', flavour)
  const hasError = check.diagnostics.some(({ severity }) => severity === 'error')
  expect(hasError).toBe(run.exitCode === 1)
  expect(Object.fromEntries(check.files.map(({ path, content }) => [path, content]))).toEqual(run.files)
  return run
}

const flavour = fc.constantFrom(...FLAVOURS)

describe('any net.toml ends with a status and a message', () => {
  test.prop([fc.uint8Array({ maxLength: 200 }), flavour])('bytes', async (bytes, which) => {
    await expectOutcome(bytes, which)
  })

  test.prop([fc.constantFrom(1, 2, 3, 4), unicode, flavour])('text', async (version, text, which) => {
    await expectOutcome(encodeUtf8(`version = ${String(version)}\n${text}`), which)
  })

  test.prop([damagedNetToml, flavour], { numRuns: 150 })('damaged files', async (text, which) => {
    await expectOutcome(Buffer.from(text), which)
  })

  test.prop([oddNetToml, flavour], { numRuns: 150 })('odd names', async (text, which) => {
    await expectOutcome(Buffer.from(text), which)
  })
})

describe('usable names', () => {
  const outcomes = { accepted: 0, refused: 0 }
  test.prop([usableNetToml, flavour], { numRuns: 200 })('are accepted, but where two meet', async (text, which) => {
    const { exitCode, stderr } = await expectOutcome(Buffer.from(text), which)
    outcomes[exitCode === 0 ? 'accepted' : 'refused'] += 1
    if (exitCode !== 0) expect(stderr).toMatch(/NET_WORKER_REUSED/)
  })

  test('most of them are accepted', () => {
    expect(outcomes.accepted).toBeGreaterThan(10 * outcomes.refused)
  })
})

/** Whether something ended with a PipelineError, the only thing that programs throw on purpose. */
function ends(action: () => unknown): void {
  try {
    action()
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineError)
  }
}

describe('other input', () => {
  const words = fc.array(
    fc.oneof(unicode, fc.constantFrom('netdog.default-interface=', 'eth0', ':', 'dhcp4', 'dhcp6', '?', ',', ' ')),
  )
  test.prop([words])('kernel command lines', (parts) => {
    ends(() => parseCommandLine(parts.join('')))
  })

  test.prop([fc.array(fc.oneof(unicode, fc.constantFrom("IPADDR='", '10.0.0.1/8', "'\n", 'DNSSERVERS', '=')))])(
    'leases',
    (parts) => {
      ends(() => parseLease(parts.join(''), 'lease'))
    },
  )

  test.prop([unicode, fc.array(unicode)])(
    'DNS settings, which cannot break the file of systemd-resolved',
    (text, domains) => {
      ends(() => parseDnsSettings(text, 'netdog.toml'))
      const list = domains.map((domain) => JSON.stringify(domain).replaceAll('\u007F', '\\u007F')).join(', ')
      ends(() => {
        const { content } = resolvedFile(parseDnsSettings(`search-list = [${list}]`, 'netdog.toml'))
        expect(unitSettings(content)).toEqual(domains.length === 0 ? [] : [['Resolve', 'Domains', domains.join(' ')]])
      })
    },
  )
})

describe('addresses', () => {
  const prefix = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
  )
  const parsed = prefix.map(([ip, length]) => parsePrefix(`${ip}/${String(length)}`) as IpPrefix)

  test.prop([parsed])('are read back as they are printed', (each) => {
    expect(parsePrefix(printPrefix(each))).toEqual(each)
  })

  test.prop([fc.array(parsed), fc.array(parsed)])('are the same set in any order', (a, b) => {
    const sorted = sortPrefixes([...a, ...b]).map(printPrefix)
    expect(sortPrefixes([...b, ...a, ...a]).map(printPrefix)).toEqual(sorted)
    expect(new Set(sorted).size).toBe(sorted.length)
  })

  const value = ({ bytes }: IpPrefix): bigint => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  test.prop([parsed, parsed])('come by family, value and length', (a, b) => {
    const [first, second] = sortPrefixes([a, b])
    if (first === undefined || second === undefined || first.family !== second.family) {
      expect(first?.family ?? 4).toBeLessThanOrEqual(second?.family ?? 6)
    } else {
      const [low, high] = [value(first), value(second)]
      expect(low < high || (low === high && first.length < second.length)).toBe(true)
    }
  })
})
