import fc from 'fast-check'
import { jsonObject, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import type { Field, NameType, SettingType, TextType } from '../../src/model/types.ts'

/** A string without halves of surrogate pairs, as every document gives them. */
export const unicode = fc.string({ unit: 'binary' })

const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const double = fc.double({ noNaN: true, noDefaultInfinity: true })

const NAMES = ['enabled', 'settings', 'a.b', '__proto__', 'constructor', '', 'a b', 'é', '10', '9']
const name = fc.oneof(fc.constantFrom(...NAMES), unicode)

function objectOf(entries: readonly (readonly [string, JsonValue])[]): JsonObject {
  const object = jsonObject()
  for (const [key, value] of entries) object[key] = value
  return object
}

/** Any JSON tree with exact integers. */
export const anyJson: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    unicode,
    integer,
    double,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map(objectOf),
  ),
})).value

const legalName = fc.stringMatching(/^[A-Za-z0-9_/.-]{1,12}$/)

/** A tree that every datastore can hold: legal member names, no nulls outside of lists. */
export const storableTree: fc.Arbitrary<JsonObject> = fc
  .letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.boolean(),
      unicode,
      integer,
      double,
      fc.array(anyJson, { maxLength: 3 }),
      tie('object'),
    ),
    object: fc.array(fc.tuple(legalName, tie('value')), { minLength: 1, maxLength: 4 }).map(objectOf),
  }))
  .object.filter((tree) => !hasEmpty(tree))

function hasEmpty(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const children = Object.values(value as JsonObject)
  return children.length === 0 || children.some(hasEmpty)
}

/** Words that many types of text accept. */
const WORDS = [
  '',
  'a',
  'web-1',
  'a.test',
  '10.0.0.1',
  'FD00::0:1',
  '1h30m',
  '5%',
  '1.5Gi',
  '085',
  'Zm9v',
  'x:NoSchedule',
  'unlimited',
  'apiclient',
  '1.2.3',
  '0-3',
  'abcdef.0123456789abcdef',
  ' ',
]

const word = fc.oneof(fc.constantFrom(...WORDS), unicode)

/** Values that come close to what a type accepts, with some mistakes. */
export function nearly(type: SettingType): fc.Arbitrary<JsonValue> {
  return fc.oneof({ weight: 15, arbitrary: meant(type) }, { weight: 1, arbitrary: anyJson })
}

function meantText(type: NameType): fc.Arbitrary<string> {
  switch (type.kind) {
    case 'text':
      return word
    case 'choice':
      return fc.constantFrom(...type.words)
    case 'enumeration':
      return fc.constantFrom(...type.words.keys())
  }
}

function meant(type: SettingType): fc.Arbitrary<JsonValue> {
  switch (type.kind) {
    case 'text':
    case 'choice':
    case 'enumeration':
      return meantText(type)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.bigInt({ min: type.minimum, max: type.maximum })
    case 'list':
      return fc.array(nearly(type.elements), { maxLength: 3 })
    case 'tuple':
      return fc.tuple(...type.items.map(nearly))
    case 'map':
      return fc
        .array(fc.tuple(meantText(type.names), nearly(type.values)), { maxLength: 3 })
        .map((entries) => objectOf(entries))
    case 'record':
      return fc
        .subarray(Object.entries(type.fields))
        .chain((fields) =>
          fc.tuple(...fields.map(([key, field]) => nearly(field.type).map((value) => [key, value] as const))),
        )
        .map(objectOf)
    case 'union':
      return fc.oneof(...type.forms.map(meant))
    case 'converted':
      return meant(type.from)
  }
}

const patterns = new Map<string, fc.Arbitrary<string>>()

/** Strings that match a pattern. Made once per pattern; one that excludes some characters is too slow to make. */
export function matching(pattern: string): fc.Arbitrary<string> {
  if (pattern.includes('[^')) return word
  const known = patterns.get(pattern) ?? fc.stringMatching(new RegExp(pattern), { size: 'small' })
  patterns.set(pattern, known)
  return known
}

/** Strings that a rule may accept: of its shape, of few fixed words, or plain ones. */
function shaped({ shape }: TextType): fc.Arbitrary<string> {
  const { pattern, words } = shape
  if (words !== undefined) return fc.constantFrom(...words)
  if (pattern === undefined) return word
  return fc.oneof({ weight: 3, arbitrary: matching(pattern) }, { weight: 1, arbitrary: word })
}

const nameOf = (type: NameType): fc.Arbitrary<string> => (type.kind === 'text' ? shaped(type) : meantText(type))

/**
 * Values in the form that documentation describes, most of them accepted: no nulls, no positional records, no words in
 * tables.
 */
export function documented(type: SettingType): fc.Arbitrary<JsonValue> {
  const known = made.get(type) ?? makeDocumented(type)
  made.set(type, known)
  return known
}

const made = new WeakMap<SettingType, fc.Arbitrary<JsonValue>>()

function makeDocumented(type: SettingType): fc.Arbitrary<JsonValue> {
  switch (type.kind) {
    case 'text':
      return shaped(type)
    case 'list':
      return fc.array(documented(type.elements), { minLength: type.nonEmpty === true ? 1 : 0, maxLength: 3 })
    case 'tuple':
      return fc.tuple(...type.items.map(documented))
    case 'map':
      return fc
        .array(fc.tuple(nameOf(type.names), documented(type.values)), { maxLength: 3 })
        .map((entries) => objectOf(entries))
    case 'record': {
      const fields = Object.entries(type.fields)
      const required = fields.filter(([, field]) => field.required === true)
      return fc
        .subarray(fields.filter(([, field]) => field.required !== true))
        .chain((chosen) => fc.tuple(...[...required, ...chosen].map(fieldOf)))
        .map(objectOf)
    }
    case 'union':
      return fc.oneof(...type.forms.map(documented))
    case 'converted': {
      const { firstWord } = type
      if (firstWord === undefined) return documented(type.from)
      return documented(type.from).map((rest) => [firstWord, ...(rest as JsonValue[])])
    }
    case 'boolean':
    case 'integer':
    case 'choice':
    case 'enumeration':
      return meant(type)
  }
}

function fieldOf([name, field]: [string, Field]): fc.Arbitrary<readonly [string, JsonValue]> {
  return fc.tuple(fc.constantFrom(name, ...(field.aliases ?? [])), documented(field.type))
}
