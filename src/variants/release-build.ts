/** A release's data as the build left it: an index, and per defaults set the merged document as JSON and as TOML. */
import { createHash } from 'node:crypto'
import { isJsonObject, printJson, type JsonObject } from '../lib/json.ts'
import { parseJson } from '../lib/json-parse.ts'
import { PipelineError } from '../lib/errors.ts'
import { builtText } from './assets.ts'
import type { Release, Variant } from './types.ts'

/** The index of a built release. */
export interface BuiltIndex {
  readonly variants: readonly Variant[]
  /** Defaults set to the template files that it refers to. */
  readonly templates: Readonly<Record<string, readonly string[]>>
  /** SHA-256 of the TOML text of a defaults set, in hexadecimal, to the set. */
  readonly digests: Readonly<Record<string, string>>
}

/** What a defaults document is known by. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * Reads a release from the build's output.
 *
 * @param read gives the text of a file of that output
 */
export function releaseFromBuild(
  release: string,
  read: (name: string) => string = (name) => builtText(release, name),
): Release {
  const index = JSON.parse(read('index.json')) as BuiltIndex
  const document = (set: string): JsonObject => {
    const value = parseJson(read(`${set}.json`))
    if (isJsonObject(value)) return value
    throw new PipelineError('VARIANT_DATA_INVALID', `release ${release}: ${set} is no object`)
  }
  return {
    sets: Object.keys(index.templates),
    variants: new Map(index.variants.map((variant) => [variant.name, variant])),
    defaults: document,
    defaultsText: (set) => read(`${set}.toml`),
    defaultsOf: (text) => {
      const set = index.digests[digestOf(text)]
      return set === undefined ? undefined : document(set)
    },
    templates: (set) => index.templates[set] ?? [],
  }
}

/** What a host of one variant needs of a release's build output: name to text. */
export function filesOfVariant(variant: Variant, release: Release): ReadonlyMap<string, string> {
  const { defaultsSet } = variant
  const index: BuiltIndex = {
    variants: [variant],
    templates: { [defaultsSet]: release.templates(defaultsSet) },
    digests: { [digestOf(release.defaultsText(defaultsSet))]: defaultsSet },
  }
  return new Map([
    ['index.json', JSON.stringify(index)],
    [`${defaultsSet}.json`, printJson(release.defaults(defaultsSet))],
  ])
}
