/** Strings in double quotes with JSON's escapes, which YAML knows, too. */
import { EmbeddedTextBuilder, type EmbeddedText } from './embedded-text.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

const UNIT = /\\u[0-9a-fA-F]{4}|\\[^u]|[^\\]/gy

/**
 * The places of the characters of a string in double quotes.
 *
 * @param source the string with its quotes
 * @param offset where it stands in the outer file
 * @param value what it is known to mean; undefined is returned if this function comes to something else
 */
export function embedQuoted(source: string, offset: number, value: string): EmbeddedText | undefined {
  const builder = new EmbeddedTextBuilder()
  const body = source.slice(1, -1)
  for (const { index, 0: unit } of body.matchAll(UNIT)) {
    const start = offset + 1 + index
    const escaped = unit.length === 1 ? unit : unescape(unit)
    if (escaped === undefined) return undefined
    builder.add(escaped, start, start + unit.length)
  }
  const embedded = builder.build()
  return embedded.text === value ? embedded : undefined
}

function unescape(unit: string): string | undefined {
  return unit[1] === 'u' ? String.fromCharCode(Number.parseInt(unit.slice(2), 16)) : ESCAPES[unit[1] as string]
}
