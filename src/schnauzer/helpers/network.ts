/** Helpers for host names and `/etc/hosts`. */
import { isJsonArray, type JsonValue } from '../../lib/json.ts'
import { formatIp, parseIp } from '../../lib/ip-address.ts'
import {
  atom,
  joinPieces,
  LookupNeeded,
  originBelow,
  refuse,
  single,
  stringOf,
  valueOf,
  type Args,
  type RenderFacts,
  type TextHelper,
} from '../helper.ts'
import type { Atom, Operand, Text } from '../values.ts'

/** `host URL`: the host of an absolute URL, as the URL standard (https://url.spec.whatwg.org/) has it. */
export const HOST: TextHelper = {
  kind: 'text',
  count: 1,
  run: ([given]) => {
    const text = stringOf(given, 'a URL')
    const host = URL.canParse(text) ? new URL(text).hostname : ''
    return host === '' ? refuse(given, 'this is no absolute URL with a host') : single(host, given?.origin)
  },
}

/** One address with all its names. */
interface HostEntry {
  readonly ip: string
  readonly names: Atom[]
}

const MAX_NAME = 253
const LABELS = /^[0-9a-z][0-9a-z-]{0,62}(?:\.[0-9a-z][0-9a-z-]{0,62})*$/

function hostName(value: JsonValue, origin: Operand['origin']): Atom {
  if (typeof value === 'string' && value.length <= MAX_NAME && LABELS.test(value)) return atom(value, origin)
  return refuse({ value, origin }, 'a host name consists of lower-case letters, digits, dots and hyphens')
}

/** Entries of the same address become one, at the place of the first. */
function hostEntries(hosts: Operand | undefined): HostEntry[] {
  const value = valueOf(hosts)
  if (value === null) return []
  if (!isJsonArray(value)) refuse(hosts, 'hosts are a list of pairs of an address and names')
  const merged = new Map<string, HostEntry>()
  value.forEach((pair, i) => {
    const origin = originBelow(hosts ?? {}, i)
    const [address, names] = isJsonArray(pair) && pair.length === 2 ? pair : []
    if (typeof address !== 'string' || !isJsonArray(names)) {
      refuse({ value: pair, origin }, 'an entry is a pair of an address and a list of names')
    }
    const bytes = parseIp(address) ?? refuse({ value: address, origin }, `'${address}' is no IP address`)
    const ip = formatIp(bytes)
    const entry = merged.get(ip) ?? { ip, names: [] }
    merged.set(ip, entry)
    names.forEach((name, k) => entry.names.push(hostName(name, originBelow({ origin: originBelow({ origin }, 1) }, k))))
  })
  return [...merged.values()]
}

const LOOPBACK: Readonly<Record<string, string>> = { ipv4: '127.0.0.1', ipv6: '::1' }
const LOOPBACKS = Object.values(LOOPBACK)

const spaced = (atoms: readonly Atom[]): readonly (string | Atom)[] =>
  atoms.flatMap((one, i) => (i === 0 ? [one] : [' ', one]))

/** `etc_hosts_entries HOSTS`: one line per address, without the two loopback addresses. */
export const ETC_HOSTS_ENTRIES: TextHelper = {
  kind: 'text',
  count: 1,
  run: ([hosts]) => {
    const lines = hostEntries(hosts)
      .filter(({ ip }) => !LOOPBACKS.includes(ip))
      .map(({ ip, names }) => [`${ip} `, ...spaced(names)])
    return joinPieces(lines, '\n')
  },
}

/** Whether a name leads somewhere other than this host. */
function isResolvable(name: string, entries: readonly HostEntry[], facts: RenderFacts): boolean {
  if (entries.some(({ names }) => names.some(({ value }) => value === name))) return true
  const addresses = facts.resolve.get(name)
  if (addresses === undefined) throw new LookupNeeded(name)
  return addresses.length > 0 && !addresses.some((address) => LOOPBACKS.includes(address))
}

function localhostAliases([family, hostname, hosts]: Args, facts: RenderFacts): Text {
  const kind = stringOf(family, "the first argument of 'localhost_aliases'")
  const loopback = Object.hasOwn(LOOPBACK, kind) ? LOOPBACK[kind] : undefined
  if (loopback === undefined) refuse(family, 'the first argument of \'localhost_aliases\' is "ipv4" or "ipv6"')
  const name = stringOf(hostname, 'the host name')
  const entries = hostEntries(hosts)
  const own = name !== '' && !isResolvable(name, entries, facts) ? [atom(name, hostname?.origin)] : []
  const more = entries.find(({ ip }) => ip === loopback)?.names ?? []
  return { pieces: spaced([...own, ...more]) }
}

/** `localhost_aliases FAMILY HOSTNAME HOSTS`: names that the loopback address of a family also has. */
export const LOCALHOST_ALIASES: TextHelper = { kind: 'text', count: 3, run: localhostAliases }
