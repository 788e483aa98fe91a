/** Certificates in PEM form (RFC 7468), wrapped in base64. */
import { nodeCrypto } from '../../lib/node-modules.ts'
import { decodeBase64Strict } from '../../lib/strict-base64.ts'
import { decodeUtf8 } from '../../lib/utf8.ts'
import { trimWhiteSpace } from '../../lib/white-space.ts'
import { text } from '../combinators.ts'
import { BASE64_PATTERN } from './strings.ts'

const BEGIN = '-----BEGIN '
const END = '-----END '

/** The bodies of all blocks, or undefined if a block is not closed or its header is broken. */
function pemBodies(lines: readonly string[]): string[] | undefined {
  const bodies: string[] = []
  let body: string[] | undefined
  for (const line of lines) {
    if (body !== undefined) {
      if (line.startsWith(END)) {
        bodies.push(body.join(''))
        body = undefined
      } else {
        body.push(line.replace(/\p{White_Space}+$/u, ''))
      }
    } else if (line.startsWith(BEGIN)) {
      if (!line.includes('-----', BEGIN.length)) return undefined
      body = []
    }
  }
  return body === undefined ? bodies : undefined
}

/** The outermost element of a DER text (ITU-T X.690), without what follows it. */
function outerElement(der: Uint8Array): Uint8Array {
  const first = der[1] ?? 0
  if (first < 0x80) return der.subarray(0, 2 + first)
  const lengthBytes = first & 0x7f
  let length = 0
  for (const byte of der.subarray(2, 2 + lengthBytes)) length = length * 256 + byte
  return der.subarray(0, 2 + lengthBytes + length)
}

/** Whether the bytes are an X.509 certificate. Dates, signatures and chains are not looked at. */
function isCertificate(der: Uint8Array): boolean {
  // node's constructor also takes PEM text, which has no place inside of a PEM block
  if (der[0] !== 0x30) return false
  const { X509Certificate } = nodeCrypto()
  try {
    new X509Certificate(outerElement(der))
    return true
  } catch {
    return false
  }
}

function isBundle(bytes: Uint8Array): boolean {
  let content: string
  try {
    content = decodeUtf8(bytes)
  } catch {
    return false
  }
  const bodies = pemBodies(content.split('\n').map((line) => line.replace(/\r$/, '')))
  if (bodies === undefined || bodies.length === 0) return false
  return bodies.every((body) => {
    const der = decodeBase64Strict(body)
    return der !== undefined && isCertificate(der)
  })
}

function isPemCertificates(value: string): boolean {
  if (trimWhiteSpace(value) === '') return true
  const bytes = decodeBase64Strict(value)
  return bytes !== undefined && isBundle(bytes)
}

/** Unicode White_Space. */
const BLANKS = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*'

/** One or more certificates; nothing but white space takes a bundle away. */
export const pemCertificates = text(
  'PemCertificateString',
  'base64 of one or more certificates in PEM form, and nothing else in PEM form',
  isPemCertificates,
  { hint: 'encode the file of certificates: base64 -w0 FILE', shape: { pattern: `^(?:${BLANKS}|${BASE64_PATTERN})$` } },
)
