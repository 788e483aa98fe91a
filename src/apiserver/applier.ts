/** Starts the applier, each time with a record that tells what became of it, and answers with those records. */
import {
  APPLY_ID_HEADER,
  APPLY_ID_VARIABLE,
  applyDirectory,
  forgetOldRuns,
  isApplyId,
  isoTime,
  listApplyIds,
  newApplyId,
  readApplyRecord,
  writeApplyRecord,
  type ApplyRecord,
  type ApplyTry,
} from '../api/apply-record.ts'
import { messageOf } from '../lib/errors.ts'
import { jsonObject, member, type JsonObject } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import type { ApiResponse, Host } from '../lib/ports.ts'
import { ApiError, type Query } from './http.ts'
import { runChecked } from './os-commands.ts'

export type ApplierHost = Pick<Host, 'fs' | 'runner' | 'clock' | 'entropy' | 'locks'>

/** An applier that has not begun its record after this time never will. */
const START_MS = 10_000

function writeIfPossible(host: ApplierHost, record: ApplyRecord): void {
  try {
    writeApplyRecord(host.fs, record)
    forgetOldRuns(host.fs)
  } catch {
    // what cannot be recorded is applied all the same
  }
}

/**
 * Starts the applier for the given keys, or for everything, and waits until it has gone into the background.
 *
 * @param change the change to be confirmed that this belongs to
 * @returns the name of the run
 * @throws ApiError 500
 */
export async function startApplier(
  host: ApplierHost,
  socketPath: string,
  keys: readonly string[] | undefined,
  change?: ApplyTry,
): Promise<string> {
  const id = newApplyId(host)
  const record: ApplyRecord = {
    id,
    state: 'running',
    step: 'starting',
    ...(keys === undefined ? {} : { changedKeys: keys }),
    ...(change === undefined ? {} : { try: change }),
    startedAt: isoTime(host.clock.now()),
    files: [],
    commands: [],
    notRendered: [],
  }
  writeIfPossible(host, record)
  const command = [
    '/usr/bin/thar-be-settings',
    '--daemon',
    ...(keys === undefined ? ['--all'] : []),
    ...(socketPath === PATHS.apiSocket ? [] : ['--socket-path', socketPath]),
  ]
  try {
    await runChecked(host.runner, command, 'program', {
      env: { [APPLY_ID_VARIABLE]: id },
      // else the answer would have to wait for the end of what goes on in the background
      inheritOutput: true,
      ...(keys === undefined ? {} : { stdin: JSON.stringify(keys) }),
    })
  } catch (error) {
    const failure = { code: 'HOST_COMMAND_FAILED', message: messageOf(error) }
    writeIfPossible(host, { ...record, state: 'failed', endedAt: isoTime(host.clock.now()), failure })
    throw error
  }
  return id
}

/** An answer that names the run that the request has started. */
export function withApplyId(response: ApiResponse, id: string): ApiResponse {
  return { ...response, headers: { ...response.headers, [APPLY_ID_HEADER]: id } }
}

/** Whether the process of a run holds its lock. */
async function isAtWork(host: ApplierHost, id: string): Promise<boolean> {
  try {
    const lock = await host.locks.acquire(applyDirectory(id), 'apiserver')
    if ('heldBy' in lock) return true
    await lock.release()
    return false
  } catch {
    return false
  }
}

/** A record as it is answered: a run whose process is gone without an end was interrupted. */
async function withState(host: ApplierHost, record: JsonObject): Promise<JsonObject> {
  const [id, state, step, startedAt] = ['id', 'state', 'step', 'startedAt'].map((name) => member(record, name))
  if (state !== 'running' || typeof id !== 'string') return record
  const age = host.clock.now() - Date.parse(typeof startedAt === 'string' ? startedAt : '')
  // one that starts has no lock yet, and shall not find it taken
  if (step === 'starting' && age < START_MS) return record
  if (await isAtWork(host, id)) return record
  // it may have ended between the two looks
  const again = readApplyRecord(host.fs, id) ?? record
  return member(again, 'state') === 'running' ? jsonObject({ ...again, state: 'interrupted' }) : again
}

/**
 * The runs of the applier that are known, the newest first, or the one that is asked for.
 *
 * @throws ApiError 400 for a text that is no name of a run, 404 for one that is not known
 */
export async function applyRuns(host: ApplierHost, query: Query): Promise<JsonObject[]> {
  const wanted = query.get('id')
  if (wanted !== undefined && !isApplyId(wanted)) throw new ApiError(400, `'${wanted}' is no name of a run`)
  const ids = wanted === undefined ? listApplyIds(host.fs) : [wanted]
  const records = ids.map((id) => readApplyRecord(host.fs, id)).filter((record) => record !== undefined)
  if (wanted !== undefined && records.length === 0) throw new ApiError(404, `there is no record of the run ${wanted}`)
  return Promise.all(records.map((record) => withState(host, record)))
}
