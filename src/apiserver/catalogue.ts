/** What there is to set, and what a setting is unless somebody sets it: for completion and for help. */
import { messageOf } from '../lib/errors.ts'
import { jsonObject, member, toJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host } from '../lib/ports.ts'
import { formatSegment } from '../model/key.ts'
import type { SettingsModel } from '../model/models.ts'
import { buildTree, flattenTree } from '../model/pairs.ts'
import type { Field, SettingType } from '../model/types.ts'
import { parseTrustedToml } from '../toml/trusted-toml.ts'
import { ApiError } from './http.ts'
import { parseSettings } from './settings.ts'

/** Stands for a name that users choose. */
const ANY_NAME = '*'

/** One setting, or one kind of setting where users choose a part of its name. */
interface CatalogueEntry {
  /** Without `settings` in front; names that users choose are `*`. */
  readonly key: string
  readonly type: SettingType['kind']
  /** All values that are possible, if they are few. */
  readonly words?: readonly string[]
  readonly description?: string
}

function wordsOf(type: SettingType): readonly string[] | undefined {
  if (type.kind === 'boolean') return ['true', 'false']
  if (type.kind === 'choice') return type.words
  return type.kind === 'enumeration' ? [...new Set(type.words.values())] : undefined
}

function entryOf(type: SettingType, segments: readonly string[], { description }: Partial<Field>): CatalogueEntry {
  const words = wordsOf(type)
  return {
    key: segments.join('.'),
    type: type.kind,
    ...(words === undefined ? {} : { words }),
    ...(description === undefined ? {} : { description }),
  }
}

function walk(type: SettingType, segments: readonly string[], info: Partial<Field>): CatalogueEntry[] {
  if (type.kind === 'map') return walk(type.values, [...segments, ANY_NAME], info)
  if (type.kind === 'converted') return walk(type.from, segments, info)
  if (type.kind !== 'record') return [entryOf(type, segments, info)]
  return Object.entries(type.fields).flatMap(([name, field]) =>
    walk(field.type, [...segments, formatSegment(name)], field),
  )
}

/** Every setting that the model knows, in its own order. */
export function settingsCatalogue(model: SettingsModel): JsonValue {
  return toJson(walk(model.type, [], {}))
}

/**
 * The settings of a new datastore, as the variant's defaults have them.
 *
 * @param prefix only keys that start with this text
 * @throws ApiError 404 where there are no defaults
 */
export function defaultSettings(host: Pick<Host, 'fs'>, model: SettingsModel, prefix: string): JsonObject {
  if (host.fs.stat(PATHS.defaults) === undefined) throw new ApiError(404, `${PATHS.defaults} is missing`)
  let settings: JsonValue
  try {
    settings = member(parseTrustedToml(host.fs.readText(PATHS.defaults)), 'settings') ?? jsonObject()
  } catch (error) {
    throw new ApiError(500, `${PATHS.defaults} cannot be read: ${messageOf(error)}`)
  }
  const parsed = parseSettings(model, settings)
  if ('problems' in parsed) throw new ApiError(500, `${PATHS.defaults} is not valid: ${parsed.problems.join('; ')}`)
  const pairs = [...flattenTree(parsed.settings, ['settings'])].filter(([key]) => key.startsWith(prefix))
  return buildTree(pairs, ['settings'])
}
