/** `update`: asks for an update action and waits until the status shows its end. */
import { badStatus, decodeBody, isSuccess } from '../api/client.ts'
import { parseArgs, usageError } from '../lib/args.ts'
import { PipelineError } from '../lib/errors.ts'
import { member, printJsonPretty, type JsonValue } from '../lib/json.ts'
import type { ApiResponse } from '../lib/ports.ts'
import { SPEC, USAGE } from './args.ts'
import type { Call } from './call.ts'

const STATUS_URI = '/updates/status'
const NOT_FOUND = 404
const LOCKED = 423
/** Polls that may fail before waiting is given up. */
const MAX_FAILURES = 5

interface Action {
  readonly action: string
  /** How the status calls it. */
  readonly command: string
  readonly intervalMs: number
  /** Reference: one more than the number of polls. */
  readonly limit: number
}

const REFRESH: Action = { action: 'refresh-updates', command: 'refresh', intervalMs: 100, limit: 100 }
const PREPARE: Action = { action: 'prepare-update', command: 'prepare', intervalMs: 500, limit: 1200 }
const ACTIVATE: Action = { action: 'activate-update', command: 'activate', intervalMs: 100, limit: 50 }
const DEACTIVATE: Action = { action: 'deactivate-update', command: 'deactivate', intervalMs: 100, limit: 50 }

const decodeStatus = (response: ApiResponse): JsonValue => decodeBody('GET', STATUS_URI, response)
const lastCommand = (status: JsonValue): JsonValue | undefined => member(status, 'most_recent_command')

/** The time stamp of the last command, if there ever was one. */
async function fetchTimestamp({ api }: Call): Promise<JsonValue | undefined> {
  const response = await api.request('GET', STATUS_URI)
  if (response.status === NOT_FOUND) return undefined
  if (!isSuccess(response.status)) throw badStatus('GET', STATUS_URI, response)
  return member(lastCommand(decodeStatus(response)), 'timestamp')
}

/** The status if it shows the end of the action, else undefined. @throws PipelineError `UPDATE_FAILED` */
function readEnd(status: JsonValue, { command }: Action, oldTimestamp: JsonValue | undefined): JsonValue | undefined {
  const last = lastCommand(status)
  if (member(last, 'cmd_type') !== command || member(last, 'timestamp') === oldTimestamp) return undefined
  if (member(last, 'cmd_status') === 'Success') return status
  const stderr = member(last, 'stderr')
  const reason = typeof stderr === 'string' ? stderr : 'the status does not say why'
  throw new PipelineError('UPDATE_FAILED', `the ${command} step of the update failed: ${reason}`)
}

/** One look at the status: the status, undefined while somebody holds its lock, or why it could not be had. */
async function poll({ api }: Call): Promise<JsonValue | PipelineError | undefined> {
  try {
    const response = await api.request('GET', STATUS_URI)
    if (response.status === LOCKED) return undefined
    return isSuccess(response.status) ? decodeStatus(response) : badStatus('GET', STATUS_URI, response)
  } catch (error) {
    if (error instanceof PipelineError) return error
    throw error
  }
}

/** Asks for an action and waits for its end. @returns the status then */
async function runAction(action: Action, call: Call): Promise<JsonValue> {
  const oldTimestamp = await fetchTimestamp(call)
  await call.api.send('POST', `/actions/${action.action}`)
  let failures = 0
  for (let attempt = 1; attempt < action.limit; attempt++) {
    await call.host.clock.sleep(action.intervalMs, call.io.signal)
    const outcome = await poll(call)
    if (outcome instanceof PipelineError) {
      if (++failures >= MAX_FAILURES) throw outcome
    } else if (outcome !== undefined) {
      const status = readEnd(outcome, action, oldTimestamp)
      if (status !== undefined) return status
    }
  }
  throw new PipelineError('UPDATE_FAILED', `the ${action.command} step of the update did not end in time`)
}

async function check(call: Call): Promise<JsonValue> {
  const status = await runAction(REFRESH, call)
  call.io.stdout.write(`${printJsonPretty(status)}\n`)
  return status
}

async function applyUpdate(words: readonly string[], call: Call): Promise<void> {
  const args = parseArgs(
    { usage: USAGE, options: [{ names: ['--check', '-c'] }, { names: ['--reboot', '-r'] }] },
    words,
  )
  if (args.flags.has('--check')) {
    const state = member(await check(call), 'update_state')
    // nothing to do, or done already
    if (state === 'Idle' || state === 'Ready') return
  }
  await runAction(PREPARE, call)
  await runAction(ACTIVATE, call)
  if (args.flags.has('--reboot')) await call.api.send('POST', '/actions/reboot')
}

/** Looks for updates, applies one, or takes an applied one back. */
export async function update(call: Call): Promise<void> {
  const [name, ...words] = call.words
  if (name === 'apply') return applyUpdate(words, call)
  if (name !== 'check' && name !== 'cancel') throw usageError(SPEC, 'update wants one of check, apply, cancel')
  parseArgs({ usage: USAGE, options: [] }, words)
  await (name === 'check' ? check(call) : runAction(DEACTIVATE, call))
}
