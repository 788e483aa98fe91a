/** Values that stand for all that a setting can be, made from the examples of the model and accepted by it. */
import { isJsonArray, isJsonObject, jsonEquals, jsonObject, type JsonObject, type JsonValue } from '../../lib/json.ts'
import { ANY_NAME, EACH_ELEMENT, type CatalogueEntry } from '../../model/catalogue.ts'
import type { SettingsModel } from '../../model/models.ts'

/** Values beside the examples, so that some differ from any default. */
const MAX_VARIATIONS = 2

const nextDigit = (digit: string): string => String((Number(digit) + 1) % 10)

function textVariations(text: string): string[] {
  return [
    `${text}x`,
    `x${text}`,
    text.replace(/\d/, nextDigit),
    text.replace(/[a-z]/, 'b'),
    'Zm9v',
    'LS0t',
    text.slice(0, -1),
    ' ',
  ]
}

/** Values near another one; not all of them are accepted. */
function variations(value: JsonValue): JsonValue[] {
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'bigint') return [value + 1n, value - 1n, 0n]
  if (typeof value === 'string') return textVariations(value)
  if (isJsonArray(value))
    return [
      [],
      value.slice(0, -1),
      ...value
        .slice(0, 1)
        .flatMap(variations)
        .map((item) => [item]),
    ]
  if (!isJsonObject(value)) return []
  const [first] = Object.entries(value)
  if (first === undefined) return []
  return variations(first[1]).map((item) => jsonObject({ ...value, [first[0]]: item }))
}

/** A tree with a value at a path of the catalogue: under every name that is there, in every element. Undefined removes it. */
export function withValue(
  tree: JsonValue | undefined,
  path: readonly string[],
  value: JsonValue | undefined,
): JsonValue {
  const [step, ...rest] = path
  if (step === undefined) return value ?? null
  if (step === EACH_ELEMENT) return isJsonArray(tree) ? tree.map((item) => withValue(item, rest, value)) : []
  const base = isJsonObject(tree) ? tree : jsonObject()
  const names = step === ANY_NAME ? Object.keys(base) : [step]
  if (rest.length === 0 && value === undefined) {
    return jsonObject(Object.fromEntries(Object.entries(base).filter(([name]) => !names.includes(name))))
  }
  const result = jsonObject(base)
  for (const name of names) {
    if (value !== undefined || Object.hasOwn(base, name)) result[name] = withValue(base[name], rest, value)
  }
  return result
}

/** The first value at a path of the catalogue. */
export function firstAt(tree: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  const [step, ...rest] = path
  if (step === undefined || tree === undefined) return tree
  if (step === EACH_ELEMENT) return isJsonArray(tree) ? firstAt(tree[0], rest) : undefined
  if (!isJsonObject(tree)) return undefined
  const name = step === ANY_NAME ? Object.keys(tree)[0] : step
  return name === undefined || !Object.hasOwn(tree, name) ? undefined : firstAt(tree[name], rest)
}

/** Names for the tables under chosen names: one that the model accepts. */
function nameFor(entry: CatalogueEntry): string {
  const [example] = entry.examples
  const [name] = isJsonObject(example) ? Object.keys(example) : []
  return name ?? entry.names?.allowed?.[0] ?? 'example'
}

/** Settings and tables of a model with values for each. */
export class ValueClasses {
  /** Every setting with its first example. */
  readonly full: JsonObject
  private readonly model: SettingsModel
  private readonly classes = new Map<string, readonly JsonValue[]>()
  private readonly tables: JsonObject

  /** @param entries the catalogue of the model */
  constructor(model: SettingsModel, entries: readonly CatalogueEntry[]) {
    this.model = model
    let tables: JsonValue = jsonObject()
    let full: JsonValue = jsonObject()
    for (const entry of entries) {
      if (entry.names !== undefined && entry.kind === 'table') {
        tables = withValue(tables, [...entry.path, nameFor(entry)], jsonObject())
        full = withValue(full, [...entry.path, nameFor(entry)], jsonObject())
      }
      const [example] = entry.kind === 'setting' ? entry.examples : []
      if (example !== undefined) full = withValue(full, entry.path, example)
    }
    this.tables = tables as JsonObject
    const parsed = model.parse(full)
    this.full = parsed.ok ? parsed.settings : (full as JsonObject)
  }

  /** Every table under a chosen name, empty. */
  get emptyTables(): JsonObject {
    return this.tables
  }

  /** A value as it is stored, if the model accepts it beside the first examples of its neighbours. */
  private stored(entry: CatalogueEntry, value: JsonValue): JsonValue | undefined {
    const group = entry.path[0] as string
    const own = jsonObject({ [group]: this.full[group] ?? jsonObject() })
    const parsed = this.model.parse(withValue(own, entry.path, value))
    return parsed.ok ? firstAt(parsed.settings, entry.path) : undefined
  }

  /** Values of a setting or a part that differ from each other and are accepted; examples first. */
  of(entry: CatalogueEntry): readonly JsonValue[] {
    const known = this.classes.get(entry.key)
    if (known !== undefined) return known
    const values: JsonValue[] = []
    const add = (value: JsonValue): boolean => {
      const stored = this.stored(entry, value)
      if (stored === undefined || values.some((one) => jsonEquals(one, stored))) return false
      values.push(stored)
      return true
    }
    for (const value of [...entry.examples, ...(entry.allowed ?? [])]) add(value)
    let more = 0
    for (const value of entry.examples.flatMap(variations)) if (more < MAX_VARIATIONS && add(value)) more++
    this.classes.set(entry.key, values)
    return values
  }
}
