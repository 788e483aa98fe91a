const SHAPE = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * Decodes base64 strictly (RFC 4648 section 4): padding required, unused trailing bits zero, no white space.
 * `Buffer.from` alone accepts what must be refused.
 *
 * @returns the bytes, or undefined if the text is anything else
 */
export function decodeBase64Strict(text: string): Uint8Array | undefined {
  if (!SHAPE.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined
}

/** Bytes or text (as UTF-8) in standard base64 with padding. */
export function encodeBase64(data: Uint8Array | string): string {
  return Buffer.from(data as string).toString('base64')
}
