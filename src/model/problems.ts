/**
 * Faults of settings: from what the schemas report to what people read.
 */
import type { core, ZodType } from 'zod'
import type { ErrorCode } from '../lib/error-codes.ts'
import { isJsonArray, isJsonObject, type JsonValue } from '../lib/json.ts'
import type { DocumentPath } from '../lib/source-map.ts'
import { DATE_TIME_MEMBER } from '../toml/date-time.ts'

/** One fault of the settings. */
export interface ModelProblem {
  readonly code: ErrorCode
  /** Below `settings`, in the user's spelling. */
  readonly path: DocumentPath
  readonly message: string
  readonly hint?: string
  /** The key is at fault, not the value. */
  readonly atKey?: boolean
  /** The sibling that gives the same setting another time. */
  readonly twin?: string | number
}

export type ProblemText = Omit<ModelProblem, 'path'>

/** An issue in zod's raw form; ours carry the finished text. */
export type Issue = core.$ZodRawIssue

/** What a JSON value is, in words. */
function describeType(value: JsonValue): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return 'a string'
  if (typeof value === 'boolean') return 'a boolean'
  if (typeof value === 'bigint') return 'an integer'
  if (typeof value === 'number') return 'a floating-point number'
  if (isJsonArray(value)) return 'a list'
  return isJsonObject(value) && DATE_TIME_MEMBER in value ? 'a date' : 'a table'
}

/** The text for a value of another type than expected. */
export function wrongType(expects: string, value: JsonValue): ProblemText {
  const code = value === null ? 'SETTINGS_NULL_VALUE' : 'SETTINGS_WRONG_TYPE'
  return { code, message: `expected ${expects}, found ${describeType(value)}` }
}

/** An issue that carries its text. */
export function issueOf(problem: ProblemText, input: JsonValue, path: PropertyKey[] = []): Issue {
  return { code: 'custom', input, path, params: { problem } }
}

/** The type that a native schema of zod was looking for. */
const NATIVE: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'true or false',
  bigint: 'an integer',
  array: 'a list',
}

function textOf(issue: Issue): ProblemText {
  if (issue.code === 'custom') return issue.params?.['problem'] as ProblemText
  const value = issue.input as JsonValue
  if (issue.code === 'invalid_type') return wrongType(NATIVE[issue.expected] ?? issue.expected, value)
  if (issue.code !== 'invalid_value') throw new TypeError(`a schema reported ${issue.code}`)
  if (typeof value !== 'string') return wrongType('a string', value)
  return { code: 'SETTINGS_INVALID_VALUE', message: `expected ${oneOf(issue.values.map(String))}` }
}

/** A list of words for a sentence. */
export function oneOf(words: readonly string[]): string {
  const quoted = words.map((word) => JSON.stringify(word))
  if (quoted.length < 2) return quoted.join('')
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1) as string}`
}

export interface SchemaResult {
  readonly value: JsonValue
  readonly issues: readonly Issue[]
}

/** Runs a schema without building zod's error objects. */
export function runSchema(schema: ZodType, value: JsonValue): SchemaResult {
  return schema._zod.run({ value, issues: [] }, { async: false }) as SchemaResult
}

/** An issue as a problem. */
export function problemOf(issue: Issue): ModelProblem {
  return { ...textOf(issue), path: (issue.path ?? []).map((step) => (typeof step === 'number' ? step : String(step))) }
}
