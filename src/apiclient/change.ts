/** A change of settings from its transaction to its end, and what state the host is in if it gets stuck on the way. */
import { APPLY_ID_HEADER } from '../api/apply-record.ts'
import { badStatus, decodeBody, isSuccess } from '../api/client.ts'
import { usageError } from '../lib/args.ts'
import { PipelineError } from '../lib/errors.ts'
import { member, printJsonPretty, type JsonValue } from '../lib/json.ts'
import type { ApiResponse, Host } from '../lib/ports.ts'
import { SPEC } from './args.ts'
import type { Call } from './call.ts'
import { renderDryRun } from './print-plan.ts'
import { describeFailure, fetchRun, isEnded } from './status.ts'
import { explainUnreachable, mayHaveArrived, withHint } from './unreachable.ts'

export interface ChangeOptions {
  readonly dryRun: boolean
  readonly format: 'text' | 'json'
  /** Seconds to confirm the change in. */
  readonly trySeconds: number | undefined
  readonly wait: boolean
}

const ID_LENGTH = 16
const MAX_TRY_SECONDS = 86_400
const FIRST_POLL_MS = 10
const MAX_POLL_MS = 500
/** The server's answer to a commit without anything to commit. */
const NOTHING_PENDING = 422
const SERVER_FAULT = 500
const NOTHING = 'nothing was changed'
const MAYBE = "the settings may be in force or not: see 'apiclient get' and 'apiclient status'"
const COMMITTED =
  "if it was the applier that failed, the settings are in force and the files are not: 'apiclient raw -m POST -u /tx/apply' applies everything"

function secondsOf(text: string | undefined): number {
  const seconds = text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0
  if (seconds > 0 && seconds <= MAX_TRY_SECONDS) return seconds
  throw usageError(SPEC, `--try needs a number of seconds from 1 to ${String(MAX_TRY_SECONDS)}`)
}

/** Takes the options of a change out of the words of a subcommand. @throws PipelineError `USAGE` */
export function takeChangeOptions(words: readonly string[]): { options: ChangeOptions; rest: string[] } {
  let [dryRun, wait] = [false, false]
  let trySeconds: number | undefined
  let format: string | undefined
  const rest: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string
    if (word === '--dry-run') dryRun = true
    else if (word === '--wait') wait = true
    else if (word === '--try') trySeconds = secondsOf(words[++i])
    else if (word === '--format') format = words[++i] ?? ''
    else {
      rest.push(word)
      // the value of an option of the subcommand's own
      if ((word === '-j' || word === '--json') && i + 1 < words.length) rest.push(words[++i] as string)
    }
  }
  if (format !== undefined && (!dryRun || !['text', 'json'].includes(format))) {
    throw usageError(SPEC, '--format goes with --dry-run, and is text or json')
  }
  if (dryRun && (wait || trySeconds !== undefined))
    throw usageError(SPEC, '--dry-run changes nothing to wait for or try')
  return { options: { dryRun, wait, trySeconds, format: format === 'json' ? 'json' : 'text' }, rest }
}

/** A transaction name that nobody else uses. */
export function newTransaction(kind: 'set' | 'apply', host: Pick<Host, 'entropy'>): string {
  return `apiclient-${kind}-${host.entropy.alphanumeric(ID_LENGTH)}`
}

/** Runs a request that ends the change. @throws PipelineError with the state that the host is in */
async function settle(call: Call, uri: string): Promise<ApiResponse> {
  let response: ApiResponse
  try {
    response = await call.api.request('POST', uri)
  } catch (error) {
    const isOpen = error instanceof PipelineError && mayHaveArrived(error)
    throw explainUnreachable(error, isOpen ? MAYBE : NOTHING)
  }
  if (isSuccess(response.status)) return response
  const error = badStatus('POST', uri, response)
  if (response.status === NOTHING_PENDING) throw withHint(error, `${NOTHING}: there is nothing to set in it`)
  throw withHint(error, response.status < SERVER_FAULT ? NOTHING : COMMITTED)
}

/** Waits for the end of a run. @throws PipelineError `APPLY_FAILED` */
async function waitForRun(call: Call, id: string | undefined): Promise<void> {
  if (id === undefined) {
    throw new PipelineError(
      'NOT_AVAILABLE',
      'the settings are in force; this server does not tell when they are applied',
    )
  }
  for (let ms = FIRST_POLL_MS; ; ms = Math.min(ms * 2, MAX_POLL_MS)) {
    const run = await fetchRun(call.api, id)
    if (isEnded(run)) {
      const failure = describeFailure(run)
      if (failure !== undefined) {
        throw new PipelineError('APPLY_FAILED', `the settings are in force, but applying them failed: ${failure}`, {
          hint: `see 'apiclient status ${id}'`,
        })
      }
      return
    }
    await call.host.clock.sleep(ms, call.io.signal)
  }
}

async function tellPlan(call: Call, transaction: string, format: ChangeOptions['format']): Promise<void> {
  const uri = `/tx/dry_run?tx=${transaction}`
  let plan: JsonValue
  try {
    plan = decodeBody('POST', uri, await call.api.send('POST', uri))
  } finally {
    await call.api.request('DELETE', `/tx?tx=${transaction}`).catch(() => undefined)
  }
  call.io.stdout.write(format === 'json' ? `${printJsonPretty(plan)}\n` : renderDryRun(plan))
}

/**
 * Ends a change whose settings are in a transaction: puts them in force and applies them, for good or on trial, or only
 * tells what that would do.
 */
export async function finishChange(call: Call, transaction: string, options: ChangeOptions): Promise<void> {
  const { dryRun, format, trySeconds, wait } = options
  if (dryRun) return tellPlan(call, transaction, format)
  const uri =
    trySeconds === undefined
      ? `/tx/commit_and_apply?tx=${transaction}`
      : `/tx/try?tx=${transaction}&seconds=${String(trySeconds)}`
  const response = await settle(call, uri)
  if (trySeconds !== undefined) {
    const deadline = member(decodeBody('POST', uri, response), 'deadline')
    const until = typeof deadline === 'string' ? ` (until ${deadline})` : ''
    call.io.stdout.write(`in force; taken back in ${String(trySeconds)} s${until} unless 'apiclient confirm' comes\n`)
  }
  if (wait) await waitForRun(call, response.headers[APPLY_ID_HEADER])
}
