/**
 * Where the settings of user data stand in it. A provider hands this on when early-boot-config asks for it, so that what
 * the API refuses can be shown with its line.
 */
import { isErrorCode } from '../lib/error-codes.ts'
import type { Diagnostic, Place } from '../lib/diagnostics.ts'
import { isJsonArray, isJsonObject, jsonObject, member, type JsonObject, type JsonValue } from '../lib/json.ts'
import type { DocumentPath, SourceMap } from '../lib/source-map.ts'
import { formatSegment } from '../model/key.ts'

/** Set to `1` by early-boot-config to ask for places. Providers of others pass over it. */
export const PLACES_VARIABLE = 'EARLY_BOOT_CONFIG_PLACES'

const NUMBERS_OF_PLACE = 4

/** A setting's key (`settings.ntp.options[0]`) to the places of its name and its value. */
export type PlaceTable = ReadonlyMap<string, { readonly key: Place | undefined; readonly value: Place | undefined }>

function keyText(path: DocumentPath): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${String(step)}]` : `${i === 0 ? '' : '.'}${formatSegment(step)}`))
    .join('')
}

/** A place as JSON: four numbers, or null. */
function packPlace(place: Place | undefined): JsonValue {
  if (place === undefined) return null
  return [place.line, place.column, place.endLine, place.endColumn].map(BigInt)
}

/** The places of a value below `settings` and of everything in it, as JSON. */
export function packPlaces(settings: JsonValue, sourceMap: SourceMap): JsonObject {
  const at = jsonObject()
  const visit = (value: JsonValue, path: DocumentPath): void => {
    at[keyText(path)] = [packPlace(sourceMap.key(path)), packPlace(sourceMap.value(path))]
    if (isJsonArray(value)) {
      value.forEach((item, i) => {
        visit(item, [...path, i])
      })
    } else if (isJsonObject(value)) {
      for (const [name, item] of Object.entries(value)) visit(item, [...path, name])
    }
  }
  visit(settings, ['settings'])
  return jsonObject({ file: sourceMap.file, at })
}

function unpackPlace(value: JsonValue | undefined, file: string): Place | undefined {
  if (!isJsonArray(value) || value.length !== NUMBERS_OF_PLACE) return undefined
  const [line = 0, column = 0, endLine = 0, endColumn = 0] = value.map(Number)
  return { file, line, column, endLine, endColumn }
}

/** Reads what `packPlaces` made; anything else has no places. */
export function unpackPlaces(value: JsonValue | undefined): PlaceTable {
  const file = member(value, 'file')
  const at = member(value, 'at')
  if (typeof file !== 'string' || !isJsonObject(at)) return new Map()
  return new Map(
    Object.entries(at).map(([key, pair]) => {
      const [name, content] = isJsonArray(pair) ? pair : []
      return [key, { key: unpackPlace(name, file), value: unpackPlace(content, file) }]
    }),
  )
}

/** Where a problem of a setting is: at its name if the name is wrong, else at its value, or at what holds it. */
function placeOf(key: string, message: string, places: PlaceTable): Place | undefined {
  for (let at = key; at !== ''; at = at.replace(/(?:\.(?:"[^"]*"|[^.[\]"]+)|\[\d+\]|^settings)$/, '')) {
    const found = places.get(at)
    if (found === undefined) continue
    const isName = at === key && message.startsWith('unknown')
    return (isName ? found.key : found.value) ?? found.key ?? found.value
  }
  return undefined
}

const PROBLEM = /(?:^|: |; )(settings(?:\.(?:"[^"]*"|[^\s.:;[\]"]+)|\[\d+\])*): /g

const CODED = /^\[([A-Z_]+)\] (.*?)(?: \((.*)\))?$/s

/** What is wrong with one setting, as our own API words it: `[CODE] message (hint)`; any other text is the message. */
function readProblem(text: string): Pick<Diagnostic, 'code' | 'message' | 'hint'> {
  const [, code = '', message = '', hint] = CODED.exec(text) ?? []
  if (!isErrorCode(code)) return { code: 'USERDATA_REFUSED', message: text }
  return { code, message, ...(hint === undefined ? {} : { hint }) }
}

/** The findings in an API's text against settings: those parts that begin with a setting's key. */
export function refusalFindings(text: string, places: PlaceTable): Diagnostic[] {
  const starts = [...text.matchAll(PROBLEM)]
  return starts.map((start, i) => {
    const [matched, path = ''] = start
    const problem = readProblem(text.slice(start.index + matched.length, starts[i + 1]?.index ?? text.length).trim())
    const at = placeOf(path, problem.message, places)
    return { ...problem, severity: 'error', path, ...(at === undefined ? {} : { at }) }
  })
}
