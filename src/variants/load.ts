/** The defaults of a variant: its fragments merged into one document, and the templates that it names. */
import { PipelineError } from '../lib/errors.ts'
import { isJsonObject, member } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import { parseTrustedToml } from '../toml/trusted-toml.ts'
import { releaseText } from './assets.ts'
import { mergeFragments } from './merge.ts'
import { loadRelease } from './release.ts'
import type { Variant } from './variant-type.ts'

const cache = new Map<string, JsonObject>()

/**
 * The merged defaults document of a variant: `settings`, `metadata`, `services` and `configuration-files`.
 *
 * @throws PipelineError `VARIANT_DATA_INVALID` if fragments contradict each other
 */
export function loadDefaults(variant: Variant): JsonObject {
  const { release, defaultsSet } = variant
  const key = `${release}/${defaultsSet}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const names = loadRelease(release).sets.get(defaultsSet)
  if (names === undefined) {
    throw new PipelineError('VARIANT_DATA_INVALID', `release ${release} has no defaults set "${defaultsSet}"`)
  }
  const merged = mergeFragments(
    names.map((name) => ({ name, tree: parseTrustedToml(releaseText(release, `fragments/${name}.toml`)) })),
  )
  cache.set(key, merged)
  return merged
}

/** The template files of a variant's image: absolute path on the image to the template's name below `src/templates`. */
export function templatesOf(variant: Variant): ReadonlyMap<string, string> {
  const templates = new Map<string, string>()
  const files = loadDefaults(variant)['configuration-files']
  for (const file of isJsonObject(files) ? Object.values(files) : []) {
    const path = member(file, 'template-path')
    if (typeof path !== 'string' || !path.startsWith(`${PATHS.templates}/`)) {
      throw new PipelineError('VARIANT_DATA_INVALID', `a template of ${variant.name} is not below ${PATHS.templates}`)
    }
    const name = path.slice(PATHS.templates.length + 1)
    templates.set(path, variant.templates[name] ?? name)
  }
  return templates
}
