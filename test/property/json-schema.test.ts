/** The JSON Schema of user data never refuses what a host accepts, and refuses what is wrong by type, word or name. */
import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { isJsonArray, isJsonObject, jsonObject, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import { loadModel, MODEL_NAMES, type ModelName } from '../../src/model/models.ts'
import { runSchema } from '../../src/model/problems.ts'
import type { SettingType, TextType } from '../../src/model/types.ts'
import { userDataSchema } from '../../src/variants/json-schema.ts'
import { findVariant, listVariants } from '../../src/variants/variant.ts'
import { compileSchema, type SchemaCheck } from '../support/json-schema.ts'
import { documented, matching, unicode } from './arbitraries.ts'

const checks = new Map<ModelName, SchemaCheck>()

function checkOf(model: ModelName): SchemaCheck {
  const known = checks.get(model)
  if (known !== undefined) return known
  const name = listVariants().find((variant) => findVariant(variant).modelName === model) as string
  const check = compileSchema(userDataSchema(findVariant(name)))
  checks.set(model, check)
  return check
}

/** The two families that together have every group. */
const FAMILIES: readonly ModelName[] = ['aws-k8s-nvidia', 'aws-ecs-2']

const groupsOf = (model: ModelName): [ModelName, string, SettingType][] =>
  loadModel(model).groups.map((group) => [model, group.name, group.type])

const anyGroup = fc.constantFrom(...FAMILIES.flatMap(groupsOf))
const anySettings = anyGroup.chain(([model, group, type]) =>
  fc.tuple(fc.constant(model), fc.constant(group), documented(type)),
)

const documentOf = (group: string, value: JsonValue): JsonObject =>
  jsonObject({ settings: jsonObject({ [group]: value }) })

/** Codes of faults that lie in types, fixed words and names, which a schema can tell. */
const TELLABLE = ['SETTINGS_WRONG_TYPE', 'SETTINGS_UNKNOWN_KEY', 'SETTINGS_UNKNOWN_GROUP', 'SETTINGS_MISSING_KEY']

/** The same tree with one place changed: another type, an unknown member, or a member less. */
function spoilt(value: JsonValue): fc.Arbitrary<JsonValue> {
  const other = fc.constantFrom<JsonValue>('x y\n', true, 7n, 1.5, ['', 3n], jsonObject({ 'no such key': 1n }), [])
  if (isJsonArray(value) && value.length > 0) {
    const inside = fc
      .nat(value.length - 1)
      .chain((at) => spoilt(value[at] as JsonValue).map((item) => value.with(at, item)))
    return fc.oneof(inside, other)
  }
  const names = isJsonObject(value) ? Object.keys(value) : []
  if (!isJsonObject(value) || names.length === 0) return other
  const inside = fc
    .constantFrom(...names)
    .chain((name) => spoilt(value[name] as JsonValue).map((item) => jsonObject({ ...value, [name]: item })))
  const less = fc
    .constantFrom(...names)
    .map((name) => jsonObject(Object.fromEntries(Object.entries(value).filter(([other]) => other !== name))))
  return fc.oneof({ weight: 6, arbitrary: inside }, less, fc.constant(jsonObject({ ...value, 'x-y': 1n })), other)
}

/** A list in place of a table, which a host reads by position. */
const isAccidental = (model: ModelName, group: string, value: JsonValue): boolean => {
  const result = loadModel(model).parse(jsonObject({ [group]: value }))
  return result.ok && JSON.stringify(value, plainNumbers) !== JSON.stringify(result.settings[group], plainNumbers)
}

const plainNumbers = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

describe('the schema of user data', () => {
  let accepted = 0
  test.prop([anySettings], { numRuns: 2000 })('accepts what the model accepts', ([model, group, value]) => {
    if (!loadModel(model).parse(jsonObject({ [group]: value })).ok) return
    accepted += 1
    expect(checkOf(model)(documentOf(group, value))).toEqual([])
  })

  it('was asked about many values that are accepted', () => {
    expect(accepted).toBeGreaterThan(1000)
  })

  let refused = 0
  const spoiltSettings = anySettings.chain(([model, group, value]) =>
    fc.tuple(fc.constant(model), fc.constant(group), spoilt(value)),
  )
  test.prop([spoiltSettings], { numRuns: 2000 })(
    'refuses wrong types, unknown names and missing members, and nothing that is accepted',
    ([model, group, value]) => {
      const result = loadModel(model).parse(jsonObject({ [group]: value }))
      const faults = checkOf(model)(documentOf(group, value))
      if (result.ok) {
        if (!isAccidental(model, group, value)) expect(faults).toEqual([])
        return
      }
      if (!result.problems.some(({ code }) => TELLABLE.includes(code))) return
      refused += 1
      expect(faults).not.toEqual([])
    },
  )

  it('was asked about many values that are refused', () => {
    expect(refused).toBeGreaterThan(500)
  })
})

/** Every rule for strings of all models, by name. */
function rulesIn(type: SettingType): TextType[] {
  switch (type.kind) {
    case 'text':
      return [type]
    case 'list':
      return rulesIn(type.elements)
    case 'tuple':
      return type.items.flatMap(rulesIn)
    case 'map':
      return [...(type.names.kind === 'text' ? [type.names] : []), ...rulesIn(type.values)]
    case 'record':
      return Object.values(type.fields).flatMap((field) => rulesIn(field.type))
    case 'union':
      return type.forms.flatMap(rulesIn)
    case 'converted':
      return rulesIn(type.from)
    case 'boolean':
    case 'integer':
    case 'choice':
    case 'enumeration':
      return []
  }
}

const rules = new Map(MODEL_NAMES.flatMap((name) => rulesIn(loadModel(name).type)).map((rule) => [rule.name, rule]))

function fits({ shape }: TextType, text: string): boolean {
  const { words, pattern, minLength = 0, maxLength = Infinity } = shape
  const length = [...text].length
  if (words !== undefined && !words.includes(text)) return false
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(text)) return false
  return length >= minLength && length <= maxLength
}

