/** The defaults of a variant, and the templates that they refer to. */
import type { JsonObject } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import { loadRelease } from './release.ts'
import type { Variant } from './types.ts'

/**
 * The merged defaults document of a variant: `settings`, `metadata`, `services` and `configuration-files`.
 *
 * @throws PipelineError `VARIANT_DATA_INVALID` if fragments contradict each other
 */
export function loadDefaults(variant: Variant): JsonObject {
  return loadRelease(variant.release).defaults(variant.defaultsSet)
}

/** The same document as TOML. */
export function defaultsText(variant: Variant): string {
  return loadRelease(variant.release).defaultsText(variant.defaultsSet)
}

/** The template files of a variant's image: absolute path on the image to the template's name below `src/templates`. */
export function templatesOf(variant: Variant): ReadonlyMap<string, string> {
  const names = loadRelease(variant.release).templates(variant.defaultsSet)
  return new Map(names.map((name) => [`${PATHS.templates}/${name}`, variant.templates[name] ?? name]))
}
