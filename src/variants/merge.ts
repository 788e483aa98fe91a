/** Merging of defaults fragments. */
import { sortedEntries } from '../lib/byte-order.ts'
import { isJsonArray, isJsonObject, jsonObject } from '../lib/json.ts'
import type { JsonObject, JsonValue } from '../lib/json.ts'
import { PipelineError } from '../lib/errors.ts'

/** One fragment: what it is called in messages, and its tree. */
export interface Fragment {
  readonly name: string
  readonly tree: JsonObject
}

function kindOf(value: JsonValue): string {
  if (isJsonArray(value)) return 'array'
  if (isJsonObject(value)) return 'table'
  return typeof value === 'bigint' ? 'integer' : typeof value
}

function mergeTables(left: JsonObject, right: JsonObject, fragment: string, path: readonly string[]): JsonObject {
  const merged = jsonObject(left)
  for (const [name, value] of sortedEntries(right)) {
    const before = left[name]
    const here = [...path, name]
    if (before !== undefined && kindOf(before) !== kindOf(value)) {
      throw new PipelineError(
        'VARIANT_DATA_INVALID',
        `fragment ${fragment}: ${here.join('.')} is ${kindOf(value)}, but ${kindOf(before)} in an earlier fragment`,
      )
    }
    merged[name] = isJsonObject(before) && isJsonObject(value) ? mergeTables(before, value, fragment, here) : value
  }
  return merged
}

/**
 * Merges fragments from left to right: tables member by member, scalars and arrays replaced by the later fragment.
 *
 * @throws PipelineError `VARIANT_DATA_INVALID` if a later fragment gives a key a value of another type
 */
export function mergeFragments(fragments: readonly Fragment[]): JsonObject {
  return fragments.reduce<JsonObject>((merged, { name, tree }) => mergeTables(merged, tree, name, []), jsonObject())
}
