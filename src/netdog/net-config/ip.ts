/** IP addresses and prefixes as network configurations have them. */
import { formatIp, parseIp, type IpBytes } from '../../lib/ip-address.ts'

export type Family = 4 | 6

export interface IpAddress {
  readonly family: Family
  /** Canonical text (RFC 5952 for IPv6). */
  readonly text: string
  readonly bytes: IpBytes
}

/** An address with the length of its network's prefix; bits after the prefix are kept. */
export interface IpPrefix extends IpAddress {
  readonly length: number
}

/** The address of 4 or 16 bytes, or undefined for any other number of them. */
export function addressOfBytes(bytes: IpBytes): IpAddress | undefined {
  if (bytes.length !== 4 && bytes.length !== 16) return undefined
  return { family: bytes.length === 4 ? 4 : 6, text: formatIp(bytes), bytes }
}

/** A plain address: no prefix length, no zone, no leading zeros in the parts of IPv4. Undefined for anything else. */
export function parseAddress(text: string): IpAddress | undefined {
  const bytes = parseIp(text)
  return bytes && addressOfBytes(bytes)
}

/** Drops leading zeros of the decimal parts, which have at most three digits. */
function withoutLeadingZeros(text: string): string {
  if (!text.includes('.')) return text
  const start = text.lastIndexOf(':') + 1
  const parts = text.slice(start).split('.')
  if (!parts.every((part) => /^\d{1,3}$/.test(part))) return text
  return text.slice(0, start) + parts.map((part) => String(Number(part))).join('.')
}

/**
 * `ADDRESS/LENGTH`. Undefined for anything else.
 *
 * Reference: unlike a plain address, this one may have leading zeros in the parts of IPv4 and in the length, as long as
 * there are no more digits than the largest value has.
 */
export function parsePrefix(text: string): IpPrefix | undefined {
  const [, host, digits] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  if (host === undefined || digits === undefined) return undefined
  const address = parseAddress(withoutLeadingZeros(host))
  if (address === undefined) return undefined
  const [maxDigits, maxLength] = address.family === 4 ? [2, 32] : [3, 128]
  const length = Number(digits)
  return digits.length <= maxDigits && length <= maxLength ? { ...address, length } : undefined
}

export function printPrefix({ text, length }: IpPrefix): string {
  return `${text}/${String(length)}`
}

function comparePrefixes(a: IpPrefix, b: IpPrefix): number {
  if (a.family !== b.family) return a.family - b.family
  const difference = a.bytes.map((byte, i) => byte - (b.bytes[i] as number)).find((each) => each !== 0)
  return difference ?? a.length - b.length
}

/** A set of prefixes in order: IPv4 first, then by address, then by length. */
export function sortPrefixes(prefixes: readonly IpPrefix[]): IpPrefix[] {
  return [...new Map(prefixes.map((prefix) => [printPrefix(prefix), prefix])).values()].sort(comparePrefixes)
}
