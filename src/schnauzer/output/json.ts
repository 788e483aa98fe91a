/** JSON output (RFC 8259). */
import { printJson, quoteJson } from '../../lib/json.ts'
import { hasValue, integerText, joinedText, noToken, onlyValue, Stream, textOf } from './stream.ts'
import type { Encoded, OnToken, Part } from './stream.ts'

const STRUCTURE = /[\s{}[\]:,]+/y
const STRING = /"(?:[^"\\]|\\[^])*"?/y
const BARE = /[^\s{}[\]:,"]+/y

const escaped = (text: string): string => quoteJson(text).slice(1, -1)

function bare(parts: readonly Part[]): string {
  const slot = onlyValue(parts)
  if (slot === undefined) return quoteJson(joinedText(parts))
  return integerText(slot) ?? printJson(slot.value)
}

/**
 * Writes values into JSON text; what is not template text is marked, for formats that JSON is embedded in.
 *
 * @param onToken is told of the number of pieces written, not of their length
 */
export function encodeJson(parts: readonly Part[], onToken: OnToken = noToken): (string | Encoded)[] {
  const stream = Stream.of(parts)
  const output: (string | Encoded)[] = []
  while (!stream.ended) {
    onToken(stream.read, output.length)
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
export function writeJson(parts: readonly Part[], onToken?: OnToken): string {
  const tokens: [number, number][] = []
  const note: OnToken = (read, pieces) => tokens.push([read, pieces])
  const pieces = encodeJson(parts, onToken && note).map((part) => (typeof part === 'string' ? part : part.encoded))
  for (const [read, count] of tokens) onToken?.(read, pieces.slice(0, count).join('').length)
  return pieces.join('')
}
