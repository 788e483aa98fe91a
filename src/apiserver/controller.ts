/** What the routes do with the datastore. Nothing here knows of HTTP but for the status of an error. */
import { LIVE, pendingIn, type DataStore, type Scope } from '../datastore/store.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { JsonSyntaxError, parseJson } from '../lib/json-parse.ts'
import { isJsonArray, jsonObject, toJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import type { OsRelease } from '../lib/os-release.ts'
import { formatKey, KeyError, parseSegments, type Key } from '../model/key.ts'
import { readConfigurationFiles, readServices } from '../model/metadata.ts'
import type { SettingsModel } from '../model/models.ts'
import { buildTree, type Pairs } from '../model/pairs.ts'
import { ApiError } from './http.ts'
import { parseSettings } from './settings.ts'
import { areaPrefix, requestedKey, selectArea, selectedPairs, type Area, type Selection } from './selection.ts'

export interface Controller {
  readonly store: DataStore
  readonly model: SettingsModel
  /** @throws PipelineError if the file cannot be read or understood */
  readonly osRelease: () => OsRelease
}

/** A stored value that is bad, as opposed to a request that is. */
function badStore(what: string): PipelineError {
  return new PipelineError('DATASTORE_INVALID_VALUE', what)
}

function treeOf(pairs: Pairs, area: Area): JsonObject {
  try {
    return buildTree(pairs, [area])
  } catch (error) {
    if (error instanceof KeyError) throw badStore(messageOf(error))
    throw error
  }
}

type Checked = { readonly tree: JsonObject } | { readonly fault: string }

/** The tree of an area in the form that is answered, or what is wrong with it. */
function check({ model }: Controller, area: Area, tree: JsonObject): Checked {
  if (area === 'settings') {
    const parsed = parseSettings(model, tree)
    return 'settings' in parsed ? { tree: parsed.settings } : { fault: parsed.problems.join('; ') }
  }
  try {
    const entries = area === 'services' ? readServices(tree) : readConfigurationFiles(tree)
    return { tree: toJson(Object.fromEntries(entries)) as JsonObject }
  } catch (error) {
    if (error instanceof PipelineError) return { fault: error.message }
    throw error
  }
}

/**
 * The tree of an area's pairs, checked.
 *
 * @param isWhole whether the pairs are all that there is of the area; a part may lack members that its neighbours need
 */
function readTree(controller: Controller, area: Area, pairs: Pairs, scope: Scope, isWhole: boolean): JsonObject {
  const checked = check(controller, area, treeOf(pairs, area))
  if ('tree' in checked) return checked.tree
  if (!isWhole) {
    const whole = check(controller, area, treeOf(controller.store.getPrefix(`${area}.`, scope), area))
    if ('tree' in whole) {
      throw new ApiError(400, `this selects only a part of something that belongs together: ${checked.fault}`)
    }
  }
  throw badStore(`the stored ${area} are not valid: ${checked.fault}`)
}

interface LastRead {
  readonly pairs: Pairs
  readonly tree: JsonObject
}

/** Whole areas as they were read last: they are asked for far more often than they change. */
const lastReads = new WeakMap<Controller, Map<Area, LastRead>>()

function samePairs(a: Pairs, b: Pairs): boolean {
  if (a.size !== b.size) return false
  for (const [name, text] of a) if (b.get(name) !== text) return false
  return true
}

function readAll(controller: Controller, area: Area): JsonObject {
  const pairs = selectedPairs(controller.store, area, 'all', LIVE)
  const known = lastReads.get(controller) ?? new Map<Area, LastRead>()
  const last = known.get(area)
  if (last !== undefined && samePairs(last.pairs, pairs)) return last.tree
  const tree = readTree(controller, area, pairs, LIVE, true)
  lastReads.set(controller, known.set(area, { pairs, tree }))
  return tree
}

function readSelection(controller: Controller, area: Area, selection: Selection): JsonObject {
  if (selection === 'all') return readAll(controller, area)
  return readTree(controller, area, selectedPairs(controller.store, area, selection, LIVE), LIVE, false)
}

/** All of an area. @throws ApiError 404 if there is nothing of it */
function readWhole(controller: Controller, area: Area): JsonObject {
  const tree = readSelection(controller, area, 'all')
  if (Object.keys(tree).length === 0) throw new ApiError(404, `the datastore holds no ${area}`)
  return tree
}

const AREAS = ['settings', 'services', 'configuration-files'] as const

/** Members of the OS data whose names start with what is left of a full prefix. */
function osMembers(os: OsRelease, selection: Selection): JsonObject {
  if (selection === 'all') return os
  if (selection === 'none') return jsonObject()
  const rest = selection.startsWith.replace(/^(?:os\.)+/, '')
  const found = jsonObject()
  for (const [name, value] of Object.entries(os)) if (name.startsWith(rest)) found[name] = value
  return found
}

/** Everything, or what one prefix selects. */
export function getModel(controller: Controller, prefix: string | undefined): JsonObject {
  const model = jsonObject()
  for (const area of AREAS) {
    if (prefix === undefined) {
      model[area] = readWhole(controller, area)
      continue
    }
    const tree = readSelection(controller, area, selectArea(area, prefix))
    if (Object.keys(tree).length > 0) model[area] = tree
  }
  const os = prefix === undefined ? 'all' : selectArea('os', prefix)
  if (os !== 'none') model['os'] = osMembers(controller.osRelease(), os)
  return model
}

/** OS data, or what a prefix selects of it. */
export function getOs(controller: Controller, prefix: string | undefined): JsonObject {
  const selection = prefix === undefined ? 'all' : selectArea('os', areaPrefix('os', prefix))
  return osMembers(controller.osRelease(), selection)
}

/** All of an area, or what a prefix selects of it. @throws ApiError 404 if nothing at all is there */
export function getArea(controller: Controller, area: Area, prefix: string | undefined): JsonObject {
  if (prefix === undefined) return readWhole(controller, area)
  return readSelection(controller, area, selectArea(area, areaPrefix(area, prefix)))
}

function valueOf(store: DataStore, key: Key): string | undefined {
  try {
    return store.get(key, LIVE)
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'DATASTORE_NOT_A_VALUE') throw new ApiError(400, error.message)
    throw error
  }
}

