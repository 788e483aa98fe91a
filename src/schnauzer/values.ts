/** Values on their way through a template: JSON values, "missing", and the text that helpers put together. */
import { isJsonArray, isJsonObject, formatDouble, type JsonValue } from '../lib/json.ts'
import { formatKey } from '../model/key.ts'

/** Where a value comes from in the settings, as a list from the end to the top; cheap to extend. */
export interface Origin {
  readonly parent: Origin | undefined
  readonly segment: string
}

/** The segments of an origin, from the top. */
export function originSegments(origin: Origin): string[] {
  const segments: string[] = []
  for (let at: Origin | undefined = origin; at !== undefined; at = at.parent) segments.push(at.segment)
  return segments.reverse()
}

/** The dotted name of an origin, such as `settings.kernel.sysctl."vm.max"`. */
export function originName(origin: Origin | undefined): string | undefined {
  return origin === undefined ? undefined : formatKey(originSegments(origin))
}

/** One value inside the output, to be written by the rules of the place where it lands. */
export interface Atom {
  readonly value: JsonValue
  readonly origin?: Origin | undefined
  /** The value in TOML already. */
  readonly toml?: string
  /** A string of decimal digits may stand as a number. */
  readonly asInteger?: boolean
  /** The name of what `origin` leads to. */
  readonly isKey?: boolean
}

/** What a text helper wrote: template text and values, in order. */
export interface Text {
  readonly pieces: readonly (string | Atom)[]
}

/** An evaluated argument or result. */
export interface Operand {
  /** undefined if missing, which is not the same as null. */
  readonly value: JsonValue | undefined
  readonly origin?: Origin | undefined
  /** The name of what `origin` leads to. */
  readonly isKey?: boolean
  /** Set for the result of a text helper; `value` is then its plain text. */
  readonly text?: Text
  /** For a path: as written in the template. */
  readonly written?: string
  /** Written in the template as a literal. */
  readonly literal?: boolean
  /** What a result was made of, where that is recorded. */
  readonly reads?: readonly Origin[]
}

/** A value as text: scalars plainly, null empty, arrays `[a, b, ]`, objects `[object]`. */
export function valueText(value: JsonValue): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (isJsonArray(value)) return `[${value.map((item) => `${valueText(item)}, `).join('')}]`
  if (isJsonObject(value)) return '[object]'
  return typeof value === 'number' ? formatDouble(value) : String(value)
}

/** The plain text of what a text helper wrote. */
export function plainText(text: Text): string {
  return text.pieces
    .map((piece) => (typeof piece === 'string' ? piece : (piece.toml ?? valueText(piece.value))))
    .join('')
}

const SMALLEST_NORMAL = 2 ** -1022

/**
 * Whether a value counts as true in a condition. Empty strings, arrays and objects do not, nor do zero and subnormal
 * numbers unless `includeZero`.
 */
export function isTruthy(value: JsonValue | undefined, includeZero = false): boolean {
  if (value === undefined || value === null) return false
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return value !== ''
  if (typeof value === 'bigint') return includeZero || value !== 0n
  if (typeof value === 'number') return includeZero || Math.abs(value) >= SMALLEST_NORMAL
  if (isJsonArray(value)) return value.length > 0
  return Object.keys(value).length > 0
}
