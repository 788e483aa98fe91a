import { usageError } from '../lib/args.ts'
import { parseJsonSource } from '../lib/json-source.ts'
import { isJsonObject, jsonObject, type JsonObject } from '../lib/json.ts'
import { SPEC } from './args.ts'
import type { Call } from './call.ts'
import { finishChange, newTransaction, takeChangeOptions } from './change.ts'
import { sendSettings, type Wording } from './refusal.ts'
import { finishUnlessUnset } from './unset.ts'
import { wordingOfDocument, wordingOfPairs } from './wording.ts'

export type SetPlan =
  | { readonly kind: 'pairs'; readonly pairs: readonly string[] }
  | { readonly kind: 'tree'; readonly settings: JsonObject; readonly wording: Wording }

/** How a document of the command line is called in messages. */
const JSON_NAME = '--json'

/** The settings of `-j`. A member `settings` is opened: its members go before others of the same name. */
function parseSettings(text: string): SetPlan {
  const parsed = parseJsonSource(text, JSON_NAME)
  if (!parsed.ok) {
    const [fault] = parsed.diagnostics
    const where = fault?.at === undefined ? '' : ` at line ${String(fault.at.line)} column ${String(fault.at.column)}`
    throw usageError(SPEC, `--json is not JSON: ${fault?.message ?? ''}${where}`)
  }
  const { tree: value, sourceMap } = parsed
  if (!isJsonObject(value)) throw usageError(SPEC, '--json wants a JSON object')
  const wording = wordingOfDocument(text, sourceMap, [['settings'], []])
  if (!Object.hasOwn(value, 'settings')) return { kind: 'tree', settings: value, wording }
  const { settings: inner, ...outer } = value
  if (!isJsonObject(inner)) throw usageError(SPEC, 'the member settings of --json must be an object')
  return { kind: 'tree', settings: jsonObject({ ...outer, ...inner }), wording }
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
  if (json !== undefined) return parseSettings(json)
  if (pairs.length === 0) throw usageError(SPEC, 'nothing to set')
  return { kind: 'pairs', pairs }
}

/** Changes settings, commits them and starts applying them. */
export async function set(call: Call): Promise<void> {
  const { options, rest } = takeChangeOptions(call.words)
  const plan = planSet(rest)
  const transaction = newTransaction('set', call.host)
  if (plan.kind === 'pairs') {
    const body = jsonObject({ request_payload: plan.pairs })
    await sendSettings(call.transport, `/settings/keypair?tx=${transaction}`, body, wordingOfPairs(plan.pairs))
    return finishChange(call, transaction, options)
  }
  await sendSettings(call.transport, `/settings?tx=${transaction}`, plan.settings, plan.wording)
  await finishUnlessUnset(call, transaction, options, plan.settings)
}
