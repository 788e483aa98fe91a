/** From the bytes of user data to settings: decompression, text, TOML. Pure. */
import type { Diagnostic } from '../lib/diagnostics.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { gunzipFirst, isGzip } from '../lib/gzip.ts'
import { member, type JsonObject, type JsonValue } from '../lib/json.ts'
import { decodeUtf8, firstBadPlace } from '../lib/utf8.ts'
import { parseUserToml } from '../toml/user-toml.ts'
import { guessFormat } from '../toml/guess-format.ts'
import { packPlaces } from './places.ts'

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

function notUtf8(data: Uint8Array, source: string): PipelineError {
  const { line, column } = firstBadPlace(data)
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
