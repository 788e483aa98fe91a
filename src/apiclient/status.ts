/** `status`: what became of the last changes. */
import { decodeBody, encodeQuery, type ApiClient } from '../api/client.ts'
import { parseArgs, usageError } from '../lib/args.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { isJsonArray, member, printJsonPretty, type JsonValue } from '../lib/json.ts'
import { SPEC, USAGE } from './args.ts'
import type { Call } from './call.ts'
import { items, notRenderedLines, ownersOf, text } from './print-plan.ts'

const STATUS_URI = '/apply/status'

/** One run of the applier, as the server tells it. */
export async function fetchRun(api: ApiClient, id: string): Promise<JsonValue | undefined> {
  return items(await api.getJson(`${STATUS_URI}?id=${encodeQuery(id)}`), 'applies')[0]
}

/** Whether nothing more comes of a run. */
export function isEnded(run: JsonValue | undefined): boolean {
  return text(run, 'state') !== 'running'
}

/** Why a run did not reach its end; undefined for one that did, or may still. */
export function describeFailure(run: JsonValue | undefined): string | undefined {
  const state = text(run, 'state')
  if (state === 'interrupted') return `the applier ended while ${text(run, 'step')}`
  if (state !== 'failed') return undefined
  const failure = member(run, 'failure')
  return `[${text(failure, 'code')}] ${text(failure, 'message')}`
}

function duration(run: JsonValue, now: number): string {
  const start = Date.parse(text(run, 'startedAt'))
  const end = text(run, 'endedAt')
  const ms = (end === '' ? now : Date.parse(end)) - start
  return ms < 1000 ? `${String(Math.max(0, ms))} ms` : `${(ms / 1000).toFixed(1)} s`
}

function headline(run: JsonValue, now: number): string {
  const state = text(run, 'state')
  const command = text(run, 'command')
  const doing = state === 'running' ? `, ${command === '' ? text(run, 'step') : `in ${command}`}` : ''
  const kind = text(member(run, 'try'), 'kind')
  const trial = kind === '' ? '' : kind === 'begin' ? ', on trial' : ', taking a change back'
  return `${text(run, 'id')} ${state}${doing} (${duration(run, now)}${trial})`
}

function renderRun(run: JsonValue, now: number): string[] {
  const keys = items(run, 'changedKeys').map(String)
  const written = items(run, 'files').filter((file) => member(file, 'changed') === true)
  const broken = items(run, 'notRendered')
  const failure = describeFailure(run)
  return [
    headline(run, now),
    `  changed ${keys.length === 0 ? 'everything' : keys.join(' ')}`,
    ...written.map((file) => `  wrote ${text(file, 'path')}${ownersOf(file)}`),
    ...items(run, 'commands').map(
      (entry) => `  ${member(entry, 'ran') === true ? 'ran' : 'recorded'} ${text(entry, 'command')}${ownersOf(entry)}`,
    ),
    ...(broken.length === 0 ? [] : ['  not rendered', ...notRenderedLines(broken).map((line) => `  ${line}`)]),
    ...(failure === undefined ? [] : [`  failed: ${failure}`]),
  ]
}

function renderTrial(trial: JsonValue): string {
  const keys = items(trial, 'keys').map(String).join(' ')
  const left = member(trial, 'secondsLeft')
  const seconds = typeof left === 'bigint' ? String(left) : '?'
  return `on trial ${text(trial, 'id')}: taken back in ${seconds} s unless confirmed: ${keys}`
}

function renderEnd(trial: JsonValue): string {
  const kept = items(trial, 'kept').map(String)
  const rest = kept.length === 0 ? '' : `; not taken back, since later settings need them: ${kept.join(' ')}`
  return `${text(trial, 'outcome')} ${text(trial, 'id')} at ${text(trial, 'at')}: ${items(trial, 'keys').map(String).join(' ')}${rest}`
}

/**
 * Shows the last run, one that is named, or all that are known, and the changes on trial.
 *
 * @returns 1 if a run that is shown has failed
 */
export async function status({ words, api, io, host }: Call): Promise<ExitCode> {
  const options = [{ names: ['--format'], value: 'FORMAT' }, { names: ['--all'] }] as const
  const args = parseArgs({ usage: USAGE, options, words: 'collect' }, words)
  const format = args.value('--format') ?? 'text'
  const all = args.flags.has('--all')
  const [id] = args.words
  if (args.words.length > 1 || (all && id !== undefined)) throw usageError(SPEC, 'status takes one ID, or --all')
  if (!['text', 'json'].includes(format)) throw usageError(SPEC, `'${format}' is no format; text and json are`)
  const answer = await api.getJson(id === undefined ? STATUS_URI : `${STATUS_URI}?id=${encodeQuery(id)}`)
  const runs = items(answer, 'applies')
  const shown = all ? runs : runs.slice(0, 1)
  if (format === 'json') io.stdout.write(`${printJsonPretty(answer)}\n`)
  else {
    const lines = shown.flatMap((run) => renderRun(run, host.clock.now()))
    if (shown.length === 0) lines.push('nothing was applied yet')
    if (id === undefined) {
      lines.push(...items(answer, 'tries').map(renderTrial))
      lines.push(
        ...items(answer, 'endedTries')
          .slice(0, all ? undefined : 1)
          .map(renderEnd),
      )
    }
    io.stdout.write(lines.map((line) => `${line}\n`).join(''))
  }
  return shown.some((run) => describeFailure(run) !== undefined) ? EXIT_FAILURE : EXIT_OK
}

/** `confirm`: makes changes stay, and prints their keys. */
export async function confirm({ words, api, io }: Call): Promise<void> {
  const args = parseArgs({ usage: USAGE, options: [], words: 'collect' }, words)
  if (args.words.length > 1) throw usageError(SPEC, 'confirm takes at most one ID')
  const [id] = args.words
  const uri = `/tx/confirm${id === undefined ? '' : `?id=${encodeQuery(id)}`}`
  const answer = decodeBody('POST', uri, await api.send('POST', uri))
  const keys = isJsonArray(answer) ? answer.map(String) : []
  io.stdout.write(keys.map((key) => `${key}\n`).join(''))
}
