/** Random net.toml files, most of them valid, with the names and numbers that are likely to go wrong. */
import { fc } from '@fast-check/vitest'

const quote = (text: string): string => JSON.stringify(text).replaceAll('\u007F', '\\u007F')

/** What a bare word could be mistaken for, or what a file could be broken with. */
const ODD = [
  '7',
  '007',
  '0x1f',
  '+1',
  'all',
  'default',
  'eth0:1',
  'é',
  'a%i',
  '!a',
  'a*',
  '[a]',
  'a"b',
  "a'b",
  'a\\b',
  'a\\',
]
const MORE_ODD = [
  '<a>',
  '&amp;',
  '-a',
  '#a',
  ';a',
  'a=b',
  'a\u0001',
  '\u{1F980}',
  '__proto__',
  'constructor',
  'version',
]

const plainName = fc.stringMatching(/^[a-z][a-z0-9_-]{0,7}$/)
const oddName = fc.oneof(
  fc.constantFrom(...ODD, ...MORE_ODD),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
)
/** Names that systemd-networkd takes as they are. */
export const usableNames = plainName.filter((name) => name !== 'all' && name !== 'default')
const anyNames = fc.oneof({ weight: 6, arbitrary: usableNames }, { weight: 1, arbitrary: oddName })

const mac = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 })
  .map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':'))

const ipv4 = fc.ipV4()
const ipv6 = fc.ipV6()
const prefixes4 = fc.array(
  fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })).map(([ip, n]) => `${ip}/${String(n)}`),
  { maxLength: 4 },
)
const prefixes6 = fc.array(
  fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })).map(([ip, n]) => `${ip}/${String(n)}`),
  { maxLength: 4 },
)
const metric = fc.oneof(fc.constantFrom(0, 1, 4294967295), fc.integer({ min: 0, max: 4294967295 }))

const dhcp = fc.oneof(
  fc.boolean().map(String),
  fc
    .record({ enabled: fc.boolean(), optional: fc.boolean() }, { requiredKeys: ['enabled'] })
    .map((table) => inline(Object.entries(table).map(([key, value]): [string, string] => [key, String(value)]))),
)

function inline(entries: readonly (readonly [string, string])[]): string {
  return `{ ${entries.map(([key, value]) => `${key} = ${value}`).join(', ')} }`
}

const list = (items: readonly string[]): string => `[${items.map(quote).join(', ')}]`

const route = fc
  .record(
    {
      to: fc.oneof(
        fc.constantFrom('default', 'DEFAULT'),
        prefixes4.map(([first = '10.0.0.0/8']) => first),
        prefixes6.map(([first = 'fd00::/8']) => first),
      ),
      from: fc.oneof(ipv4, ipv6),
      via: fc.oneof(ipv4, ipv6),
      'route-metric': metric,
    },
    { requiredKeys: ['to'] },
  )
  .map((table) =>
    inline(
      Object.entries(table).map(([key, value]) => [key, typeof value === 'string' ? quote(value) : String(value)]),
    ),
  )

const dhcpKeys = fc
  .record({ dhcp4: dhcp, dhcp6: dhcp }, { requiredKeys: [] })
  .map((keys) => Object.entries(keys).map(([key, value]) => `${key} = ${value}`))

const staticKeys = fc
  .record({ static4: prefixes4.map(list), static6: prefixes6.map(list) }, { requiredKeys: ['static4'] })
  .map((keys) => Object.entries(keys).map(([key, value]) => `${key} = { addresses = ${value} }`))

/** Keys about addresses that may stand together. */
const addressing = fc.oneof(
  dhcpKeys.map((keys) => (keys.length === 0 ? ['dhcp4 = true'] : keys)),
  fc.tuple(dhcpKeys, staticKeys).map(([a, b]) => [...a, ...b]),
  fc
    .tuple(staticKeys, fc.array(route, { maxLength: 3 }))
    .map(([keys, routes]) => [...keys, `route = [${routes.join(', ')}]`]),
)

