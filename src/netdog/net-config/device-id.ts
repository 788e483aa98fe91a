/** What a device is known by: an interface name, or a permanent MAC address. */
import { encodeUtf8 } from '../../lib/utf8.ts'

export interface DeviceId {
  readonly kind: 'name' | 'mac'
  /** The name as it was given, or the address in lower case with colons. */
  readonly text: string
}

/** Longest interface name, in bytes; IFNAMSIZ of the kernel less its final zero. */
export const MAX_NAME_BYTES = 15

const FORBIDDEN = /[./\0\p{White_Space}]/u

/**
 * Why a text is no interface name, or undefined if it is one.
 *
 * Reference: the kernel refuses `:` as well, and the reference a NUL only once it writes the file.
 */
export function nameFault(text: string): string | undefined {
  if (text === '') return 'an interface name cannot be empty'
  if (encodeUtf8(text).length > MAX_NAME_BYTES) {
    return `an interface name has at most ${String(MAX_NAME_BYTES)} bytes`
  }
  const found = FORBIDDEN.exec(text)?.[0]
  if (found === undefined) return undefined
  const shown = found === '.' || found === '/' ? `'${found}'` : found === '\0' ? 'a NUL' : 'white space'
  return `an interface name cannot hold ${shown}`
}

const MAC = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i

/** A MAC address in lower case with colons; undefined if the text is none. */
export function parseMac(text: string): string | undefined {
  return MAC.test(text) ? text.toLowerCase().replaceAll('-', ':') : undefined
}

/** The id in file names: a MAC address goes without its colons. */
export function fileStem({ kind, text }: DeviceId): string {
  return kind === 'mac' ? text.replaceAll(':', '') : text
}
