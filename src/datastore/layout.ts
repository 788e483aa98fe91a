/** Where keys lie in a datastore directory: one file per key, one directory per inner segment. */
import { formatKey, KeyError, parseKey, parseMetadataKey } from '../model/key.ts'
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts'

/** Longest file name in bytes on the file systems of a host. */
export const MAX_FILE_NAME_BYTES = 255

const SAFE = /^[A-Za-z0-9_-]$/

/** Percent-encodes a segment, transaction or metadata key: all bytes but ASCII letters, digits, `_`, `-`. */
export function encodeName(name: string): string {
  let encoded = ''
  for (const byte of encodeUtf8(name)) {
    const character = String.fromCharCode(byte)
    encoded += SAFE.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}

/** The inverse of `encodeName`; undefined for a name that it does not make. */
export function decodeName(encoded: string): string | undefined {
  const bytes: number[] = []
  for (let i = 0; i < encoded.length; i++) {
    if (encoded[i] === '%') {
      bytes.push(Number.parseInt(encoded.slice(i + 1, i + 3), 16))
      i += 2
    } else {
      bytes.push(encoded.charCodeAt(i))
    }
  }
  try {
    const name = decodeUtf8(Uint8Array.from(bytes))
    return encodeName(name) === encoded ? name : undefined
  } catch {
    return undefined
  }
}

/** Path of a data key below the directory of its scope. */
export function keyPath(segments: readonly string[]): string {
  return segments.map(encodeName).join('/')
}

/** Path of a metadata key of a data key below the live directory. */
export function metadataPath(segments: readonly string[], metadataKey: string): string {
  return `${keyPath(segments)}.${encodeName(metadataKey)}`
}

/** What a file below the directory of a scope stands for. */
export interface StoredName {
  /** Canonical name of the data key. */
  readonly key: string
  readonly metadataKey?: string
}

/** Reads a relative path back; undefined for a file that is no key of a datastore. */
export function parseStoredPath(relative: string): StoredName | undefined {
  const dot = relative.indexOf('.')
  const segments = (dot < 0 ? relative : relative.slice(0, dot)).split('/').map(decodeName)
  if (!segments.every((segment) => segment !== undefined && segment !== '')) return undefined
  try {
    const key = parseKey(formatKey(segments as string[])).name
    if (dot < 0) return { key }
    const name = relative.slice(dot + 1)
    const decoded = decodeName(name)
    return { key, metadataKey: parseMetadataKey(decoded === undefined ? name : formatKey([decoded])) }
  } catch (error) {
    if (error instanceof KeyError) return undefined
    throw error
  }
}
