import fc from 'fast-check'
import { jsonObject, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import type { NameType, SettingType } from '../../src/model/types.ts'

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
