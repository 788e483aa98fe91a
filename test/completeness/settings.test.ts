/**
 * The settings of the documentation, of the model, of the catalogue and of the JSON Schema are the same ones, for each
 * variant; and each of them is described.
 */
import { describe, expect, it } from 'vitest'
import { isJsonObject, jsonObject, member, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import { catalogueOf, type CatalogueEntry } from '../../src/model/catalogue.ts'
import { loadModel, MODEL_NAMES } from '../../src/model/models.ts'
import { runSchema } from '../../src/model/problems.ts'
import { userDataSchema } from '../../src/variants/json-schema.ts'
import { loadDefaults } from '../../src/variants/load.ts'
import { findVariant, listVariants, type Variant } from '../../src/variants/variant.ts'
import { compileSchema } from '../support/json-schema.ts'
import { documentedKeys, FAMILIES, FIXED_NAMES, SECRETS, VARIANTS, WORDS } from './documented-settings.ts'

const isHidden = (schema: JsonValue): boolean => member(schema, 'x-taplo') !== undefined

/** The keys that a schema offers, as documentation writes them. */
function keysIn(schema: JsonValue | undefined, key: string): string[] {
  if (!isJsonObject(schema)) return []
  const forms = Array.isArray(schema['anyOf']) ? (schema['anyOf'] as JsonValue[]) : []
  const within = [
    ...forms.flatMap((form) => keysIn(form, key)),
    ...Object.entries((schema['properties'] ?? {}) as JsonObject)
      .filter(([, property]) => !isHidden(property))
      .flatMap(([name, property]) =>
        keysIn(property, FIXED_NAMES[key]?.includes(name) ? `${key}.<name>` : `${key}.${name}`),
      ),
    ...Object.values((schema['patternProperties'] ?? {}) as JsonObject).flatMap((inner) =>
      keysIn(inner, `${key}.<name>`),
    ),
    ...(isJsonObject(schema['items']) ? keysIn(schema['items'], `${key}[]`) : []),
  ]
  const isRecord =
    schema['type'] === 'object' &&
    (schema['properties'] !== undefined || within.some((inner) => inner !== `${key}.<name>`))
  return isRecord ? within : [...within, key]
}

/** The values of a table under chosen names, and the elements of a list of plain values, are no settings of their own. */
function offeredKeys(variant: string): string[] {
  const settings = member(member(userDataSchema(findVariant(variant)), 'properties'), 'settings')
  const keys = new Set(keysIn(settings, 'settings'))
  const known = new Set(documentedKeys(VARIANTS[variant] as keyof typeof FAMILIES))
  const isPlain = (key: string): boolean => /(?:\.<name>|\[\])$/.test(key) && !known.has(key)
  return [...keys].map((key) => (isPlain(key) ? key.replace(/(?:(?:\.<name>|\[\])+)$/, '') : key))
}

const unique = (keys: Iterable<string>): string[] => [...new Set(keys)].sort()

describe('documented settings', () => {
  it('are written down for every variant and every family', () => {
    expect(Object.keys(VARIANTS).sort()).toEqual([...listVariants()].sort())
    expect(Object.keys(FAMILIES).sort()).toEqual([...MODEL_NAMES].sort())
    for (const [variant, family] of Object.entries(VARIANTS)) expect(findVariant(variant).modelName).toBe(family)
  })

  it.each(MODEL_NAMES)('are the settings of the model %s', (family) => {
    const entries = catalogueOf(loadModel(family).groups).filter(({ kind }) => kind !== 'table')
    expect(entries.map(({ writtenKey }) => writtenKey).sort()).toEqual(documentedKeys(family))
  })

  it.each(Object.keys(VARIANTS))('are what the schema of %s offers', (variant) => {
    expect(unique(offeredKeys(variant))).toEqual(documentedKeys(VARIANTS[variant] as keyof typeof FAMILIES))
  })
})

const everySetting = new Map(
  MODEL_NAMES.flatMap((family) => catalogueOf(loadModel(family).groups).map((entry) => [entry.writtenKey, entry])),
)
const described = [...everySetting.values()]

describe('every setting', () => {
  it('has the fixed words of the documentation', () => {
    const found = described.filter(({ allowed, kind }) => allowed !== undefined && kind === 'setting')
    expect(Object.fromEntries(found.map(({ writtenKey, allowed }) => [writtenKey, allowed]))).toEqual(WORDS)
  })

  it('has the fixed names of the documentation', () => {
    const found = described.filter(({ names }) => names?.allowed !== undefined)
    expect(Object.fromEntries(found.map(({ writtenKey, names }) => [writtenKey, names?.allowed]))).toEqual(FIXED_NAMES)
  })

  it('is secret where it has to be', () => {
    const found = described.filter(({ secret, kind }) => secret && kind !== 'table')
    expect(found.map(({ writtenKey }) => writtenKey).sort()).toEqual(SECRETS)
  })

  it.each(described.map((entry): [string, CatalogueEntry] => [entry.writtenKey, entry]))(
    '%s is described',
    (key, { description, examples, kind, type, path }) => {
      expect(description).toMatch(/^[A-Z`].*[^.]\.$/)
      expect(description).not.toContain('\n')
      expect(description.length).toBeLessThanOrEqual(160)
      const said = description
        .toLowerCase()
        .match(/[a-z0-9]+/g)
        ?.filter((word) => !['the', 'of', 'a'].includes(word))
      expect(said?.sort(), 'more than the words of its name').not.toEqual(path.at(-1)?.split('-').sort())
      expect(said?.length).toBeGreaterThan(1)
      if (kind === 'table') return
      expect(examples.length, `${key} has no example`).toBeGreaterThan(0)
      for (const example of examples) expect(runSchema(type.schema(), example).issues).toEqual([])
    },
  )

  it('is described in words of its own', () => {
    const seen = new Map<string, string[]>()
    for (const { description, writtenKey } of described) {
      seen.set(description, [...(seen.get(description) ?? []), writtenKey])
    }
    const last = (key: string): string => key.split('.').at(-1) as string
    const copies = [...seen.values()].filter((keys) => new Set(keys.map(last)).size > 1)
    expect(copies).toEqual([])
  })
})

describe('the schema', () => {
  it.each(MODEL_NAMES)('of %s is valid and accepts the defaults of all its variants and all examples', (family) => {
    const variants = listVariants()
      .map((name) => findVariant(name))
      .filter(({ modelName }) => modelName === family)
    const check = compileSchema(userDataSchema(variants[0] as Variant))
    for (const variant of variants) {
      const settings = loadDefaults(variant)['settings'] ?? jsonObject()
      expect(check(jsonObject({ settings })), variant.name).toEqual([])
      expect(check(jsonObject({ setting: settings }))).not.toEqual([])
    }
    expect(check(jsonObject({ settings: jsonObject(), other: 1n }))).toEqual([])
    for (const { path, examples, kind } of catalogueOf(loadModel(family).groups)) {
      if (kind === 'part') continue
      for (const example of examples) {
        const tree = [...path]
          .reverse()
          .reduce<JsonValue>((inner, step) => jsonObject({ [step === '*' ? 'x' : step]: inner }), example)
        const faults = check(jsonObject({ settings: tree })).filter(
          (fault) => !/ must have required property /.test(fault),
        )
        // one limit alone misses its sibling, and under another name it is none
        if (!path.includes('resource-limits') || !path.includes('*')) expect(faults, path.join('.')).toEqual([])
      }
    }
  })
})
