/** Settings on their way through the model: what a request may write, and what is stored for it. */
import { messageOf } from '../lib/errors.ts'
import { isJsonArray, member, type JsonObject, type JsonValue } from '../lib/json.ts'
import { formatSegment, KeyError } from '../model/key.ts'
import { parseKeypairs } from '../model/keypairs.ts'
import type { SettingsModel } from '../model/models.ts'
import type { ModelProblem } from '../model/problems.ts'
import { flattenTree } from '../model/pairs.ts'
import { ApiError, bodyError } from './http.ts'

export type ParsedSettings = { readonly settings: JsonObject } | { readonly problems: readonly string[] }

/** One problem as a line: the setting's key, the code, what is wrong, and what may help. */
function problemText({ path, code, message, hint }: ModelProblem): string {
  let key = 'settings'
  for (const step of path) key += typeof step === 'number' ? `[${String(step)}]` : `.${formatSegment(step)}`
  return `${key}: [${code}] ${message}${hint === undefined ? '' : ` (${hint})`}`
}

/** Parses a tree of settings to the form that is stored and answered, or says all that is wrong with it. */
export function parseSettings(model: SettingsModel, tree: JsonValue): ParsedSettings {
  const result = model.parse(tree)
  return result.ok ? { settings: result.settings } : { problems: result.problems.map(problemText) }
}

function flattened(tree: JsonObject): Map<string, string> {
  try {
    return flattenTree(tree, ['settings'])
  } catch (error) {
    if (error instanceof KeyError) throw new ApiError(400, `the settings cannot be stored: ${messageOf(error)}`)
    throw error
  }
}

/**
 * What is stored for a body of settings.
 *
 * @throws ApiError 400 with every problem
 */
export function settingsToPairs({ model }: { readonly model: SettingsModel }, body: JsonValue): Map<string, string> {
  const result = model.parse(body)
  if (result.ok) return flattened(result.settings)
  const texts = result.problems.map(problemText)
  throw bodyError(400, `Json deserialize error: ${texts.join('; ')}`, result.problems)
}

/** The texts of a key-pair body. @throws ApiError 400 */
function payloadOf(body: JsonValue): readonly string[] {
  // Reference: the positional form, a list that holds the list, is taken too
  const payload = isJsonArray(body) && body.length === 1 ? body[0] : member(body, 'request_payload')
  if (isJsonArray(payload) && payload.every((item) => typeof item === 'string')) return payload
  throw bodyError(400, 'Json deserialize error: request_payload has to be a list of KEY=VALUE strings')
}

/**
 * What is stored for a body of `KEY=VALUE` texts.
 *
 * @throws ApiError 400 with every problem
 */
export function keypairsToPairs({ model }: { readonly model: SettingsModel }, body: JsonValue): Map<string, string> {
  const result = parseKeypairs(model, payloadOf(body))
  if (result.ok) return flattened(result.settings)
  const texts = result.problems.map(problemText)
  throw new ApiError(400, `the settings are not valid: ${texts.join('; ')}`, {}, result.problems)
}
