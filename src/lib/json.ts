/**
 * JSON values with exact numbers, and their printing.
 *
 * An integer literal is a `bigint`, every other number (a fraction, an exponent, `-0`, or an integer outside
 * -2^63 .. 2^64-1) is a `number`. So `1` and `1.0` stay apart and no digit of a 64-bit integer is lost.
 * Objects have no prototype: `__proto__` and `constructor` are ordinary member names.
 */
import { sortedKeys } from './byte-order.ts'

export type JsonValue = null | boolean | string | bigint | number | JsonArray | JsonObject
export type JsonArray = readonly JsonValue[]
export interface JsonObject {
  readonly [name: string]: JsonValue
}
export type MutableJsonObject = Record<string, JsonValue>

/** A new object without prototype, with the given members. */
export function jsonObject(members: Readonly<Record<string, JsonValue>> = {}): MutableJsonObject {
  const object = Object.create(null) as MutableJsonObject
  for (const name of Object.keys(members)) object[name] = members[name] as JsonValue
  return object
}

/** Whether the value is a JSON object (not null, not an array). */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the value is a JSON array. */
export function isJsonArray(value: JsonValue | undefined): value is JsonArray {
  return Array.isArray(value)
}

/** The member of an object, or undefined if the value is no object or has no such member of its own. */
export function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

const MIN_PLAIN = 1e-5
const MAX_PLAIN = 1e16

/**
 * A double as text: the shortest digits that read back to the same value, always with a fraction or an exponent.
 *
 * Plain decimals for 1e-5 <= |x| < 1e16 (`1.0`, `0.00001`), else exponent form without `+` (`1e16`, `1.5e300`).
 *
 * @throws RangeError for NaN and infinities, which JSON cannot hold.
 */
export function formatDouble(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a JSON number: ${String(value)}`)
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [mantissa, exponentText] = value.toExponential().split('e') as [string, string]
  const exponent = Number(exponentText)
  const magnitude = Math.abs(value)
  if (magnitude < MIN_PLAIN || magnitude >= MAX_PLAIN) return `${mantissa}e${String(exponent)}`
  const sign = value < 0 ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return `${sign}${digits}${'0'.repeat(exponent + 1 - digits.length)}.0`
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}

/** A string as a JSON string. Only `"`, `\` and control characters below U+0020 are escaped; the rest stays raw. */
export function quoteJson(text: string): string {
  return JSON.stringify(text)
}

/** A scalar (not an array or object) as JSON text. */
export function printScalar(value: null | boolean | string | bigint | number): string {
  if (typeof value === 'string') return quoteJson(value)
  if (typeof value === 'number') return formatDouble(value)
  return String(value)
}

/**
 * Prints compact JSON: no spaces, members in byte order of their names.
 *
 * @throws RangeError if a number is NaN or infinite.
 */
export function printJson(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (isJsonArray(value)) {
    let text = '['
    for (const item of value) text += text === '[' ? printJson(item) : `,${printJson(item)}`
    return `${text}]`
  }
  if (isJsonObject(value)) {
    let text = '{'
    for (const name of sortedKeys(value)) {
      text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:${printJson(value[name] as JsonValue)}`
    }
    return `${text}}`
  }
  return printScalar(value)
}

/** Prints JSON with two-space indent, members in byte order, `{}` and `[]` for empty, without a final newline. */
export function printJsonPretty(value: JsonValue, indent = ''): string {
  const inner = `${indent}  `
  if (isJsonArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map((item) => inner + printJsonPretty(item, inner)).join(',\n')}\n${indent}]`
  }
  if (isJsonObject(value)) {
    const names = sortedKeys(value)
    if (names.length === 0) return '{}'
    const members = names.map(
      (name) => `${inner}${quoteJson(name)}: ${printJsonPretty(value[name] as JsonValue, inner)}`,
    )
    return `{\n${members.join(',\n')}\n${indent}}`
  }
  return printScalar(value)
}

/** Deep equality that keeps integers and doubles apart (`1` is not `1.0`) and ignores the order of members. */
export function jsonEquals(a: JsonValue, b: JsonValue): boolean {
  if (isJsonArray(a)) {
    return isJsonArray(b) && a.length === b.length && a.every((item, i) => jsonEquals(item, b[i] as JsonValue))
  }
  if (isJsonObject(a)) {
    if (!isJsonObject(b)) return false
    const names = Object.keys(a)
    if (names.length !== Object.keys(b).length) return false
    return names.every((name) => Object.hasOwn(b, name) && jsonEquals(a[name] as JsonValue, b[name] as JsonValue))
  }
  return a === b
}

/** Converts a plain JavaScript value: safe integers become `bigint`, members that are undefined are left out. */
export function toJson(value: unknown): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'bigint') {
    return value
  }
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value === 'object') {
    const object = jsonObject()
    for (const [name, item] of Object.entries(value)) if (item !== undefined) object[name] = toJson(item)
    return object
  }
  throw new TypeError(`no JSON value: ${typeof value}`)
}
