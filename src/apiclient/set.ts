import { usageError } from '../lib/args.ts'
import { JsonSyntaxError, parseJson } from '../lib/json-parse.ts'
import { isJsonObject, jsonObject, type JsonObject, type JsonValue } from '../lib/json.ts'
import { SPEC } from './args.ts'
import { commitAndApply, newTransaction, patchSettings, type Call } from './call.ts'

export type SetPlan =
  | { readonly kind: 'pairs'; readonly pairs: readonly string[] }
  | { readonly kind: 'tree'; readonly settings: JsonObject }

/** The settings of `-j`. A member `settings` is opened: its members go before others of the same name. */
function parseSettings(text: string): JsonObject {
  let value: JsonValue
  try {
    value = parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw usageError(SPEC, `--json is not JSON: ${error.message}`)
  }
  if (!isJsonObject(value)) throw usageError(SPEC, '--json wants a JSON object')
  if (!Object.hasOwn(value, 'settings')) return value
  const { settings: inner, ...outer } = value
  if (!isJsonObject(inner)) throw usageError(SPEC, 'the member settings of --json must be an object')
  return jsonObject({ ...outer, ...inner })
}

/** What is to be set. Pairs go to the server as they are typed. @throws PipelineError `USAGE` */
export function planSet(words: readonly string[]): SetPlan {
  const pairs: string[] = []
  let json: string | undefined
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string
    if (word === '-j' || word === '--json') {
      if (json !== undefined) throw usageError(SPEC, `${word} may be given once`)
      json = words[++i]
      if (json === undefined) throw usageError(SPEC, `${word} needs a value`)
    } else if (word.includes('=')) pairs.push(word)
    else throw usageError(SPEC, `'${word}' is no KEY=VALUE`)
  }
  if (json !== undefined && pairs.length > 0) throw usageError(SPEC, '--json cannot be combined with KEY=VALUE')
  if (json !== undefined) return { kind: 'tree', settings: parseSettings(json) }
  if (pairs.length === 0) throw usageError(SPEC, 'nothing to set')
  return { kind: 'pairs', pairs }
}

/** Changes settings, commits them and starts applying them. */
export async function set({ words, api, host }: Call): Promise<void> {
  const plan = planSet(words)
  const transaction = newTransaction('set', host)
  if (plan.kind === 'tree') await patchSettings(api, plan.settings, transaction)
  else {
    const body = jsonObject({ request_payload: plan.pairs })
    await api.send('PATCH', `/settings/keypair?tx=${transaction}`, body)
  }
  await commitAndApply(api, transaction)
}
