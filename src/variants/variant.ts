/** Variants: the flavours of an OS release, each with its defaults, its settings model and its network backend. */
import { PipelineError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'
import { listReleases, loadRelease } from './release.ts'
import type { Variant } from './types.ts'

export type { Variant } from './types.ts'

/** The newest release that the package knows. */
export function defaultRelease(): string {
  const newest = listReleases().at(-1)
  if (newest === undefined) throw new PipelineError('VARIANT_DATA_INVALID', 'the package has no release data')
  return newest
}

/** Names of the variants of a release (default: the newest), in byte order. */
export function listVariants(release: string = defaultRelease()): readonly string[] {
  return [...loadRelease(release).variants.keys()]
}

/**
 * A variant by its name.
 *
 * @throws PipelineError `VARIANT_UNKNOWN` with the name that is closest, or `VARIANT_RELEASE_UNKNOWN`
 */
export function findVariant(name: string, release: string = defaultRelease()): Variant {
  const { variants } = loadRelease(release)
  const found = variants.get(name)
  if (found !== undefined) return found
  const close = nearest(name, variants.keys())
  throw new PipelineError('VARIANT_UNKNOWN', `release ${release} has no variant "${name}"`, {
    hint: close === undefined ? `known variants: ${[...variants.keys()].join(', ')}` : `did you mean "${close}"?`,
  })
}
