/** IP addresses as text and bytes, as strict as the places that use them need. */

/** Four or sixteen bytes. */
export type IpBytes = readonly number[]

function octet(text: string): number | undefined {
  const value = /^[0-9]{1,3}$/.test(text) ? Number(text) : 256
  return value <= 255 ? value : undefined
}

function octets(texts: readonly string[], read: (text: string) => number | undefined): number[] | undefined {
  const bytes = texts.map(read)
  return bytes.every((byte) => byte !== undefined) ? bytes : undefined
}

/** A dotted quad without leading zeros. */
export function parseIpv4(text: string): IpBytes | undefined {
  const parts = text.split('.')
  return parts.length === 4 ? octets(parts, (part) => (/^0./.test(part) ? undefined : octet(part))) : undefined
}

/** One to four octets, leading zeros allowed; missing ones on the right are zero. */
export function parseShortIpv4(text: string): IpBytes | undefined {
  const parts = text.split('.')
  if (parts.length > 4) return undefined
  const bytes = octets(parts, (part) => (/^[0-9]+$/.test(part) && Number(part) <= 255 ? Number(part) : undefined))
  return bytes === undefined ? undefined : [...bytes, 0, 0, 0].slice(0, 4)
}

/** Groups of one side of `::`, as bytes; the last group may be a dotted quad. */
function groups(text: string, allowTail: boolean): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    if (allowTail && i === parts.length - 1 && part.includes('.')) {
      const tail = parseIpv4(part)
      if (tail === undefined) return undefined
      bytes.push(...tail)
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return undefined
      const group = parseInt(part, 16)
      bytes.push(group >> 8, group & 255)
    }
  }
  return bytes
}

/** Any text form of RFC 4291 section 2.2, without zone. */
export function parseIpv6(text: string): IpBytes | undefined {
  const [head = '', tail, more] = text.split('::')
  if (more !== undefined) return undefined
  if (tail === undefined) {
    const bytes = head === '' ? undefined : groups(head, true)
    return bytes?.length === 16 ? bytes : undefined
  }
  const left = groups(head, false)
  const right = groups(tail, true)
  if (left === undefined || right === undefined || left.length + right.length > 14) return undefined
  return [...left, ...Array<number>(16 - left.length - right.length).fill(0), ...right]
}

/** A strict IPv4 or IPv6 address. */
export function parseIp(text: string): IpBytes | undefined {
  return parseIpv4(text) ?? parseIpv6(text)
}

function longestZeroRun(words: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 }
  for (let start = 0; start < words.length; start++) {
    let length = 0
    while (words[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}

/** The canonical text (RFC 5952); an IPv4-mapped address keeps its dotted quad. */
export function formatIp(bytes: IpBytes): string {
  if (bytes.length === 4) return bytes.join('.')
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  if (mapped) return `::ffff:${bytes.slice(12).join('.')}`
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0))
  const { start, length } = longestZeroRun(words)
  const hex = (part: readonly number[]): string => part.map((word) => word.toString(16)).join(':')
  return start < 0 ? hex(words) : `${hex(words.slice(0, start))}::${hex(words.slice(start + length))}`
}

/**
 * The canonical text of an IP address.
 *
 * @returns undefined if the text is anything else, such as an address with a zone, a prefix length or white space
 */
export function canonicalIp(text: string): string | undefined {
  const bytes = parseIp(text)
  return bytes && formatIp(bytes)
}
