/** Settings across variants: who has a setting, and where its value and its services differ. */
import { compareBytes } from '../lib/byte-order.ts'
import { printJson, toJson } from '../lib/json.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { lazily } from '../model/types.ts'
import { variantCatalogue, type VariantSetting } from './catalogue.ts'
import type { Variant } from './types.ts'

/** Variants in which a setting is the same in all that can differ. */
export interface VariantGroup {
  readonly variants: readonly Variant[]
  /** The setting as the first of them has it. */
  readonly setting: VariantSetting
}

export interface SettingAcross {
  /** What is the same everywhere. */
  readonly entry: CatalogueEntry
  readonly groups: readonly VariantGroup[]
}

/** All that can differ, as text. */
const differing = ({ origins, services, effect, needed }: VariantSetting): string =>
  printJson(toJson({ origins, services, effect, needed }))

function grouped(settings: readonly (readonly [Variant, VariantSetting])[]): VariantGroup[] {
  const groups = new Map<string, { variants: Variant[]; setting: VariantSetting }>()
  const texts = new Map<VariantSetting, string>()
  for (const [variant, setting] of settings) {
    const text = texts.get(setting) ?? differing(setting)
    texts.set(setting, text)
    const group = groups.get(text) ?? { variants: [], setting }
    group.variants.push(variant)
    groups.set(text, group)
  }
  return [...groups.values()]
}

/** All settings of some variants, in byte order of their keys. @throws PipelineError `VARIANT_DATA_INVALID` */
export function settingsAcross(variants: readonly Variant[]): readonly SettingAcross[] {
  const byKey = new Map<string, [Variant, VariantSetting][]>()
  for (const variant of variants) {
    for (const setting of variantCatalogue(variant).settings) {
      const settings = byKey.get(setting.key) ?? []
      settings.push([variant, setting])
      byKey.set(setting.key, settings)
    }
  }
  return [...byKey.keys()].sort(compareBytes).map((key) => {
    const settings = byKey.get(key) as [Variant, VariantSetting][]
    const groups = lazily(() => grouped(settings))
    return {
      entry: (settings[0] as [Variant, VariantSetting])[1],
      // few of them are looked at
      get groups() {
        return groups()
      },
    }
  })
}

interface Numbered {
  readonly family: string
  readonly minor: number
}

/** `aws-k8s-1.30-nvidia` as the family `aws-k8s-nvidia` and its minor version. */
function numbered(name: string): Numbered | undefined {
  const [, before = '', minor, after = ''] = /^(.*-k8s)-1\.(\d+)(-.*)?$/.exec(name) ?? []
  return minor === undefined ? undefined : { family: before + after, minor: Number(minor) }
}

/** Minor versions as ranges of those that exist. */
function ranges(minors: readonly number[], known: readonly number[]): string {
  const runs: number[][] = []
  for (const [i, minor] of known.entries()) {
    if (!minors.includes(minor)) continue
    const run = runs.at(-1)
    if (run !== undefined && run.at(-1) === known[i - 1]) run.push(minor)
    else runs.push([minor])
  }
  const version = (minor: number | undefined): string => `1.${String(minor)}`
  return runs
    .map((run) => (run.length < 2 ? version(run[0]) : `${version(run[0])} to ${version(run.at(-1))}`))
    .join(', ')
}

const minorsOf = (names: readonly string[], family: string): number[] =>
  names
    .map(numbered)
    .flatMap((item) => (item?.family === family ? [item.minor] : []))
    .sort((a, b) => a - b)

/** Joins a name and the same with `-nvidia`: `aws-ecs-2[-nvidia]`, and `aws-k8s[-nvidia] 1.30`. */
function withNvidia(words: readonly string[]): string[] {
  const nvidiaOf = (word: string): string => word.replace(/^\S+/, (name) => `${name}-nvidia`)
  const known = new Set(words)
  const joined = new Set(words.map(nvidiaOf).filter((word) => known.has(word)))
  return words
    .filter((word) => !joined.has(word))
    .map((word) => (joined.has(nvidiaOf(word)) ? word.replace(/^\S+/, (name) => `${name}[-nvidia]`) : word))
}

/**
 * Names of variants in short: `aws-k8s[-nvidia] 1.26 to 1.31, metal-dev`. A family without versions stands for all its
 * variants among `all`.
 *
 * @param all the variants that there are to choose from
 */
export function nameVariants(names: readonly string[], all: readonly string[]): string {
  const families = [...new Set(names.map((name) => numbered(name)?.family ?? name))]
  const words = families.map((family) => {
    const own = minorsOf(names, family)
    const known = minorsOf(all, family)
    return own.length === known.length ? family : `${family} ${ranges(own, known)}`
  })
  return withNvidia(words).join(', ')
}
