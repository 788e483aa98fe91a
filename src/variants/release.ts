/** The OS releases that the package has data for. */
import { PipelineError } from '../lib/errors.ts'
import { releaseNames } from './assets.ts'
import { releaseFromBuild } from './release-build.ts'
import { releaseFromSources } from './release-sources.ts'
import type { Release } from './types.ts'

declare const BUNDLED: boolean | undefined

// the built programs read what the build made of the sources, which takes a tenth of the time
const readRelease = typeof BUNDLED === 'undefined' ? releaseFromSources : releaseFromBuild

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
