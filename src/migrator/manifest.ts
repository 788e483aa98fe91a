/** Which migrations lie between two versions, as the manifest of a repository tells. */
import { PipelineError } from '../lib/errors.ts'
import { isJsonArray, isJsonObject, type JsonValue } from '../lib/json.ts'
import { compareVersions, isVersion } from './version.ts'

export type Direction = 'forward' | 'backward'

/** One entry: the migrations that lead from a version to a later one, in order. */
export interface ManifestEntry {
  readonly from: string
  readonly to: string
  readonly names: readonly string[]
}

const PAIR = /\(([^ ,]+), *([^ ,]+)\)/

function invalid(what: string): PipelineError {
  return new PipelineError('MIGRATION_MANIFEST_INVALID', `the migrations of the manifest are not valid: ${what}`)
}

function entryOf(key: string, value: JsonValue): ManifestEntry {
  const [, from = '', to = ''] = PAIR.exec(key) ?? []
  if (!isVersion(from) || !isVersion(to)) throw invalid(`'${key}' is no pair of versions`)
  if (!isJsonArray(value) || !value.every((name) => typeof name === 'string'))
    throw invalid(`${key} is no list of names`)
  return { from, to, names: value }
}

/**
 * Reads the `migrations` of a manifest: an object from `(FROM, TO)` to a list of names.
 *
 * @throws PipelineError `MIGRATION_MANIFEST_INVALID`, also for the same pair twice
 */
export function readMigrations(value: JsonValue | undefined): ManifestEntry[] {
  if (!isJsonObject(value)) throw invalid('they are no object')
  const entries = Object.entries(value).map(([key, names]) => entryOf(key, names))
  const seen = new Set<string>()
  for (const { from, to } of entries) {
    const pair = `${from} to ${to}`
    if (seen.has(pair)) throw invalid(`${pair} is there twice`)
    seen.add(pair)
  }
  return entries
}

/** The names on the way to a later version: from each version the longest step that does not go too far. */
function forwardNames(entries: readonly ManifestEntry[], from: string, to: string): string[] {
  const names: string[] = []
  for (let at = from; at !== to;) {
    const steps = entries.filter((entry) => entry.from === at && compareVersions(entry.to, to) <= 0)
    const [longest] = steps.sort((a, b) => compareVersions(b.to, a.to))
    // a step that leads nowhere, or back, would never end
    if (longest === undefined || compareVersions(longest.to, at) <= 0) {
      throw new PipelineError('MIGRATION_NO_PATH', `there is no way from version ${from} to ${to}: it ends at ${at}`)
    }
    names.push(...longest.names)
    at = longest.to
  }
  return names
}

/** What a move from one version to another takes. */
export interface MigrationPlan {
  readonly direction: Direction
  /** Migrations in the order in which they run. */
  readonly names: readonly string[]
}

/**
 * Selects the migrations between two versions that differ.
 *
 * Reference: the longest step is taken each time, without looking for another way where that one ends; the way back is
 * the way there, reversed as a whole.
 *
 * @throws PipelineError `MIGRATION_NO_PATH`
 */
export function selectMigrations(entries: readonly ManifestEntry[], from: string, to: string): MigrationPlan {
  if (compareVersions(from, to) <= 0) return { direction: 'forward', names: forwardNames(entries, from, to) }
  return { direction: 'backward', names: forwardNames(entries, to, from).reverse() }
}
