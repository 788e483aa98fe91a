/** CRC-32 as in gzip (RFC 1952, section 8), without the library of compression around it. */
import { encodeUtf8 } from './utf8.ts'

const POLYNOMIAL = 0xedb88320

function entryOf(byte: number): number {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? POLYNOMIAL ^ (value >>> 1) : value >>> 1
  return value >>> 0
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => entryOf(byte))

/** The checksum of a text's UTF-8 bytes. */
export function crc32(text: string): number {
  let value = 0xffffffff
  for (const byte of encodeUtf8(text)) value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}
