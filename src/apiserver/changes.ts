/** Routes that put a change in force: for good, on trial, or only as far as telling what it would do. */
import { jsonObject, printJson, toJson, type JsonObject } from '../lib/json.ts'
import type { ApiResponse } from '../lib/ports.ts'
import { applyRuns, startApplier, withApplyId, type ApplierHost } from './applier.ts'
import { commit, type Controller } from './controller.ts'
import { ApiError, jsonAnswer, jsonText, NO_CONTENT, type Query } from './http.ts'
import * as preview from './preview.ts'
import { MAX_TRY_SECONDS, type Tries } from './tries.ts'
import { isoTime } from '../api/apply-record.ts'

export interface ChangeOptions extends Controller {
  readonly host: ApplierHost
  /** The socket that the applier is to use. */
  readonly socketPath: string
  readonly tries: Tries
}

/** Commits a transaction; its keys are no longer on trial. @throws ApiError 422 if nothing is pending */
export function commitForGood(options: ChangeOptions, transaction: string): string[] {
  const keys = commit(options, transaction)
  options.tries.committed(keys)
  return keys
}

/** Applies some keys or everything. @throws ApiError 500 if the applier cannot be started */
export async function apply(options: ChangeOptions, keys: readonly string[] | undefined): Promise<ApiResponse> {
  return withApplyId(NO_CONTENT, await startApplier(options.host, options.socketPath, keys))
}

/** Commits a transaction and applies its keys. @throws ApiError 422, or 500 with the commit done */
export async function commitAndApply(options: ChangeOptions, transaction: string): Promise<ApiResponse> {
  const keys = commitForGood(options, transaction)
  return withApplyId(jsonAnswer(keys), await startApplier(options.host, options.socketPath, keys))
}

function secondsOf(text: string): number {
  const seconds = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0
  if (seconds > 0 && seconds <= MAX_TRY_SECONDS) return seconds
  throw new ApiError(400, `'${text}' is no number of seconds from 1 to ${String(MAX_TRY_SECONDS)}`)
}

/** Commits a transaction on trial and applies its keys. @throws ApiError 400, 422, or 500 with the trial begun */
export async function tryChange(options: ChangeOptions, transaction: string, time: string): Promise<ApiResponse> {
  const { id, seconds, deadline, keys } = options.tries.begin(transaction, secondsOf(time), () =>
    commit(options, transaction),
  )
  const names = keys.map(({ key }) => key)
  const run = await startApplier(options.host, options.socketPath, names, { id, kind: 'begin' })
  const answer = { id, seconds, deadline: isoTime(deadline), keys: names }
  return withApplyId(jsonText(printJson(toJson(answer))), run)
}

/** What committing and applying a transaction would do. @throws ApiError 422 */
export function dryRun(options: ChangeOptions, transaction: string): Promise<JsonObject> {
  return preview.dryRun(options, options.host, options.socketPath, transaction)
}

/** What became of the last changes. @throws ApiError 400, 404 */
export async function applyStatus(options: ChangeOptions, query: Query): Promise<JsonObject> {
  return jsonObject({ applies: await applyRuns(options.host, query), ...options.tries.status() })
}
