/** From the bytes of user data to settings: decompression, text, TOML. Pure. */
import { gunzipSync, inflateRawSync } from 'node:zlib'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { member, type JsonObject, type JsonValue } from '../lib/json.ts'
import { decodeUtf8, decodeUtf8Lossy } from '../lib/utf8.ts'
import { parseUserToml } from '../toml/user-toml.ts'
import { guessFormat } from './guess-format.ts'
import { packPlaces } from './places.ts'

const GZIP_TRAILER_BYTES = 8
const GZIP_FIXED_HEADER_BYTES = 10
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const

/** Whether data starts as gzip does (RFC 1952). Any other format, and base64, counts as text. */
export function isGzip(data: Uint8Array): boolean {
  return data[0] === 0x1f && data[1] === 0x8b
}

function endOfText(data: Uint8Array, start: number): number {
  const end = data.indexOf(0, start)
  return end < 0 ? data.length : end + 1
}

/** Where the compressed data of the first gzip member starts (RFC 1952 section 2.3). */
function bodyStart(data: Uint8Array): number {
  const flags = data[3] ?? 0
  let at = GZIP_FIXED_HEADER_BYTES
  if (flags & FLAG.extra) at += 2 + (data[at] ?? 0) + ((data[at + 1] ?? 0) << 8)
  if (flags & FLAG.name) at = endOfText(data, at)
  if (flags & FLAG.comment) at = endOfText(data, at)
  if (flags & FLAG.headerCrc) at += 2
  return at
}

/**
 * The content of the first gzip member; whatever follows it is ignored. Node's gunzip alone would add further members.
 */
function gunzipFirst(data: Uint8Array): Uint8Array {
  const start = bodyStart(data)
  // the call with `info` tells how much of the input the member took
  const inflated = inflateRawSync(data.subarray(start), { info: true }) as unknown as {
    engine: { bytesWritten: number }
  }
  return gunzipSync(data.subarray(0, start + inflated.engine.bytesWritten + GZIP_TRAILER_BYTES))
}

/** Undoes gzip, if the data is gzip. @throws PipelineError `USERDATA_GZIP_BROKEN` */
export function decompress(data: Uint8Array, source: string): Uint8Array {
  if (!isGzip(data)) return data
  try {
    return gunzipFirst(data)
  } catch (cause) {
    throw new PipelineError(
      'USERDATA_GZIP_BROKEN',
      `the gzip data of ${source} is broken (${String(data.length)} bytes): ${messageOf(cause)}`,
      { cause },
    )
  }
}

/** Offset of the first byte that is not UTF-8: up to there, decoding and encoding again changes nothing. */
function firstBadByte(data: Uint8Array): number {
  const again = Buffer.from(Buffer.from(data).toString('utf8'))
  return data.findIndex((byte, i) => byte !== again[i])
}

function notUtf8(data: Uint8Array, source: string): PipelineError {
  const before = decodeUtf8Lossy(data.subarray(0, firstBadByte(data))).replace(/\uFFFD+$/, '')
  const line = before.split('\n').length
  const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1
  const diagnostic: Diagnostic = {
    code: 'USERDATA_NOT_UTF8',
    severity: 'error',
    message: 'a byte that is not UTF-8',
    at: { file: source, line, column, endLine: line, endColumn: column + 1 },
  }
  return new PipelineError('USERDATA_NOT_UTF8', `${source} is not UTF-8 text`, {
    diagnostics: [diagnostic],
    hint: 'save the file as UTF-8; of compressed forms only gzip is understood',
  })
}

/** User data that is never compressed, as text. @throws PipelineError `USERDATA_NOT_UTF8` */
export function decodePlainText(data: Uint8Array, source: string): string {
  try {
    return decodeUtf8(data)
  } catch {
    throw notUtf8(data, source)
  }
}

/** User data as text. @throws PipelineError `USERDATA_GZIP_BROKEN`, `USERDATA_NOT_UTF8` */
export function decodeText(data: Uint8Array, source: string): string {
  return decodePlainText(decompress(data, source), source)
}

const problems = (count: number): string => (count === 1 ? 'one problem' : `${String(count)} problems`)

export interface DecodedSettings {
  readonly settings: JsonValue
  /** Where everything in the settings stands; worked out when asked for. */
  readonly places: () => JsonObject
}

/**
 * The value of `settings` in a TOML document; other top-level keys are ignored.
 *
 * @throws PipelineError `USERDATA_INVALID`, `USERDATA_NO_SETTINGS`
 */
export function decodeSettings(text: string, source: string): DecodedSettings {
  const parsed = parseUserToml(text, source)
  const format = guessFormat(text)
  if (!parsed.ok) {
    throw new PipelineError('USERDATA_INVALID', `${source} is not TOML: ${problems(parsed.diagnostics.length)}`, {
      diagnostics: parsed.diagnostics,
      ...(format === undefined ? {} : { hint: format }),
    })
  }
  const settings = member(parsed.tree, 'settings')
  if (settings === undefined) {
    throw new PipelineError('USERDATA_NO_SETTINGS', `${source} has no settings`, {
      hint: format ?? missingSettingsHint(parsed.tree),
    })
  }
  return { settings, places: () => packPlaces(settings, parsed.sourceMap) }
}

function missingSettingsHint(tree: JsonValue): string {
  const names = Object.keys(tree as object)
  const near = names.find((name) => /^settings?$/i.test(name.trim()))
  if (near !== undefined) return `the name is "settings", in lower case; here it is ${JSON.stringify(near)}`
  const [first] = names
  return first === undefined
    ? 'the document is empty; leave user data away if nothing is to be set'
    : `put everything below settings: [settings.${first}] instead of [${first}]`
}
