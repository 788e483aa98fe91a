/** What two trees of settings differ in, key by key as the datastore has them. */
import { compareBytes, sortedUnique } from '../../lib/byte-order.ts'
import { parseJson } from '../../lib/json-parse.ts'
import { isJsonArray, isJsonObject, jsonObject, type JsonValue } from '../../lib/json.ts'
import { parseSegments } from '../../model/key.ts'
import { loadModel, type SettingsModel } from '../../model/models.ts'
import { flattenTree } from '../../model/pairs.ts'
import { HIDDEN } from '../../schnauzer/inspect.ts'
import { variantCatalogue } from '../../variants/catalogue.ts'
import type { Variant } from '../../variants/variant.ts'
import type { KeptSetting, SettingChange } from './types.ts'

/** A value with everything in it hidden that must not be shown. */
export function hideSecrets(model: SettingsModel, path: readonly string[], value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map((item, i) => hideSecrets(model, [...path, String(i)], item))
  if (!isJsonObject(value)) return model.isSecret(path) ? HIDDEN : value
  return jsonObject(
    Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hideSecrets(model, [...path, name], item)])),
  )
}

/** Settings as pairs of a key and the JSON text of its value. @param settings the content of `settings` */
export function pairsOf(settings: JsonValue): ReadonlyMap<string, string> {
  return flattenTree(settings, ['settings'])
}

/** How values of a variant are shown. */
export class Shown {
  private readonly model: SettingsModel
  private readonly showSecrets: boolean

  constructor(variant: Variant, showSecrets: boolean) {
    this.model = loadModel(variant.modelName)
    this.showSecrets = showSecrets
  }

  value(key: string, text: string): JsonValue {
    const value = parseJson(text)
    return this.showSecrets ? value : hideSecrets(this.model, parseSegments(key), value)
  }

  hides(key: string): boolean {
    return !this.showSecrets && this.model.isSecret(parseSegments(key))
  }
}

/**
 * Every key whose value differs, in byte order.
 *
 * @param from settings and the variant whose they are
 */
export function diffSettings(
  from: { readonly pairs: ReadonlyMap<string, string>; readonly shown: Shown },
  to: { readonly pairs: ReadonlyMap<string, string>; readonly shown: Shown; readonly variant: Variant },
): SettingChange[] {
  const catalogue = variantCatalogue(to.variant)
  const keys = sortedUnique([...from.pairs.keys(), ...to.pairs.keys()])
  return keys.flatMap((key): SettingChange[] => {
    const [before, after] = [from.pairs.get(key), to.pairs.get(key)]
    if (before === after) return []
    return [
      {
        key,
        change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
        before: before === undefined ? undefined : from.shown.value(key, before),
        after: after === undefined ? undefined : to.shown.value(key, after),
        hidden: (before !== undefined && from.shown.hides(key)) || (after !== undefined && to.shown.hides(key)),
        effect: catalogue.find(key)?.setting.effect,
      },
    ]
  })
}

/**
 * What applying a document leaves in force that a new host would not have.
 *
 * @param applied pairs of the host after it
 * @param fresh pairs of a new host
 */
export function keptSettings(
  applied: ReadonlyMap<string, string>,
  fresh: ReadonlyMap<string, string>,
  shown: Shown,
): KeptSetting[] {
  return [...applied]
    .filter(([key, text]) => fresh.get(key) !== text)
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([key, text]) => {
      const wanted = fresh.get(key)
      return { key, value: shown.value(key, text), wanted: wanted === undefined ? undefined : shown.value(key, wanted) }
    })
}
