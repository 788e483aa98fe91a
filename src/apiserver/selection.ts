/** Which stored pairs a request means. */
import type { DataStore, Scope } from '../datastore/store.ts'
import { messageOf } from '../lib/errors.ts'
import { KeyError, parseKey, type Key } from '../model/key.ts'
import { ApiError } from './http.ts'

/** Parts of the store that are read as trees of their own. */
export type Area = 'settings' | 'services' | 'configuration-files'

/** What a prefix selects of an area: all of it, the keys that start with a text, or nothing. */
export type Selection = 'all' | { readonly startsWith: string } | 'none'

/** Applies a full prefix to an area. `area` may also be `os`, which is not stored. */
export function selectArea(area: string, prefix: string): Selection {
  const whole = `${area}.`
  if (whole.startsWith(prefix)) return 'all'
  return prefix.startsWith(whole) ? { startsWith: prefix } : 'none'
}

/** The full prefix behind one that was given to the route of an area. */
export function areaPrefix(area: string, prefix: string): string {
  return prefix.startsWith(area) ? prefix : `${area}.${prefix}`
}

/** Pairs of an area that a selection leaves. */
export function selectedPairs(store: DataStore, area: Area, selection: Selection, scope: Scope): Map<string, string> {
  if (selection === 'none') return new Map()
  return store.getPrefix(selection === 'all' ? `${area}.` : selection.startsWith, scope)
}

/** Parses a key from a request. @throws ApiError 400 */
export function requestedKey(name: string): Key {
  try {
    return parseKey(name)
  } catch (error) {
    if (error instanceof KeyError) throw new ApiError(400, `'${name}' is no key: ${messageOf(error)}`)
    throw error
  }
}

/** Parses the keys of a comma-separated list. @throws ApiError 400 */
export function requestedKeys(list: string): Key[] {
  return list.split(',').map(requestedKey)
}
