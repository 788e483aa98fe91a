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
