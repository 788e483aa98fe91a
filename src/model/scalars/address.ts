/** IP addresses, stored in their canonical form. */
import { IPv4, IPv6 } from 'ip-num'
import { converted, list, union } from '../combinators-containers.ts'
import { text } from '../combinators.ts'
import type { ConvertedType, UnionType } from '../types.ts'

const OCTET = /^(?:0|[1-9][0-9]{0,2})$/
const GROUP = /^[0-9a-fA-F]{1,4}$/
const GROUPS = 8

function parseIpv4(text: string): bigint | undefined {
  const octets = text.split('.')
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) < 256)) return undefined
  return IPv4.fromDecimalDottedString(text).getValue()
}

/** Rewrites a dotted IPv4 tail as two groups. */
function withoutDottedTail(text: string): string | undefined {
  if (!text.includes('.')) return text
  const cut = text.lastIndexOf(':') + 1
  const tail = parseIpv4(text.slice(cut))
  if (tail === undefined) return undefined
  return `${text.slice(0, cut)}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`
}

const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'))

function parseIpv6(text: string): bigint | undefined {
  const plain = withoutDottedTail(text)
  if (plain === undefined) return undefined
  const halves = plain.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = [groupsOf(halves[0] as string), groupsOf(halves[1] ?? '')]
  const missing = GROUPS - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail]
  if (!groups.every((group) => GROUP.test(group))) return undefined
  return IPv6.fromString(groups.join(':')).getValue()
}

export type ParsedAddress = { readonly family: 4 | 6; readonly value: bigint }

/** Reads an IPv4 or IPv6 address (RFC 4291 section 2.2): no zone, brackets, prefix length, blanks or leading zeros. */
export function parseAddress(text: string): ParsedAddress | undefined {
  const ipv4 = parseIpv4(text)
  if (ipv4 !== undefined) return { family: 4, value: ipv4 }
  const ipv6 = text.includes(':') ? parseIpv6(text) : undefined
  return ipv6 === undefined ? undefined : { family: 6, value: ipv6 }
}

/** The longest run of two or more zero groups, the first one if two are equally long. */
function longestZeroRun(groups: readonly string[]): { start: number; length: number } | undefined {
  let best: { start: number; length: number } | undefined
  let start = 0
  while (start < groups.length) {
    let end = start
    while (groups[end] === '0') end += 1
    const length = end - start
    if (length >= 2 && length > (best?.length ?? 0)) best = { start, length }
    start = end + 1
  }
  return best
}

function formatIpv6(value: bigint): string {
  if (value >> 32n === 0xffffn) return `::ffff:${IPv4.fromNumber(value & 0xffff_ffffn).toString()}`
  const groups = Array.from({ length: GROUPS }, (_, i) =>
    ((value >> BigInt(16 * (GROUPS - 1 - i))) & 0xffffn).toString(16),
  )
  const run = longestZeroRun(groups)
  if (run === undefined) return groups.join(':')
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`
}

/** The canonical text of an address (RFC 5952; only IPv4-mapped addresses end in dotted form). */
export function formatAddress({ family, value }: ParsedAddress): string {
  return family === 4 ? IPv4.fromNumber(value).toString() : formatIpv6(value)
}

const BYTE = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
const DOTTED = `${BYTE}(?:\\.${BYTE}){3}`

const addressText = text('IpAddress', 'an IPv4 or IPv6 address', (value) => parseAddress(value) !== undefined, {
  // how often `::` may stand in an IPv6 address, and for how many groups, is beyond it
  shape: {
    pattern: `^(?:${DOTTED}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){0,6}:${DOTTED})$`,
  },
})

export const ipAddress: ConvertedType = converted(addressText, (value) =>
  formatAddress(parseAddress(value as string) as ParsedAddress),
)

/** One address or a list of them; the form is kept. */
export const ipAddressOrList: UnionType = union('an IP address or a list of them', [ipAddress, list(ipAddress)])
