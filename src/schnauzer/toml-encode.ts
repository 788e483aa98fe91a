/** JSON values as inline TOML (https://toml.io/en/v1.0.0). */
import { sortedEntries } from '../lib/byte-order.ts'
import { formatDouble, isJsonArray, isJsonObject, type JsonValue } from '../lib/json.ts'
import { RenderFailure } from './failures.ts'

const MAX_INTEGER = 2n ** 63n - 1n
const SHORT: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}
const escapeOne = (character: string): string =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`

/** A basic string on one line. */
export function quoteTomlBasic(text: string): string {
  return `"${text.replace(/["\\\u0000-\u001f\u007f]/g, escapeOne)}"`
}

function literalWorks(text: string): boolean {
  return /["\\]/.test(text) && !/'''|'$|[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)
}

/** A string in the form that the reference chooses: literal where that saves escapes, on several lines where it has some. */
function quoteTomlString(text: string): string {
  const lines = text.includes('\n')
  if (literalWorks(text)) {
    if (lines) return `'''\n${text}'''`
    return text.includes("'") ? `'''${text}'''` : `'${text}'`
  }
  if (!lines) return quoteTomlBasic(text)
  return `"""\n${text.replace(/["\\\u0000-\u0009\u000b-\u001f\u007f]/g, escapeOne)}"""`
}

/** A key, always on one line. Reference: a key with `"` and an inner `'` comes out as invalid `'…'`. */
function quoteTomlKey(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text
  return literalWorks(text) && !text.includes('\n') ? `'${text}'` : quoteTomlBasic(text)
}

/** A double without exponent, always with a fraction. */
function formatTomlDouble(value: number): string {
  const text = formatDouble(value)
  const [mantissa = '', exponentText] = text.split('e')
  if (exponentText === undefined) return text
  const exponent = Number(exponentText)
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`
  return `${sign}${whole}${fraction.padEnd(exponent, '0')}.0`
}

const hasObject = (value: JsonValue): boolean => isJsonArray(value) && value.some((item) => isJsonObject(item))
const rank = (value: JsonValue): number => (isJsonObject(value) ? 2 : hasObject(value) ? 1 : 0)

/**
 * A value as inline TOML. Members of a table: plain ones first, then arrays of tables, then tables; each in byte order.
 *
 * @throws RenderFailure `TEMPLATE_HELPER_FAILED` for null anywhere or an integer above 2^63-1
 */
export function encodeToml(
  value: JsonValue,
  quoteString: (text: string) => string = quoteTomlString,
  quoteKey: (text: string) => string = quoteTomlKey,
): string {
  const encode = (item: JsonValue): string => {
    if (item === null) throw new RenderFailure('TEMPLATE_HELPER_FAILED', 'TOML has no null')
    if (typeof item === 'string') return quoteString(item)
    if (typeof item === 'boolean') return String(item)
    if (typeof item === 'number') return formatTomlDouble(item)
    if (typeof item === 'bigint') {
      if (item > MAX_INTEGER) throw new RenderFailure('TEMPLATE_HELPER_FAILED', 'TOML integers end at 2^63-1')
      return String(item)
    }
    if (isJsonArray(item)) return `[${item.map(encode).join(', ')}]`
    const members = sortedEntries(item).sort(([, a], [, b]) => rank(a) - rank(b))
    if (members.length === 0) return '{}'
    return `{ ${members.map(([key, member]) => `${quoteKey(key)} = ${encode(member)}`).join(', ')} }`
  }
  return encode(value)
}
