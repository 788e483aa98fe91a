/**
 * The types that hold other types: lists, maps, records, and values with several forms.
 */
import * as z from 'zod'
import {
  isJsonArray,
  isJsonObject,
  jsonObject,
  type JsonObject,
  type JsonValue,
  type MutableJsonObject,
} from '../lib/json.ts'
import { issueOf, runSchema, wrongType, type Issue, type ProblemText } from './problems.ts'
import { lazily } from './types.ts'
import type {
  ConvertedType,
  Field,
  Fields,
  ListType,
  MapType,
  NameType,
  RecordType,
  SettingType,
  TupleType,
  UnionType,
} from './types.ts'

/** Parses a value inside another one; its issues go to `issues`, below `step`. Undefined if there were any. */
function runInside(type: SettingType, value: JsonValue, step: string | number, issues: Issue[]): JsonValue | undefined {
  const result = runSchema(type.schema(), value)
  for (const issue of result.issues) issues.push({ ...issue, path: [step, ...(issue.path ?? [])] })
  return result.issues.length === 0 ? result.value : undefined
}

/** A list of values of one type. A single value is never taken for a list. */
export function list(elements: SettingType, options: { readonly nonEmpty?: true } = {}): ListType {
  const schema = lazily(() =>
    z.array(elements.schema()).check((payload) => {
      if (options.nonEmpty !== true || payload.value.length > 0) return
      payload.issues.push(issueOf({ code: 'SETTINGS_INVALID_VALUE', message: 'expected at least one element' }, []))
    }),
  )
  return {
    kind: 'list',
    expects: 'a list',
    elements,
    ...options,
    schema,
  }
}

/** A list with a fixed number of values, each of its own type. */
export function tuple(expects: string, items: readonly SettingType[]): TupleType {
  const schema = lazily(() =>
    z.transform<JsonValue, JsonValue>((input, ctx) => {
      if (!isJsonArray(input) || input.length !== items.length) {
        const message = `expected ${expects}`
        const problem = isJsonArray(input)
          ? ({ code: 'SETTINGS_INVALID_VALUE', message } as const)
          : wrongType(expects, input)
        ctx.issues.push(issueOf(problem, input))
        return z.NEVER
      }
      return items.map((type, i) => runInside(type, input[i] as JsonValue, i, ctx.issues) ?? null)
    }),
  )
  return { kind: 'tuple', expects, items, schema }
}

/** A table whose names follow one type and whose values follow another. Null is no value. */
export function map(names: NameType, values: SettingType): MapType {
  const expects = 'a table'
  const schema = lazily(() =>
    z.transform<JsonValue, JsonValue>((input, ctx) => {
      if (!isJsonObject(input)) {
        ctx.issues.push(issueOf(wrongType(expects, input), input))
        return z.NEVER
      }
      const output = jsonObject()
      for (const name of Object.keys(input)) {
        if (runSchema(names.schema(), name).issues.length > 0) {
          const message = `bad name: expected ${names.expects}`
          ctx.issues.push(issueOf({ code: 'SETTINGS_BAD_KEY', message, atKey: true }, name, [name]))
        }
        const value = runInside(values, input[name] as JsonValue, name, ctx.issues)
        if (value !== undefined) output[name] = value
      }
      return output
    }),
  )
  return { kind: 'map', expects, names, values, schema }
}

export interface RecordOptions {
  /**
   * Reference: a record is also read from a list with one value per field, null for "not given". `least` is how many
   * must be there (all unless told); `false` where the form does not exist.
   */
  readonly positional?: false | { readonly least: number }
  /** Reference: this one record ignores members that it does not know. */
  readonly unknownMembers?: 'ignore'
}

interface Members {
  /** The name or position in the input, the field's own name, the value. */
  readonly entries: readonly (readonly [step: string | number, name: string, value: JsonValue])[]
}

function positionalMembers(fields: Fields, input: readonly JsonValue[], options: RecordOptions): Members | undefined {
  const names = Object.keys(fields)
  if (options.positional === false) return undefined
  const least = options.positional?.least ?? names.length
  if (input.length < least || input.length > names.length) return undefined
  return { entries: input.map((value, i) => [i, names[i] as string, value]) }
}

/** Collects one record; made per call. */
class RecordReader {
  readonly output: MutableJsonObject = jsonObject()
  private readonly seen = new Map<string, string | number>()
  private readonly fields: Fields
  private readonly issues: Issue[]

  constructor(fields: Fields, issues: Issue[]) {
    this.fields = fields
    this.issues = issues
  }

