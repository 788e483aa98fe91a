/**
 * Reading JSON (RFC 8259) without losing anything: number spelling, 64-bit integers, positions.
 *
 * The scanner is jsonc-parser in its strict mode; what it is lenient about (lone surrogate escapes, raw bytes in odd
 * places, depth, overflow) is checked here.
 */
import { visit } from 'jsonc-parser'
import { jsonObject, type JsonValue, type MutableJsonObject } from './json.ts'

/** Deepest nesting of arrays and objects that is read. Reference: 128 levels or more are refused. */
export const MAX_JSON_DEPTH = 127

const MIN_INTEGER = -(2n ** 63n)
const MAX_INTEGER = 2n ** 64n - 1n

/** Text that is not JSON. `offset` counts UTF-16 units from 0; `line` and `column` (code points) count from 1. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError'
  readonly offset: number
  readonly line: number
  readonly column: number

  constructor(reason: string, text: string, offset: number) {
    const before = text.slice(0, offset)
    const lineStart = before.lastIndexOf('\n') + 1
    const line = before.split('\n').length
    const column = [...before.slice(lineStart)].length + 1
    super(`${reason} at line ${String(line)} column ${String(column)}`)
    this.offset = offset
    this.line = line
    this.column = column
  }
}

/** The value of a JSON number literal: an integer in -2^63 .. 2^64-1 as `bigint`, else a double, or undefined. */
export function parseNumberLiteral(literal: string): bigint | number | undefined {
  if (!/[.eE]/.test(literal) && literal !== '-0') {
    const integer = BigInt(literal)
    if (integer >= MIN_INTEGER && integer <= MAX_INTEGER) return integer
  }
  const double = Number(literal)
  return Number.isFinite(double) ? double : undefined
}

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/

/** Collects scanner events into one value. */
class Builder {
  private readonly text: string
  private readonly stack: { container: JsonValue[] | MutableJsonObject; name: string | undefined }[] = []
  private root: JsonValue | undefined

  constructor(text: string) {
    this.text = text
  }

  fail(reason: string, offset: number): never {
    throw new JsonSyntaxError(reason, this.text, offset)
  }

  open(container: JsonValue[] | MutableJsonObject, offset: number): void {
    this.add(container)
    this.stack.push({ container, name: undefined })
    if (this.stack.length > MAX_JSON_DEPTH) this.fail('recursion limit exceeded', offset)
  }

  close(): void {
    this.stack.pop()
  }

  name(name: string, offset: number): void {
    if (!name.isWellFormed()) this.fail('lone surrogate in a string', offset)
    const top = this.stack.at(-1)
    if (top !== undefined) top.name = name
  }

  add(value: JsonValue): void {
    const top = this.stack.at(-1)
    if (top === undefined) this.root = value
    else if (Array.isArray(top.container)) top.container.push(value)
    else top.container[top.name ?? ''] = value // a repeated member: the last one wins
  }

  literal(value: unknown, offset: number, length: number): void {
    if (typeof value === 'string') {
      if (!value.isWellFormed()) this.fail('lone surrogate in a string', offset)
      this.add(value)
    } else if (typeof value === 'number') {
      const literal = this.text.slice(offset, offset + length)
      const number = NUMBER.test(literal) ? parseNumberLiteral(literal) : undefined
      if (number === undefined) this.fail('invalid number', offset)
      this.add(number)
    } else {
      this.add(value as boolean | null)
    }
  }

  finish(): JsonValue {
    if (this.root === undefined) this.fail('expected value', this.text.length)
    return this.root
  }
}

const REASONS: readonly string[] = [
  '',
  'invalid symbol',
  'invalid number',
  'expected a member name',
  'expected value',
  'expected `:`',
  'expected `,`',
  'expected `}`',
  'expected `]`',
  'trailing characters',
  'comment',
  'unterminated comment',
  'unterminated string',
  'unterminated number',
  'invalid unicode escape',
  'invalid escape',
  'invalid character in a string',
]

/**
 * Parses one JSON document, token by token.
 *
 * @throws JsonSyntaxError at the first place that is not JSON.
 */
export function scanJson(text: string): JsonValue {
  const builder = new Builder(text)
  visit(
    text,
    {
      onObjectBegin: (offset) => {
        builder.open(jsonObject(), offset)
      },
      onArrayBegin: (offset) => {
        builder.open([], offset)
      },
      onObjectEnd: () => {
        builder.close()
      },
      onArrayEnd: () => {
        builder.close()
      },
      onObjectProperty: (name, offset) => {
        builder.name(name, offset)
      },
      onLiteralValue: (value: unknown, offset, length) => {
        builder.literal(value, offset, length)
      },
      onError: (code, offset) => builder.fail(REASONS[code] ?? 'invalid JSON', offset),
    },
    { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false },
  )
  return builder.finish()
}

/** A number that JavaScript's own parser would change or forget the form of, or half of a surrogate pair as an escape. */
const LOSSY = /(?:^|[:,[])\s*(?:-0|-?\d{16,}|-?\d+\.\d+|-?\d+(?:\.\d+)?[eE][-+]?\d+)\s*(?:[,}\]]|$)|\\u[dD][89a-fA-F]/

class TooDeep extends Error {}

/** Turns what `JSON.parse` gives into values of ours; every number is an integer that a double holds. */
function exact(value: unknown, depth: number): JsonValue {
  if (typeof value === 'number') return BigInt(value)
  if (typeof value !== 'object' || value === null) return value as string | boolean | null
  if (depth === 0) throw new TooDeep()
  if (Array.isArray(value)) {
    const items = value as unknown[]
    for (let i = 0; i < items.length; i++) items[i] = exact(items[i], depth - 1)
    return items as JsonValue[]
  }
  const object = jsonObject()
  for (const name of Object.keys(value)) object[name] = exact((value as Record<string, unknown>)[name], depth - 1)
  return object
}

/**
 * Parses one JSON document.
 *
 * @throws JsonSyntaxError at the first place that is not JSON.
 */
export function parseJson(text: string): JsonValue {
  // nearly every document is read by JavaScript's own parser; the scanner reads the rest, and finds faults
  if (LOSSY.test(text) || !text.isWellFormed()) return scanJson(text)
  try {
    return exact(JSON.parse(text), MAX_JSON_DEPTH)
  } catch {
    return scanJson(text)
  }
}
