const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/**
 * Decodes UTF-8 strictly; a byte order mark is kept.
 *
 * @throws TypeError if the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  return strict.decode(bytes)
}

/** Decodes UTF-8 with U+FFFD for whatever is not, for messages. */
export function decodeUtf8Lossy(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Offset of the first byte that is not UTF-8: up to there, decoding and encoding again changes nothing. */
function firstBadByte(data: Uint8Array): number {
  const again = Buffer.from(Buffer.from(data).toString('utf8'))
  return data.findIndex((byte, i) => byte !== again[i])
}

/** Line and column (from 1, in code points) of the first byte that is not UTF-8. */
export function firstBadPlace(data: Uint8Array): { line: number; column: number } {
  const before = decodeUtf8Lossy(data.subarray(0, firstBadByte(data))).replace(/\uFFFD+$/, '')
  const lines = before.split(/\r\n|\n|\r/)
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 }
}