  read(step: string | number, name: string, value: JsonValue): void {
    const field = this.fields[name] as Field
    const before = this.seen.get(name)
    if (before !== undefined) {
      const message = `the same setting as ${JSON.stringify(before)}`
      this.issues.push(issueOf({ code: 'SETTINGS_DUPLICATE_KEY', message, atKey: true, twin: before }, value, [step]))
    }
    this.seen.set(name, step)
    if (value === null && field.required !== true && field.refusesNull !== true) return
    const result = runInside(field.type, value, step, this.issues)
    if (result !== undefined) this.output[name] = result
  }

  checkRequired(input: JsonValue): void {
    const missing = Object.keys(this.fields).filter(
      (name) => this.fields[name]?.required === true && !this.seen.has(name),
    )
    if (missing.length === 0) return
    const names = missing.map((name) => JSON.stringify(name)).join(' and ')
    const [verb, it] = missing.length === 1 ? ['is', 'it'] : ['are', 'they']
    const message = `${names} ${verb} missing; ${it} must be given together with the others`
    this.issues.push(issueOf({ code: 'SETTINGS_MISSING_KEY', message }, input))
  }

  unknown(name: string, value: JsonValue): void {
    this.issues.push(issueOf({ code: 'SETTINGS_UNKNOWN_KEY', message: 'unknown setting', atKey: true }, value, [name]))
  }
}

/** Accepted name to the field's own name. */
function nameTable(fields: Fields): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(fields).flatMap(([name, { aliases = [] }]) => [name, ...aliases].map((alias) => [alias, name])),
  )
}

function readObject(reader: RecordReader, input: JsonObject, names: ReadonlyMap<string, string>, open: boolean): void {
  for (const member of Object.keys(input)) {
    const name = names.get(member)
    const value = input[member] as JsonValue
    if (name !== undefined) reader.read(member, name, value)
    else if (!open) reader.unknown(member, value)
  }
}

/** A table with fixed names. Every field may be left out or null unless it says otherwise. */
export function record(fields: Fields, options: RecordOptions = {}): RecordType {
  const expects = 'a table'
  const schema = lazily(() => {
    const names = nameTable(fields)
    return z.transform<JsonValue, JsonValue>((input, ctx) => {
      const reader = new RecordReader(fields, ctx.issues)
      const members = isJsonArray(input) ? positionalMembers(fields, input, options) : undefined
      if (members !== undefined) for (const entry of members.entries) reader.read(...entry)
      else if (isJsonObject(input)) readObject(reader, input, names, options.unknownMembers === 'ignore')
      else {
        ctx.issues.push(issueOf(wrongType(expects, input), input))
        return z.NEVER
      }
      reader.checkRequired(input)
      return reader.output
    })
  })
  return { kind: 'record', expects, fields, ...(options.unknownMembers === 'ignore' && { open: true }), schema }
}

/** Which JSON type a form is written as. */
function formMatches(type: SettingType, value: JsonValue): boolean {
  switch (type.kind) {
    case 'text':
    case 'choice':
    case 'enumeration':
      return typeof value === 'string'
    case 'integer':
      return typeof value === 'bigint'
    case 'boolean':
      return typeof value === 'boolean'
    case 'list':
    case 'tuple':
      return isJsonArray(value)
    case 'map':
    case 'record':
      return isJsonObject(value)
    case 'union':
      return type.forms.some((form) => formMatches(form, value))
    case 'converted':
      return formMatches(type.from, value)
  }
}

/** A value with several forms, which differ in their JSON type. */
export function union(expects: string, forms: readonly SettingType[]): UnionType {
  const schema = lazily(() =>
    z.transform<JsonValue, JsonValue>((value, ctx) => {
      const form = forms.find((candidate) => formMatches(candidate, value))
      if (form === undefined) {
        ctx.issues.push(issueOf(wrongType(expects, value), value))
        return z.NEVER
      }
      const result = runSchema(form.schema(), value)
      ctx.issues.push(...result.issues)
      return result.value
    }),
  )
  return { kind: 'union', expects, forms, schema }
}

/** A type whose accepted values are rewritten. */
export function converted(from: SettingType, convert: (value: JsonValue) => JsonValue): ConvertedType {
  const schema = lazily(() => from.schema().transform((value) => convert(value)))
  return { kind: 'converted', expects: from.expects, from, schema }
}

/** A list whose first element has to be one word. */
export function listAfter(firstWord: string, from: ListType, expects: string): ConvertedType {
  const problem: ProblemText = { code: 'SETTINGS_INVALID_VALUE', message: `expected ${expects}` }
  const schema = lazily(() =>
    from.schema().check((payload) => {
      if (!isJsonArray(payload.value) || payload.value[0] !== firstWord) {
        payload.issues.push(issueOf(problem, payload.value))
      }
    }),
  )
  return { kind: 'converted', expects, from, firstWord, schema }
}
