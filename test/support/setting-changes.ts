/** Random changes of settings. */
import fc from 'fast-check'
import { isJsonArray, jsonObject, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import { ANY_NAME, catalogueOf, type CatalogueEntry } from '../../src/model/catalogue.ts'
import type { SettingsModel } from '../../src/model/models.ts'
import { nearly } from '../property/arbitraries.ts'

const NAMES = ['a', 'web-1', 'example.com/x', '10', 'region']

function nested(path: readonly string[], value: JsonValue): JsonValue {
  return path.reduceRight<JsonValue>((inner, step) => jsonObject({ [step]: inner }), value)
}

function merged(a: JsonValue, b: JsonValue): JsonValue {
  const isObject = (value: JsonValue): value is JsonObject =>
    typeof value === 'object' && value !== null && !isJsonArray(value)
  if (!isObject(a) || !isObject(b)) return b
  const result = jsonObject(a)
  for (const [name, value] of Object.entries(b))
    result[name] = name in result ? merged(result[name] ?? null, value) : value
  return result
}

/** A value for one setting: an example, mostly, so that many are accepted. */
function oneSetting(entry: CatalogueEntry): fc.Arbitrary<JsonValue> {
  const path = fc.tuple(
    ...entry.path.map((step) => (step === ANY_NAME ? fc.constantFrom(...NAMES) : fc.constant(step))),
  )
  const example = entry.examples.length === 0 ? nearly(entry.type) : fc.constantFrom(...entry.examples)
  const value = fc.oneof({ weight: 4, arbitrary: example }, { weight: 1, arbitrary: nearly(entry.type) })
  return fc.tuple(path, value).map(([steps, content]) => nested(steps, content))
}

/** Trees of settings of a model, most of which it accepts. */
export function settingChanges(model: SettingsModel): fc.Arbitrary<JsonValue> {
  const settings = catalogueOf(model.groups).filter(({ kind }) => kind === 'setting')
  // settings with required neighbours come as whole tables, all of them at once from the examples
  const tables = new Map<string, CatalogueEntry[]>()
  for (const entry of settings) {
    const table = entry.path.slice(0, -1).join('.')
    tables.set(table, [...(tables.get(table) ?? []), entry])
  }
  const whole = [...tables.values()].map((entries) =>
    fc.constantFrom(...NAMES).map((name) =>
      entries
        .map(({ path, examples }) =>
          nested(
            path.map((step) => (step === ANY_NAME ? name : step)),
            examples[0] ?? null,
          ),
        )
        .reduce(merged),
    ),
  )
  // one member of a table under a chosen name is mostly not enough for the files that need the whole table
  const isAlone = ({ path }: CatalogueEntry): boolean => path.indexOf(ANY_NAME) < 0 || path.at(-1) === ANY_NAME
  const part = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...settings.filter(isAlone)).chain(oneSetting) },
    { weight: 10, arbitrary: fc.oneof(...whole) },
    { weight: 1, arbitrary: fc.constantFrom(...settings).chain(oneSetting) },
  )
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.reduce(merged))
}
