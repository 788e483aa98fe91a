/** The data of one OS release: which variants it has, and the fragments that each is made of. */
import { PipelineError } from '../lib/errors.ts'
import { isJsonArray, isJsonObject, member } from '../lib/json.ts'
import type { JsonObject, JsonValue } from '../lib/json.ts'
import { sortedEntries } from '../lib/byte-order.ts'
import { parseTrustedToml } from '../toml/trusted-toml.ts'
import { releaseNames, releaseText } from './assets.ts'
import type { NetworkBackend, Platform, Variant } from './variant-type.ts'

const INDEX = 'variants.toml'

const BACKENDS: readonly NetworkBackend[] = ['networkd', 'wicked']
const PLATFORMS: readonly Platform[] = ['aws', 'metal', 'vmware']

export interface Release {
  /** Defaults set to its fragments, in the order in which they are merged. */
  readonly sets: ReadonlyMap<string, readonly string[]>
  readonly variants: ReadonlyMap<string, Variant>
}

const invalid = (release: string, what: string): PipelineError =>
  new PipelineError('VARIANT_DATA_INVALID', `release ${release}: ${what}`)

function tableOf(release: string, tree: JsonObject, name: string): JsonObject {
  const table = tree[name]
  if (!isJsonObject(table)) throw invalid(release, `${INDEX} has no table ${name}`)
  return table
}

function stringOf(release: string, entry: JsonObject, variant: string, name: string): string {
  const value = entry[name]
  if (typeof value !== 'string') throw invalid(release, `variant ${variant} has no ${name}`)
  return value
}

function oneOf<T extends string>(release: string, known: readonly T[], value: string): T {
  const found = known.find((item) => item === value)
  if (found === undefined) throw invalid(release, `${value} is none of ${known.join(', ')}`)
  return found
}

function stringsIn(table: JsonValue | undefined): Record<string, string> {
  if (!isJsonObject(table)) return {}
  const entries = Object.entries(table).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(entries)
}

function readVariant(release: string, tree: JsonObject, name: string, entry: JsonValue): Variant {
  if (!isJsonObject(entry)) throw invalid(release, `variant ${name} is not a table`)
  const text = (key: string): string => stringOf(release, entry, name, key)
  const kubernetesVersion = entry['kubernetes']
  return {
    release,
    name,
    buildId: stringOf(release, tree, INDEX, 'build-id'),
    defaultsSet: text('defaults-set'),
    modelName: text('model'),
    networkBackend: oneOf(release, BACKENDS, text('network-backend')),
    platform: oneOf(release, PLATFORMS, text('platform')),
    templates: {},
    ...(typeof kubernetesVersion === 'string'
      ? {
          kubernetesVersion,
          templates: stringsIn(member(tree['kubelet-templates'], kubernetesVersion)),
        }
      : {}),
  }
}

function readSet(release: string, name: string, value: JsonValue): readonly string[] {
  if (!isJsonArray(value) || !value.every((item) => typeof item === 'string')) {
    throw invalid(release, `defaults set ${name} is not a list of fragments`)
  }
  return value
}

function readRelease(release: string): Release {
  const tree = parseTrustedToml(releaseText(release, INDEX))
  const sets = sortedEntries(tableOf(release, tree, 'sets')).map(
    ([name, value]) => [name, readSet(release, name, value)] as const,
  )
  const variants = sortedEntries(tableOf(release, tree, 'variants')).map(
    ([name, entry]) => [name, readVariant(release, tree, name, entry)] as const,
  )
  return { sets: new Map(sets), variants: new Map(variants) }
}

const compareVersions = (a: string, b: string): number => {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]]
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** The releases that the package has data for, oldest first. */
export function listReleases(): readonly string[] {
  return [...releaseNames()].sort(compareVersions)
}

const cache = new Map<string, Release>()

/**
 * The data of a release. It is read once and kept.
 *
 * @throws PipelineError `VARIANT_RELEASE_UNKNOWN`, or `VARIANT_DATA_INVALID` if the package's own data is wrong
 */
export function loadRelease(release: string): Release {
  const known = cache.get(release)
  if (known !== undefined) return known
  if (!releaseNames().includes(release)) {
    throw new PipelineError('VARIANT_RELEASE_UNKNOWN', `OS release ${release} is not known`, {
      hint: `known releases: ${listReleases().join(', ')}`,
    })
  }
  const loaded = readRelease(release)
  cache.set(release, loaded)
  return loaded
}
