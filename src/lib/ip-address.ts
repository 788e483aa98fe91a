import { isIPv4, isIPv6 } from 'node:net'

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/

const dotted = (group: string): string => {
  const value = Number.parseInt(group, 16)
  return `${String(value >> 8)}.${String(value & 0xff)}`
}

/**
 * An IP address in its canonical text: IPv6 as RFC 5952 has it (lower case, longest run of zeros shortened,
 * IPv4-mapped addresses with a dotted tail).
 *
 * @returns undefined if the text is anything else, such as an address with a zone, a prefix length or white space
 */
export function parseIpAddress(text: string): string | undefined {
  if (isIPv4(text)) return text
  if (!isIPv6(text) || text.includes('%')) return undefined
  const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1)
  const mapped = MAPPED.exec(canonical)
  return mapped === null ? canonical : `::ffff:${dotted(mapped[1] as string)}.${dotted(mapped[2] as string)}`
}
