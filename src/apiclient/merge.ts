import { isJsonObject, jsonObject, type JsonValue } from '../lib/json.ts'

/** Puts `later` over `earlier`: objects member by member, everything else as a whole. */
export function mergeJson(earlier: JsonValue, later: JsonValue): JsonValue {
  if (!isJsonObject(earlier) || !isJsonObject(later)) return later
  const merged = jsonObject(earlier)
  for (const [name, value] of Object.entries(later)) {
    merged[name] = Object.hasOwn(merged, name) ? mergeJson(merged[name] as JsonValue, value) : value
  }
  return merged
}
