/** The defaults of a variant, and the templates that they refer to. */
import type { JsonObject } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import { decodeUtf8 } from '../lib/utf8.ts'
import { templateFile } from './assets.ts'
import { listReleases, loadRelease } from './release.ts'
import { keptLines, linesForVersion } from './template-lines.ts'
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

/**
 * A defaults document that the package knows, by its whole text as TOML; undefined for one that was edited, which has to
 * be parsed.
 */
export function knownDefaults(text: string): JsonObject | undefined {
  for (const release of listReleases()) {
    const known = loadRelease(release).defaultsOf(text)
    if (known !== undefined) return known
  }
  return undefined
}

/** The template files of a variant's image: absolute path on the image to the template's name below `src/templates`. */
export function templatesOf(variant: Variant): ReadonlyMap<string, string> {
  const names = loadRelease(variant.release).templates(variant.defaultsSet)
  return new Map(names.map((name) => [`${PATHS.templates}/${name}`, name]))
}

/**
 * The text of a template as it lies on a variant's image: lines for other Kubernetes versions are left out.
 *
 * @throws PipelineError `VARIANT_DATA_INVALID` if its ranges of versions cannot be read
 */
export function templateText(variant: Pick<Variant, 'kubernetesVersion'>, name: string): string {
  return linesForVersion(decodeUtf8(templateFile(name)), variant.kubernetesVersion, name)
}

/**
 * For each line of a template on a variant's image the number of the line in the template's file, both from 1.
 *
 * @throws PipelineError as `templateText`
 */
export function templateLineNumbers(variant: Pick<Variant, 'kubernetesVersion'>, name: string): readonly number[] {
  return keptLines(decodeUtf8(templateFile(name)), variant.kubernetesVersion, name).map(({ number }) => number)
}
