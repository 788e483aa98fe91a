/** What a transaction would change, before it is committed. */
import { encodeQuery } from '../api/client.ts'
import { LIVE, pendingIn } from '../datastore/store.ts'
import { parseJson } from '../lib/json-parse.ts'
import { isJsonObject, jsonObject, printJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import { KeyError, parseSegments } from '../model/key.ts'
import { buildTree, type Pairs } from '../model/pairs.ts'
import { getArea, getOs, type Controller } from './controller.ts'
import { ApiError } from './http.ts'
import { runChecked } from './os-commands.ts'
import { parseSettings } from './settings.ts'

/** Only these are ever committed. */
const COMMITTED_PREFIX = 'settings.'

interface Change {
  readonly pending: Pairs
  readonly live: Pairs
}

function changeOf({ store }: Controller, transaction: string): Change {
  return {
    pending: store.getPrefix(COMMITTED_PREFIX, pendingIn(transaction)),
    live: store.getPrefix(COMMITTED_PREFIX, LIVE),
  }
}

function treeOf(pairs: Pairs): JsonObject {
  try {
    return buildTree(pairs, ['settings'])
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    throw new ApiError(400, `the settings would not be valid: ${error.message}`)
  }
}

/** Everything, as `GET /` would answer it once the transaction is committed. @throws ApiError 404, as that does */
export function getPreview(controller: Controller, transaction: string): JsonObject {
  const { pending, live } = changeOf(controller, transaction)
  const pairs = new Map([...live, ...pending])
  if (pairs.size === 0) throw new ApiError(404, 'the datastore holds no settings')
  const parsed = parseSettings(controller.model, treeOf(pairs))
  if ('problems' in parsed) throw new ApiError(400, `the settings would not be valid: ${parsed.problems.join('; ')}`)
  return jsonObject({
    settings: parsed.settings,
    services: getArea(controller, 'services', undefined),
    'configuration-files': getArea(controller, 'configuration-files', undefined),
    os: getOs(controller, undefined),
  })
}

/** One key of a change, with its values unless they must not be shown. */
function keyJson({ model }: Controller, key: string, value: string, old: string | undefined): JsonValue {
  const change = old === undefined ? 'new' : old === value ? 'same' : 'changed'
  if (model.isSecret(parseSegments(key))) return jsonObject({ key, change })
  return jsonObject({ key, change, value: parseJson(value), ...(old === undefined ? {} : { old: parseJson(old) }) })
}

/**
 * What committing and applying a transaction would do: keys, files, commands. Nothing is changed.
 *
 * @throws ApiError 422 if nothing is pending, 500 if the applier cannot tell
 */
export async function dryRun(
  controller: Controller,
  host: Pick<Host, 'runner'>,
  socketPath: string,
  transaction: string,
): Promise<JsonObject> {
  const { pending, live } = changeOf(controller, transaction)
  if (pending.size === 0) throw new ApiError(422, `nothing is pending in the transaction '${transaction}'`)
  const command = [
    '/usr/bin/thar-be-settings',
    '--dry-run',
    encodeQuery(transaction),
    ...(socketPath === PATHS.apiSocket ? [] : ['--socket-path', socketPath]),
  ]
  const { stdout } = await runChecked(host.runner, command, 'program', { stdin: printJson([...pending.keys()]) })
  const report = parseJson(decodeUtf8Lossy(stdout))
  if (!isJsonObject(report)) throw new ApiError(500, 'the applier did not answer with a report')
  const keys = [...pending].map(([key, value]) => keyJson(controller, key, value, live.get(key)))
  return jsonObject({ schemaVersion: 1n, keys, ...report })
}
