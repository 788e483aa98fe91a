/** JSON output (RFC 8259). */
import { printJson, quoteJson } from '../../lib/json.ts'
import { hasValue, integerText, joinedText, onlyValue, Stream, textOf, type Encoded, type Part } from './stream.ts'

const STRUCTURE = /[\s{}[\]:,]+/y
const STRING = /"(?:[^"\\]|\\[^])*"?/y
const BARE = /[^\s{}[\]:,"]+/y

const escaped = (text: string): string => quoteJson(text).slice(1, -1)

function bare(parts: readonly Part[]): string {
  const slot = onlyValue(parts)
  if (slot === undefined) return quoteJson(joinedText(parts))
  return integerText(slot) ?? printJson(slot.value)
}

/** Writes values into JSON text; what is not template text is marked, for formats that JSON is embedded in. */
export function encodeJson(parts: readonly Part[]): (string | Encoded)[] {
  const stream = Stream.of(parts)
  const output: (string | Encoded)[] = []
  while (!stream.ended) {
    const copied = stream.take(STRUCTURE)
    const string = copied === undefined ? stream.take(STRING) : undefined
    if (copied !== undefined || string !== undefined) {
      for (const part of copied ?? string ?? []) {
        output.push(typeof part === 'string' ? part : { encoded: escaped(textOf(part)) })
      }
      continue
    }
    const word = stream.take(BARE) ?? stream.takeOne()
    output.push(hasValue(word) ? { encoded: bare(word) } : joinedText(word))
  }
  return output
}

/** Writes a JSON document. */
export function writeJson(parts: readonly Part[]): string {
  return encodeJson(parts)
    .map((part) => (typeof part === 'string' ? part : part.encoded))
    .join('')
}
