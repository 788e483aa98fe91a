/** What there is to set, and what a setting is unless somebody sets it: for completion and for help. */
import { messageOf } from '../lib/errors.ts'
import { jsonObject, member, toJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host } from '../lib/ports.ts'
import { ANY_NAME, catalogueOf } from '../model/catalogue.ts'
import { formatSegment } from '../model/key.ts'
import type { SettingsModel } from '../model/models.ts'
import { buildTree, flattenTree } from '../model/pairs.ts'
import { allowedWords } from '../model/type-words.ts'
import type { SettingType } from '../model/types.ts'
import { parseTrustedToml } from '../toml/trusted-toml.ts'
import { ApiError } from './http.ts'
import { parseSettings } from './settings.ts'

/** The words that a value can be; of several spellings the one in small letters. */
function wordsOf(type: SettingType): readonly string[] | undefined {
  if (type.kind === 'boolean') return ['true', 'false']
  const words = type.kind === 'enumeration' ? [...new Set(type.words.values())] : allowedWords(type)
  return words?.filter((word) => word === word.toLowerCase() || !words.includes(word.toLowerCase()))
}

/** The type of one value of a setting, with the steps of names that users choose on the way to it. */
function valueOf(type: SettingType, steps: readonly string[] = []): { type: SettingType; steps: readonly string[] } {
  if (type.kind === 'map') return valueOf(type.values, [...steps, ANY_NAME])
  return type.kind === 'converted' ? valueOf(type.from, steps) : { type, steps }
}

/** Every setting that the model knows, without `settings` in front. */
export function settingsCatalogue(model: SettingsModel): JsonValue {
  const settings = catalogueOf(model.groups).filter(({ kind }) => kind === 'setting')
  return toJson(
    settings.map(({ path, description, type: declared }) => {
      const { type, steps } = valueOf(declared)
      const key = [...path, ...steps].map((step) => (step === ANY_NAME ? step : formatSegment(step))).join('.')
      return { key, type: type.kind, words: wordsOf(type), description }
    }),
  )
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
