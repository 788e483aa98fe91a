/**
 * TOML of our own making: defaults, template front matter, rendered configuration files. Quick and without positions;
 * what users write goes through `parseUserToml`.
 */
import { parse } from '@iarna/toml'
import { sortedEntries } from '../lib/byte-order.ts'
import { formatDouble, isJsonArray, isJsonObject, jsonObject, printScalar, quoteJson } from '../lib/json.ts'
import type { JsonObject, JsonValue } from '../lib/json.ts'
import { dateTimeValue } from './date-time.ts'

function toTree(value: unknown): JsonValue {
  if (typeof value === 'number') return toNumber(value)
  if (value instanceof Date) return dateTimeValue(value.toISOString())
  if (Array.isArray(value)) return value.map(toTree)
  if (typeof value === 'object' && value !== null) return toObject(value)
  return value as string | boolean | bigint
}

function toNumber(value: number): JsonValue {
  if (!Number.isFinite(value)) return null
  return Number.isInteger(value) ? BigInt(value) : value
}

function toObject(table: object): JsonObject {
  const object = jsonObject()
  for (const [name, value] of Object.entries(table)) object[name] = toTree(value)
  return object
}

/**
 * Parses a TOML text that we wrote ourselves. A number without a fraction counts as an integer, also when it is spelt
 * `1.0`; dates become `{"$__toml_private_datetime": text}`, `nan` and `inf` become null.
 *
 * @throws Error for text that is not TOML, and for tables below tables whose name is one that every object has, such as
 *   `[a.constructor]`: @iarna/toml takes them for defined already
 */
export function parseTrustedToml(text: string): JsonObject {
  return toObject(parse(text))
}

const MIN_INTEGER = -(2n ** 63n)
const MAX_INTEGER = 2n ** 63n - 1n

const BARE_KEY = /^[A-Za-z0-9_-]+$/

/** A JSON string is a TOML basic string, but for DEL, which TOML wants escaped. */
function printString(text: string): string {
  return quoteJson(text).replaceAll('\u007F', '\\u007F')
}

/** A name as a TOML key, in quotes where it needs some. */
export function printTomlKey(name: string): string {
  return BARE_KEY.test(name) ? name : printString(name)
}

/**
 * A value in one line, tables inline.
 *
 * @throws RangeError as `printToml`
 */
export function printTomlValue(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(printTomlValue).join(', ')}]`
  if (isJsonObject(value)) {
    const members = sortedEntries(value).filter(([, item]) => item !== null)
    const printed = members.map(([name, item]) => `${printTomlKey(name)} = ${printTomlValue(item)}`)
    return printed.length === 0 ? '{}' : `{ ${printed.join(', ')} }`
  }
  if (typeof value === 'string') return printString(value)
  if (typeof value === 'number') return formatDouble(value)
  if (value === null) throw new RangeError('TOML has no null in arrays')
  if (typeof value === 'bigint' && (value < MIN_INTEGER || value > MAX_INTEGER)) {
    throw new RangeError(`${String(value)} does not fit in a TOML integer`)
  }
  return printScalar(value)
}

function printTable(table: JsonObject, path: readonly string[]): string[] {
  const members = sortedEntries(table).filter(([, value]) => value !== null)
  const own = members.filter(([, value]) => !isJsonObject(value) || Object.keys(value).length === 0)
  const lines = own.map(([name, value]) => `${printTomlKey(name)} = ${printTomlValue(value)}`)
  if (path.length > 0 && lines.length > 0) lines.unshift('', `[${path.map(printTomlKey).join('.')}]`)
  for (const [name, value] of members) {
    if (isJsonObject(value) && Object.keys(value).length > 0) lines.push(...printTable(value, [...path, name]))
  }
  return lines
}

/**
 * Prints a tree as TOML 1.0: members in byte order, plain values before tables. Members that are null are left out.
 *
 * The printer of the TOML library cannot be used: it loses the fraction of `1.0` and escapes only one control character
 * per string.
 *
 * @throws RangeError for a null in an array, a number that is not finite, or an integer beyond 64 bits with sign
 */
export function printToml(tree: JsonObject): string {
  const lines = printTable(tree, [])
  if (lines[0] === '') lines.shift()
  return lines.map((line) => `${line}\n`).join('')
}
