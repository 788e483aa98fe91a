/**
 * Settings given as `key=value` text.
 */
import { parseJson, parseNumberLiteral } from '../lib/json-parse.ts'
import { jsonObject, printJson, type JsonValue } from '../lib/json.ts'
import { KeyError, parseKey, type Key } from './key.ts'
import { locate } from './locate.ts'
import type { ModelProblem, ModelResult, SettingsModel } from './models.ts'
import { buildTree } from './pairs.ts'
import { runSchema } from './problems.ts'
import type { SettingType } from './types.ts'

const SURROUNDING_JSON_SPACE = /^[ \t\n\r]+|[ \t\n\r]+$/g
const UNSIGNED_INTEGER = /^(?:0|[1-9][0-9]*)$/
const NEGATIVE_INTEGER = /^-[1-9][0-9]*$/
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/

/**
 * The value that a text looks like: `true`, `false`, an unsigned 64-bit integer, another JSON number as a double, else
 * the text itself.
 */
export function guessValue(text: string): JsonValue {
  const trimmed = text.replace(SURROUNDING_JSON_SPACE, '')
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true'
  if (!NUMBER.test(trimmed)) return text
  const number = parseNumberLiteral(trimmed)
  if (number === undefined) return text
  // Reference: only integers without sign count as integers
  return typeof number === 'bigint' && !UNSIGNED_INTEGER.test(trimmed) ? Number(number) : number
}

const accepts = (type: SettingType, value: JsonValue): boolean => runSchema(type.schema(), value).issues.length === 0

/** The list or the table that a text is in JSON. */
function structureOf(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** The text as the type that the setting wants, where it refuses what the text looks like. */
function valueFor(model: SettingsModel, key: Key, text: string, withStructures: boolean): JsonValue {
  const guess = guessValue(text)
  const type = locate(model.type, key.segments.slice(1))?.type
  const structure = withStructures && type !== undefined && !accepts(type, text) ? structureOf(text) : undefined
  if (structure !== undefined) return structure
  if (typeof guess === 'string' || type === undefined || accepts(type, guess)) return guess
  if (accepts(type, text)) return text
  const trimmed = text.replace(SURROUNDING_JSON_SPACE, '')
  return NEGATIVE_INTEGER.test(trimmed) ? BigInt(trimmed) : guess
}

function keyProblem(item: string, message: string): ModelProblem {
  const name = item.split('=', 1)[0] as string
  return { code: 'SETTINGS_BAD_KEY', path: name === '' ? [] : [name], message, atKey: true }
}

/** The item's key, with `settings` in front. @throws KeyError */
function keyOfItem(item: string): Key {
  const split = item.indexOf('=')
  if (split < 0) throw new KeyError('expected KEY=VALUE')
  const key = parseKey(item.slice(0, split))
  return key.segments[0] === 'settings' ? key : parseKey(`settings.${key.name}`)
}

/** What is right for a list cannot be said in this form. */
function withListHint(problem: ModelProblem, model: SettingsModel): ModelProblem {
  const kind = locate(model.type, problem.path)?.type.kind
  if (problem.code !== 'SETTINGS_WRONG_TYPE' || (kind !== 'list' && kind !== 'tuple')) return problem
  return { ...problem, hint: 'lists need the JSON form: --json' }
}

/**
 * Reads `KEY=VALUE` items. A value has the type that its text looks like; where the setting refuses that type, the text
 * is taken as the string or the negative integer that the setting wants. A repeated key: the last one counts.
 *
 * @param withStructures lists and tables may be given as JSON, too
 * @returns the normalised settings, or every problem
 */
export function parseKeypairs(
  model: SettingsModel,
  items: readonly string[],
  { withStructures = false }: { readonly withStructures?: boolean } = {},
): ModelResult {
  const pairs = new Map<string, string>()
  const problems: ModelProblem[] = []
  for (const item of items) {
    try {
      const key = keyOfItem(item)
      pairs.set(key.name, printJson(valueFor(model, key, item.slice(item.indexOf('=') + 1), withStructures)))
    } catch (error) {
      if (!(error instanceof KeyError)) throw error
      problems.push(keyProblem(item, error.message))
    }
  }
  if (problems.length > 0) return { ok: false, problems }
  let tree = jsonObject()
  try {
    tree = buildTree(pairs, ['settings'])
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    return { ok: false, problems: [{ code: 'SETTINGS_BAD_KEY', path: [], message: error.message, atKey: true }] }
  }
  const result = model.parse(tree)
  if (result.ok || withStructures) return result
  return { ok: false, problems: result.problems.map((problem) => withListHint(problem, model)) }
}