/** Live settings of exactly these keys; those that are not set are left out. */
export function getSettings(controller: Controller, keys: readonly Key[]): JsonObject {
  const pairs = new Map<string, string>()
  for (const key of keys) {
    const text = valueOf(controller.store, key)
    if (text === undefined) continue
    if (key.segments[0] !== 'settings') throw new ApiError(400, `${key.name} is no setting`)
    pairs.set(key.name, text)
  }
  return readTree(controller, 'settings', pairs, LIVE, false)
}

/** Services or configuration files of these names. @throws ApiError 404 for an unknown name */
export function getNamed(controller: Controller, area: Area, names: readonly string[]): JsonObject {
  const all = controller.store.getPrefix(`${area}.`, LIVE)
  const found = new Map<string, string>()
  for (const name of names) {
    const own = [...all].filter(([key]) => parseSegments(key)[1] === name)
    if (own.length === 0) throw new ApiError(404, `the datastore holds no ${formatKey([area, name])}`)
    for (const [key, text] of own) found.set(key, text)
  }
  return readTree(controller, area, found, LIVE, false)
}

/** Pending settings of a transaction. */
export function getTransaction(controller: Controller, transaction: string): JsonObject {
  const scope = pendingIn(transaction)
  return readTree(controller, 'settings', controller.store.getPrefix('settings.', scope), scope, true)
}

/** Commits a transaction. @throws ApiError 422 if nothing is pending */
export function commit(controller: Controller, transaction: string): string[] {
  const keys = controller.store.commit(transaction)
  if (keys.length === 0) throw new ApiError(422, `nothing is pending in the transaction '${transaction}'`)
  return keys
}

function metadataValue(name: string, metadataKey: string, text: string): JsonValue {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw badStore(`${metadataKey} of ${name} is not JSON: ${error.message}`)
    throw error
  }
}

const isText = (value: JsonValue): boolean => typeof value === 'string'
const isTextList = (value: JsonValue): boolean => isJsonArray(value) && value.every(isText)

function hasValueAbove(store: DataStore, { segments }: Key): boolean {
  return segments.some((_, i) => {
    const above = segments.slice(0, i)
    return i > 0 && store.has({ segments: above, name: formatKey(above) }, LIVE)
  })
}

/** Inherited metadata of keys, as given; keys that have none are left out. */
export function getMetadata(
  { store }: Controller,
  metadataKey: 'affected-services' | 'template',
  names: readonly string[],
): JsonObject {
  const found = jsonObject()
  for (const [name, key] of names.map((name) => [name, requestedKey(name)] as const)) {
    const text = hasValueAbove(store, key) ? undefined : store.inheritedMetadata(metadataKey, key)
    if (text === undefined) continue
    const value = metadataValue(name, metadataKey, text)
    if (!(metadataKey === 'template' ? isText(value) : isTextList(value))) {
      throw badStore(`${metadataKey} of ${name} has the wrong type`)
    }
    found[name] = value
  }
  return found
}

/** Commands of all setting generators by key. */
export function getSettingGenerators({ store }: Controller): JsonObject {
  const metadataKey = 'setting-generator'
  const found = jsonObject()
  for (const [name, entries] of store.listMetadata('')) {
    const text = entries.get(metadataKey)
    if (text === undefined) continue
    const value = metadataValue(name, metadataKey, text)
    if (!isText(value)) throw badStore(`${metadataKey} of ${name} has the wrong type`)
    found[name] = value
  }
  return found
}