const monitoring = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.nat(100), fc.nat(100)).map(([frequency, up, down]) =>
    inline([
      ['miimon-frequency-ms', String(frequency)],
      ['miimon-updelay-ms', String(frequency + up)],
      ['miimon-downdelay-ms', String(frequency + down)],
    ]),
  ),
  fc
    .tuple(
      fc.integer({ min: 1, max: 4294967295 }),
      fc.constantFrom('active', 'all', 'backup', 'none'),
      fc.array(fc.oneof(ipv4, ipv6), { minLength: 1, maxLength: 16 }),
    )
    .map(([interval, validate, targets]) =>
      inline([
        ['arpmon-interval-ms', String(interval)],
        ['arpmon-validate', quote(validate)],
        ['arpmon-targets', list(targets)],
      ]),
    ),
)

type Names = fc.Arbitrary<string>

const table = (name: string, lines: readonly string[]): string => [`[${quote(name)}]`, ...lines].join('\n')

const bondLines = (workers: readonly string[]): fc.Arbitrary<string[]> =>
  fc
    .tuple(
      fc.constantFrom('bond', 'Bond'),
      monitoring,
      fc.option(fc.nat(workers.length), { nil: undefined }),
      addressing,
    )
    .map(([kind, watch, minLinks, keys]) => [
      `kind = "${kind}"`,
      'mode = "active-backup"',
      `interfaces = ${list(workers)}`,
      `monitoring = ${watch}`,
      ...(minLinks === undefined ? [] : [`min-links = ${String(minLinks)}`]),
      ...keys,
    ])

const vlanLines = (device: string): fc.Arbitrary<string[]> =>
  fc
    .tuple(fc.constantFrom('vlan', 'Vlan', 'VLAN'), fc.integer({ min: 0, max: 4094 }), addressing)
    .map(([kind, id, keys]) => [`kind = "${kind}"`, `device = ${quote(device)}`, `id = ${String(id)}`, ...keys])

function device(name: string, workers: readonly string[], carrier: string, keys: Names): fc.Arbitrary<string> {
  const plain = addressing.map((lines) => table(name, lines))
  const byMac = fc.tuple(mac, addressing).map(([address, lines]) => table(address, lines))
  const bond = bondLines(workers).map((lines) => table(name, lines))
  const vlan = fc
    .oneof(fc.constant(carrier), keys)
    .chain(vlanLines)
    .map((lines) => table(name, lines))
  return fc.oneof({ weight: 3, arbitrary: plain }, byMac, bond, vlan)
}

/** A net.toml of version 3 that follows all rules but those about names, unless two of its names meet. */
function documents(names: Names): fc.Arbitrary<string> {
  return fc
    .uniqueArray(names, { minLength: 4, maxLength: 16 })
    .chain((all) => {
      const [carrier = 'c', ...rest] = all
      const devices = Array.from({ length: Math.floor(rest.length / 3) }, (_, i) =>
        device(rest[3 * i] as string, rest.slice(3 * i + 1, 3 * i + 3), carrier, names),
      )
      return fc.tuple(...devices)
    })
    .map((tables) => ['version = 3', ...tables, ''].join('\n'))
}

/** Valid but for accidents. */
export const usableNetToml = documents(usableNames)
/** Mostly valid, with odd names in it. */
export const oddNetToml = documents(anyNames)

/** Valid ones with something cut out, put in or doubled. */
export const damagedNetToml = fc
  .tuple(
    oddNetToml,
    fc.nat(),
    fc.nat(40),
    fc.constantFrom('', '0', '"', '\\', '\n', '[', '= ', '{', 'true', '-1', '1.5', '\u0000', '\uD800'),
  )
  .map(([text, seed, length, inserted]) => {
    const at = seed % (text.length + 1)
    return text.slice(0, at) + inserted + text.slice(at + length)
  })
