/** A release's data from its sources: TOML fragments, and the table that says which variant is made of which. */
import { MODEL_NAMES } from '../model/model-names.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { isJsonArray, isJsonObject, member } from '../lib/json.ts'
import type { JsonObject, JsonValue } from '../lib/json.ts'
import { sortedEntries, sortedUnique } from '../lib/byte-order.ts'
import { PATHS } from '../lib/paths.ts'
import { parseTrustedToml, printToml } from '../toml/trusted-toml.ts'
import { releaseText } from './assets.ts'
import { mergeFragments } from './merge.ts'
import type { NetworkBackend, Platform, Release, Variant } from './types.ts'

const INDEX = 'variants.toml'

const BACKENDS: readonly NetworkBackend[] = ['networkd', 'wicked']
const PLATFORMS: readonly Platform[] = ['aws', 'metal', 'vmware']

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

function readVariant(release: string, tree: JsonObject, name: string, entry: JsonValue): Variant {
  if (!isJsonObject(entry)) throw invalid(release, `variant ${name} is not a table`)
  const text = (key: string): string => stringOf(release, entry, name, key)
  const kubernetesVersion = entry['kubernetes']
  return {
    release,
    name,
    buildId: stringOf(release, tree, INDEX, 'build-id'),
    defaultsSet: text('defaults-set'),
    modelName: oneOf(release, MODEL_NAMES, text('model')),
    networkBackend: oneOf(release, BACKENDS, text('network-backend')),
    platform: oneOf(release, PLATFORMS, text('platform')),
    ...(typeof kubernetesVersion === 'string' ? { kubernetesVersion } : {}),
  }
}

function readSet(release: string, name: string, value: JsonValue): readonly string[] {
  if (!isJsonArray(value) || !value.every((item) => typeof item === 'string')) {
    throw invalid(release, `defaults set ${name} is not a list of fragments`)
  }
  return value
}

/** The fragments of a defaults set, merged. */
function mergeSet(release: string, set: string, fragments: readonly string[]): JsonObject {
  try {
    return mergeFragments(
      fragments.map((name) => ({ name, tree: parseTrustedToml(releaseText(release, `fragments/${name}.toml`)) })),
    )
  } catch (error) {
    throw error instanceof PipelineError ? error : invalid(release, `defaults set ${set}: ${messageOf(error)}`)
  }
}

/** Names of the template files that a defaults document refers to, below the image's template directory. */
function templateNames(release: string, document: JsonObject): readonly string[] {
  const files = document['configuration-files']
  const names = (isJsonObject(files) ? Object.values(files) : []).map((file) => {
    const path = member(file, 'template-path')
    if (typeof path !== 'string' || !path.startsWith(`${PATHS.templates}/`)) {
      throw invalid(release, `a template is not below ${PATHS.templates}`)
    }
    return path.slice(PATHS.templates.length + 1)
  })
  return sortedUnique(names)
}

/** The fragments of each defaults set of a release, in the order in which they are merged. */
export function fragmentsOfSets(release: string): ReadonlyMap<string, readonly string[]> {
  const tree = parseTrustedToml(releaseText(release, INDEX))
  return new Map(
    sortedEntries(tableOf(release, tree, 'sets')).map(([name, value]) => [name, readSet(release, name, value)]),
  )
}

/** Reads a release from its sources; fragments are read when their set is asked for, and once. */
export function releaseFromSources(release: string): Release {
  const tree = parseTrustedToml(releaseText(release, INDEX))
  const sets = fragmentsOfSets(release)
  const variants = sortedEntries(tableOf(release, tree, 'variants')).map(
    ([name, entry]) => [name, readVariant(release, tree, name, entry)] as const,
  )
  const documents = new Map<string, JsonObject>()
  const defaults = (set: string): JsonObject => {
    const known = documents.get(set)
    if (known !== undefined) return known
    const fragments = sets.get(set)
    if (fragments === undefined) throw invalid(release, `no defaults set "${set}"`)
    const merged = mergeSet(release, set, fragments)
    documents.set(set, merged)
    return merged
  }
  return {
    sets: [...sets.keys()],
    variants: new Map(variants),
    defaults,
    defaultsText: (set) => printToml(defaults(set)),
    defaultsOf: () => undefined,
    templates: (set) => templateNames(release, defaults(set)),
  }
}
