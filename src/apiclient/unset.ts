/** The wish to unset a setting. The API has no way to do that; what can be had instead is the default's value. */
import { encodeQuery, isSuccess, type ApiClient } from '../api/client.ts'
import { usageError } from '../lib/args.ts'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { PipelineError } from '../lib/errors.ts'
import { isJsonArray, isJsonObject, jsonObject, printJson, type JsonValue } from '../lib/json.ts'
import { parseJson } from '../lib/json-parse.ts'
import { formatKey, isAtOrBelow, KeyError, parseKey, parseSegments } from '../model/key.ts'
import { flattenTree } from '../model/pairs.ts'
import { SPEC } from './args.ts'
import type { Call } from './call.ts'
import { finishChange, type ChangeOptions } from './change.ts'

/** A setting that somebody wants to be unset: segments below `settings`. */
type Wish = readonly string[]

async function jsonIfAny(api: ApiClient, uri: string): Promise<JsonValue> {
  const response = await api.request('GET', uri)
  return isSuccess(response.status) ? parseJson(response.body) : jsonObject()
}

const quoteShell = (text: string): string =>
  /^[\w./=:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/** The command that sets a key to a value. */
export function setCommand(key: string, value: JsonValue): string {
  const segments = parseSegments(key).slice(1)
  // what only looks like another type is typed by the server; the text of a list is no list
  const isPlain = !isJsonArray(value) && !segments.some((segment) => segment.includes('.'))
  if (isPlain)
    return `apiclient set ${quoteShell(`${formatKey(segments)}=${typeof value === 'string' ? value : printJson(value)}`)}`
  const tree = segments.reduceRight<JsonValue>((inner, segment) => jsonObject({ [segment]: inner }), value)
  return `apiclient set -j ${quoteShell(printJson(tree))}`
}

/** What can be done about each key that is wished to be unset. */
async function advise(api: ApiClient, wishes: readonly Wish[]): Promise<Diagnostic[]> {
  const generators = await jsonIfAny(api, '/metadata/setting-generators')
  const generated = isJsonObject(generators) ? Object.entries(generators) : []
  return Promise.all(
    wishes.map(async (wish): Promise<Diagnostic> => {
      const key = formatKey(['settings', ...wish])
      const defaults = await jsonIfAny(api, `/settings/defaults?prefix=${encodeQuery(key)}`)
      const own = [...flattenTree(defaults, ['settings'])].filter(([name]) =>
        isAtOrBelow(parseSegments(name), ['settings', ...wish]),
      )
      const commands = own.map(([name, text]) => setCommand(name, parseJson(text)))
      const generator = generated.find(([name]) => isAtOrBelow(['settings', ...wish], parseSegments(name)))?.[1]
      const hint =
        commands.length > 0
          ? `to go back to the default: ${commands.join('; ')}`
          : generator === undefined
            ? 'it has no default; set it to a value that does no harm'
            : `its value was made by ${printJson(generator)}, at the first boot`
      return { code: 'SETTINGS_CANNOT_UNSET', severity: 'error', path: key, message: 'stays as it is', hint }
    }),
  )
}

async function refuse(api: ApiClient, wishes: readonly Wish[], what: string): Promise<PipelineError> {
  return new PipelineError('SETTINGS_CANNOT_UNSET', `${what}: the API has no way to unset a setting`, {
    diagnostics: await advise(api, wishes),
  })
}

function wishOf(word: string): Wish {
  try {
    const { segments } = parseKey(word)
    return segments[0] === 'settings' && segments.length > 1 ? segments.slice(1) : segments
  } catch (error) {
    if (error instanceof KeyError) throw usageError(SPEC, error.message)
    throw error
  }
}

/** `unset`: says that it cannot be done, and how to get the default's value. @throws PipelineError always */
export async function unset({ words, api }: Call): Promise<void> {
  if (words.length === 0) throw usageError(SPEC, 'unset wants keys')
  throw await refuse(api, words.map(wishOf), 'nothing was changed')
}

/** Members that are null: to the API they are not given at all. */
function nulls(value: JsonValue, path: Wish = []): Wish[] {
  if (value === null) return [path]
  return isJsonObject(value) ? Object.entries(value).flatMap(([name, item]) => nulls(item, [...path, name])) : []
}

/** Whether a tree sets anything. */
function setsAnything(value: JsonValue): boolean {
  return isJsonObject(value) ? Object.values(value).some(setsAnything) : value !== null
}

/**
 * Ends a change, and tells whoever wrote null that this unsets nothing.
 *
 * @throws PipelineError `SETTINGS_CANNOT_UNSET` if null is all that there is
 */
export async function finishUnlessUnset(
  call: Call,
  transaction: string,
  options: ChangeOptions,
  ...trees: readonly JsonValue[]
): Promise<void> {
  const wishes = trees.flatMap((tree) => nulls(tree)).filter((path) => path.length > 0)
  if (wishes.length > 0 && !trees.some(setsAnything)) throw await refuse(call.api, wishes, 'nothing was changed')
  await finishChange(call, transaction, options)
  for (const wish of wishes) {
    const key = formatKey(['settings', ...wish])
    call.io.stderr.write(`apiclient: warning: ${key} stays as it is: null does not unset a setting\n`)
  }
}
