/** What a datastore lacks of a variant's defaults. */
import { LIVE, pendingIn, type StoreChange } from '../datastore/store.ts'
import { sortedEntries } from '../lib/byte-order.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { parseJson } from '../lib/json-parse.ts'
import { isJsonArray, isJsonObject, printJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import { LAUNCH_TRANSACTION } from '../lib/paths.ts'
import { KeyError, parseKey, parseMetadataKey } from '../model/key.ts'
import { flattenTree } from '../model/pairs.ts'

/** What a datastore holds already. */
export interface Existing {
  /** The text of a live key; empty if it cannot be read, undefined if there is none. */
  data(key: string): string | undefined
  /** The text of a metadata key, likewise. */
  metadata(key: string, metadataKey: string): string | undefined
}

/** A datastore that is new. */
export const NOTHING: Existing = { data: () => undefined, metadata: () => undefined }

/** One entry of the `metadata` table. */
export interface MetadataDefault {
  readonly key: string
  readonly metadataKey: string
  readonly text: string
}

function invalid(what: string): PipelineError {
  return new PipelineError('STOREWOLF_DEFAULTS_INVALID', what)
}

function metadataEntry(path: readonly string[], value: JsonValue): MetadataDefault {
  const place = ['metadata', ...path].join('.')
  // Reference: names are joined without quotes, so a name with a dot becomes two segments
  const [keyName, metadataName] = [path.slice(0, -1).join('.'), path.at(-1) ?? '']
  try {
    return { key: parseKey(keyName).name, metadataKey: parseMetadataKey(metadataName), text: printJson(value) }
  } catch (error) {
    if (error instanceof KeyError) throw invalid(`${place}: ${messageOf(error)}`)
    throw error
  }
}

/**
 * Entries of the `metadata` table: a string or list is the value of the metadata key that its name says, for the data
 * key that the names above it say.
 *
 * @throws PipelineError `STOREWOLF_DEFAULTS_INVALID` for another kind of value or an invalid name
 */
export function metadataDefaults(table: JsonValue, path: readonly string[] = []): MetadataDefault[] {
  if (typeof table === 'string' || isJsonArray(table)) return [metadataEntry(path, table)]
  if (!isJsonObject(table)) throw invalid(`${['metadata', ...path].join('.')}: neither a string, a list nor a table`)
  return sortedEntries(table).flatMap(([name, value]) => metadataDefaults(value, [...path, name]))
}

function flattenDefaults(area: string, tree: JsonValue): Map<string, string> {
  try {
    return flattenTree(tree, [area])
  } catch (error) {
    if (error instanceof KeyError) throw invalid(`${area}: ${messageOf(error)}`)
    throw error
  }
}

/** A file that a power cut left empty or cut off is as good as missing. */
function isIntact(text: string | undefined): boolean {
  if (text === undefined) return false
  try {
    parseJson(text)
    return true
  } catch {
    return false
  }
}

/**
 * What has to be written so that a datastore holds the defaults. What it has already stays, whatever its value; default
 * settings wait in the launch transaction, where user data can override them.
 *
 * @throws PipelineError `STOREWOLF_DEFAULTS_INVALID`
 */
export function planPopulate(defaults: JsonObject, existing: Existing): StoreChange[] {
  const changes: StoreChange[] = []
  for (const [area, tree] of sortedEntries(defaults)) {
    if (area === 'metadata') {
      for (const entry of metadataDefaults(tree)) {
        if (isIntact(existing.metadata(entry.key, entry.metadataKey))) continue
        changes.push({ kind: 'metadata', ...entry })
      }
      continue
    }
    if (!isJsonObject(tree)) throw invalid(`${area} is no table`)
    const isSettings = area === 'settings'
    for (const [key, text] of flattenDefaults(area, tree)) {
      // a setting is the user's; what the release brings is mended
      if (isSettings ? existing.data(key) !== undefined : isIntact(existing.data(key))) continue
      changes.push({ kind: 'data', scope: isSettings ? pendingIn(LAUNCH_TRANSACTION) : LIVE, key, text })
    }
  }
  return changes
}
