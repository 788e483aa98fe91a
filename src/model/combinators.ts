/**
 * The types of single values. Containers are in `combinators-containers.ts`.
 */
import * as z from 'zod'
import { isJsonObject, type JsonValue } from '../lib/json.ts'
import { issueOf, oneOf, wrongType, type ProblemText } from './problems.ts'
import { lazily } from './types.ts'
import type { BooleanType, Checked, ChoiceType, EnumerationType, IntegerType, TextShape, TextType } from './types.ts'

interface TextOptions {
  /** Advice that fits every faulty value. */
  readonly hint?: string
  /** Default: the regular expression that the rule is. */
  readonly shape?: TextShape
}

/** A regular expression as other languages read it: the slash needs no escape there. */
const portable = (rule: RegExp): TextShape => ({ pattern: rule.source.replaceAll('\\/', '/') })

/**
 * A string that follows a rule; it is kept as it was written.
 *
 * @param name of the rule, the brand of accepted strings
 * @param expects what the rule wants, to follow the word "expected"
 */
export function text<Name extends string>(
  name: Name,
  expects: string,
  accepts: RegExp | ((value: string) => boolean),
  { hint, shape = accepts instanceof RegExp ? portable(accepts) : {} }: TextOptions = {},
): TextType<Name> {
  const test = typeof accepts === 'function' ? accepts : (value: string): boolean => accepts.test(value)
  const problem: ProblemText = {
    code: 'SETTINGS_INVALID_VALUE',
    message: `expected ${expects}`,
    ...(hint !== undefined && { hint }),
  }
  const schema = lazily(() =>
    z
      .string()
      .check((payload) => {
        if (!test(payload.value)) payload.issues.push(issueOf(problem, payload.value))
      })
      .transform((value) => value as Checked<Name>),
  )
  return { kind: 'text', name, expects, shape, schema }
}

export const boolean: BooleanType = { kind: 'boolean', expects: 'true or false', schema: lazily(() => z.boolean()) }

/** An integer in a range, both ends included. Only numbers that are written as integers count. */
export function integer(minimum: bigint, maximum: bigint): IntegerType {
  const expects = `an integer from ${String(minimum)} to ${String(maximum)}`
  const problem: ProblemText = { code: 'SETTINGS_OUT_OF_RANGE', message: `expected ${expects}` }
  const schema = lazily(() =>
    z.bigint().check((payload) => {
      const { value } = payload
      if (value < minimum || value > maximum) payload.issues.push(issueOf(problem, value))
    }),
  )
  return { kind: 'integer', expects, minimum, maximum, schema }
}

export const i32: IntegerType = integer(-(2n ** 31n), 2n ** 31n - 1n)
export const i64: IntegerType = integer(-(2n ** 63n), 2n ** 63n - 1n)
export const u8: IntegerType = integer(0n, 2n ** 8n - 1n)
export const u16: IntegerType = integer(0n, 2n ** 16n - 1n)
export const u32: IntegerType = integer(0n, 2n ** 32n - 1n)

/** One of some words, kept as it was written. */
export function choice<const Word extends string>(words: readonly Word[]): ChoiceType<Word> {
  return { kind: 'choice', expects: oneOf(words), words, schema: lazily(() => z.enum(words)) }
}

/** The word of an enumeration in its accidental form, a table with the word as its only member and null as its value. */
function wordOf(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value
  const names = Object.keys(value)
  return names.length === 1 && value[names[0] as string] === null ? (names[0] as string) : value
}

/**
 * One of some words, stored in one spelling each.
 *
 * Reference: where such a value is expected, `{"word": null}` is read as `"word"`.
 *
 * @param words accepted spelling to stored spelling, or a list where both are the same
 * @param description of the words, where they are too many for a message
 */
export function enumeration(
  words: readonly string[] | Readonly<Record<string, string>>,
  description?: string,
): EnumerationType {
  const pairs = Array.isArray(words)
    ? (words as readonly string[]).map((word): [string, string] => [word, word])
    : Object.entries(words as Readonly<Record<string, string>>)
  const table = new Map(pairs)
  const expects = description ?? oneOf([...table.keys()])
  const schema = lazily(() =>
    z.transform<JsonValue, string>((value, ctx) => {
      const word = wordOf(value)
      const stored = typeof word === 'string' ? table.get(word) : undefined
      if (stored !== undefined) return stored
      const problem: ProblemText =
        typeof word === 'string'
          ? { code: 'SETTINGS_INVALID_VALUE', message: `expected ${expects}` }
          : wrongType('a string', value)
      ctx.issues.push(issueOf(problem, value))
      return z.NEVER
    }),
  )
  return { kind: 'enumeration', expects, words: table, schema }
}
