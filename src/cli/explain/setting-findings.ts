/** What is found out about a setting, beside what the catalogue says of it. */
import { compareBytes } from '../../lib/byte-order.ts'
import { formatSegment } from '../../model/key.ts'
import { variantCatalogue, type FoundSetting } from '../../variants/catalogue.ts'
import { layersOf, type FragmentPlace } from '../../variants/layers.ts'
import type { Variant } from '../../variants/variant.ts'
import { fileEffects, type FileEffect } from './setting-effects.ts'
import { grouped, type Group } from './variant-groups.ts'

/** A line of a defaults fragment that says something about a setting. */
export interface SaidBy {
  readonly what: 'default' | 'generator' | 'services'
  /** The setting that it says it of: a concrete one, or a table around it. */
  readonly key: string
  readonly place: FragmentPlace
}

const METADATA = { generator: 'setting-generator', services: 'affected-services' } as const

/** Where the defaults, the generator and the services of a setting are written down. */
export function saidBy(variant: Variant, { setting, path }: FoundSetting): SaidBy[] {
  const layers = layersOf(variant)
  const origins = setting.origins.flatMap((origin): SaidBy[] => {
    if (origin.kind === 'program') return []
    const own = variantCatalogue(variant).find(origin.key)?.path ?? []
    const at = origin.kind === 'default' ? ['settings', ...own] : ['metadata', 'settings', ...own, METADATA.generator]
    const place = layers.placeOf(at)
    return place === undefined ? [] : [{ what: origin.kind, key: origin.key, place }]
  })
  const services = path
    .map((_, i) => layers.placeOf(['metadata', 'settings', ...path.slice(0, path.length - i), METADATA.services]))
    .find((place) => place !== undefined)
  return services === undefined ? origins : [...origins, { what: 'services', key: setting.key, place: services }]
}

/** Settings whose generator reads this one. */
export function generatedFrom(variant: Variant, { setting, path }: FoundSetting): string[] {
  const name = `settings.${path.map(formatSegment).join('.')}`
  const reads = new RegExp(`${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w.-])`)
  return variantCatalogue(variant)
    .settings.filter(({ key }) => key !== setting.key)
    .flatMap(({ origins }) =>
      origins.flatMap((origin) => (origin.kind === 'generator' && reads.test(origin.command) ? [origin.key] : [])),
    )
}

/** A file that changes with a setting, and how on which variants. */
export interface FileAcross {
  readonly path: string
  readonly groups: readonly Group<FileEffect>[]
}

/** The files that change with a setting, in byte order of their paths. */
export async function filesAcross(variants: readonly Variant[], found: FoundSetting): Promise<readonly FileAcross[]> {
  const owners = new Map<string, Map<Variant, FileEffect>>()
  for (const variant of variants) {
    for (const effect of await fileEffects(variant, found.setting, found.path)) {
      const known = owners.get(effect.path) ?? new Map<Variant, FileEffect>()
      owners.set(effect.path, known.set(variant, effect))
    }
  }
  const files: FileAcross[] = []
  for (const [path, effects] of [...owners].sort(([a], [b]) => compareBytes(a, b))) {
    files.push({ path, groups: await grouped([...effects.keys()], (variant) => effects.get(variant) as FileEffect) })
  }
  return files
}