/** Rules whose shape lets through more than the rule itself, each with the reason. */
const LOOSE: Readonly<Record<string, string>> = {
  DNSDomain: 'what a URL parser makes of a host is no regular language',
  FriendlyVersion: 'numbers end at 2^64',
  IpAddress: 'how much :: stands for',
  KubernetesThresholdValue: 'percentages end below 100',
  PemCertificateString: 'what the base64 holds',
  Url: 'what a URL parser takes',
}

const PIECES = ['', '\n', '.', '-', ' ', 'A', '0', '=', '%', ':', 'µ', '\u0085']

const probesOf = new Map(
  [...rules.values()].map((rule) => {
    const { pattern, words } = rule.shape
    const text = words === undefined ? (pattern === undefined ? unicode : matching(pattern)) : fc.constantFrom(...words)
    const edited = fc.tuple(text, fc.nat(), fc.constantFrom(...PIECES)).map(([value, at, piece]) => {
      const cut = at % (value.length + 1)
      return value.slice(0, cut) + piece + value.slice(cut + (at % 2))
    })
    return [
      rule,
      fc.oneof(
        text,
        unicode,
        edited,
        text.map((value) => value.repeat(20)),
      ),
    ]
  }),
)
const probes = fc
  .constantFrom(...rules.values())
  .chain((rule) => fc.tuple(fc.constant(rule), probesOf.get(rule) as fc.Arbitrary<string>))

describe('the shape of a rule', () => {
  it('has no look-around, which not every reader knows', () => {
    for (const { shape } of rules.values()) expect(shape.pattern ?? '').not.toMatch(/\(\?(?:=|!|<)/)
  })

  it('is known for every rule but free text', () => {
    const without = [...rules.values()].filter(({ shape }) => Object.keys(shape).length === 0)
    expect(without.map(({ name }) => name)).toEqual(['FreeText'])
    expect(Object.keys(LOOSE).every((name) => rules.has(name))).toBe(true)
  })

  test.prop([probes], { numRuns: 5000 })(
    'fits every string that the rule accepts, and for most only those',
    ([rule, text]) => {
      if (!text.isWellFormed()) return
      const isAccepted = runSchema(rule.schema(), text).issues.length === 0
      if (isAccepted) expect(fits(rule, text)).toBe(true)
      else if (LOOSE[rule.name] === undefined)
        expect(fits(rule, text), `${rule.name} ${JSON.stringify(text)}`).toBe(false)
    },
  )
})
