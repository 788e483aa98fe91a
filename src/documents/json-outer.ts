import { parseJsonSource } from '../lib/json-source.ts'
import { isJsonArray, member, type JsonValue } from '../lib/json.ts'
import { PlaceFinder, type DocumentPath } from '../lib/source-map.ts'
import type { EmbeddedText } from './embedded-text.ts'
import type { OuterFile } from './outer.ts'
import { embedQuoted } from './quoted-text.ts'

/** The value at a path, or undefined. */
export function valueAt(tree: JsonValue, path: DocumentPath): JsonValue | undefined {
  let value: JsonValue | undefined = tree
  for (const step of path) value = isJsonArray(value) ? value[Number(step)] : member(value, String(step))
  return value
}

/** Reads a file of JSON, which holds one document. */
export function readJsonFile(text: string, file: string): OuterFile {
  const parsed = parseJsonSource(text, file)
  if (!parsed.ok) return { ok: false, diagnostics: parsed.diagnostics }
  const { tree, sourceMap } = parsed
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text
  const places = new PlaceFinder(body, file)
  const textAt = (path: DocumentPath): EmbeddedText | undefined => {
    const value = valueAt(tree, path)
    const place = sourceMap.value(path)
    if (typeof value !== 'string' || place === undefined) return undefined
    const start = places.offset(place.line, place.column)
    return embedQuoted(body.slice(start, places.offset(place.endLine, place.endColumn)), start, value)
  }
  return { ok: true, documents: [{ tree, sourceMap, places, text: textAt }] }
}
