/** Boot records as one boot: read from their files, put on one clock, commands joined to the steps that they are part of. */
import type { Activity, Wait } from '../lib/activity-types.ts'
import type { BootStepRecord, StepOutcome } from '../lib/boot-record.ts'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { decodeActivity, decodeWait } from '../lib/events.ts'
import { isJsonArray, isJsonObject, member, type JsonValue } from '../lib/json.ts'
import { parseJson } from '../lib/json-parse.ts'

/** A boot's steps in the order of their start; times in milliseconds since the first of them, or since the boot's origin. */
export interface BootTrace {
  readonly steps: readonly BootStepRecord[]
  readonly totalMs: number
  /** The first step that failed. */
  readonly failedStep: string | undefined
  /** What each process has left, before those of one unit are joined. */
  readonly processes: readonly BootStepRecord[]
  /** What the times are since, by the monotonic clock. */
  readonly originMs: number
}

/** A file with a record in it, or with a report of `boot` or `start`. */
export interface RecordFile {
  readonly file: string
  readonly text: string
}

/** Times are kept to a tenth of a millisecond. */
const TENTHS = 10

const OUTCOMES: readonly StepOutcome[] = ['ok', 'failed', 'skipped']

function textOf(value: JsonValue, name: string): string | undefined {
  const found = member(value, name)
  return typeof found === 'string' ? found : undefined
}

function numberOf(value: JsonValue, name: string): number | undefined {
  const found = member(value, name)
  return typeof found === 'bigint' || typeof found === 'number' ? Number(found) : undefined
}

/** A list of what `read` understands; undefined if an element is something else. A missing list is an empty one. */
function listOf<T>(value: JsonValue, name: string, read: (item: JsonValue) => T | undefined): T[] | undefined {
  const found = member(value, name) ?? []
  if (!isJsonArray(found)) return undefined
  const items = found.map(read).filter((item) => item !== undefined)
  return items.length === found.length ? items : undefined
}

/** Reads a step; a text says what is wrong with it. */
function readStep(value: JsonValue): BootStepRecord | string {
  const [name, reason, invocation] = [textOf(value, 'name'), textOf(value, 'reason'), textOf(value, 'invocation')]
  const [startMs, loadedMs, endMs] = ['startMs', 'loadedMs', 'endMs'].map((one) => numberOf(value, one))
  const outcome = OUTCOMES.find((known) => known === textOf(value, 'outcome'))
  const waits = listOf(value, 'waits', decodeWait)
  const activities = listOf(value, 'activities', decodeActivity)
  if (name === undefined || name === '') return 'has no text "name"'
  if (startMs === undefined || endMs === undefined || endMs < startMs) return 'has no numbers "startMs" and "endMs"'
  if (outcome === undefined) return `has no "outcome" of ${OUTCOMES.join(', ')}`
  if (waits === undefined) return 'has something else than waits in "waits"'
  if (activities === undefined) return 'has something else than activities in "activities"'
  return {
    name,
    startMs,
    ...(loadedMs === undefined ? {} : { loadedMs }),
    endMs,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(invocation === undefined ? {} : { invocation }),
    bootStartMs: numberOf(value, 'bootStartMs') ?? 0,
    attempts: numberOf(value, 'attempts') ?? 1,
    waits,
    activities,
  }
}

/** The steps of a file, or what is wrong with it. */
function readFile({ text }: RecordFile): readonly (BootStepRecord | string)[] {
  let document: JsonValue
  try {
    document = parseJson(text)
  } catch (error) {
    return [`is not JSON: ${messageOf(error)}`]
  }
  if (!isJsonObject(document)) return ['is no object']
  if (document['schemaVersion'] !== 1n) return ['is of a version that is not known here ("schemaVersion" is not 1)']
  const { steps } = document
  return isJsonArray(steps) ? steps.map(readStep) : [readStep(document)]
}

/**
 * Reads records.
 *
 * @throws PipelineError `BOOT_RECORD_INVALID` naming every file that is none, or if there is no step at all
 */
export function readRecords(files: readonly RecordFile[]): BootStepRecord[] {
  const found = files.flatMap((file) => readFile(file).map((step) => ({ file: file.file, step })))
  const diagnostics = found.flatMap(({ file, step }): Diagnostic[] =>
    typeof step === 'string' ? [{ code: 'BOOT_RECORD_INVALID', severity: 'error', message: `${file} ${step}` }] : [],
  )
  const steps = found.flatMap(({ step }) => (typeof step === 'string' ? [] : [step]))
  if (diagnostics.length > 0) throw new PipelineError('BOOT_RECORD_INVALID', 'this is no boot record', { diagnostics })
  if (steps.length === 0) throw new PipelineError('BOOT_RECORD_INVALID', 'the boot record has no step')
  return steps
}

/** A step whose times are moved by some milliseconds. */
function moved(step: BootStepRecord, byMs: number): BootStepRecord {
  const at = (ms: number): number => Math.round((ms + byMs) * TENTHS) / TENTHS
  const moveWait = (wait: Wait): Wait => ({ ...wait, startMs: at(wait.startMs) })
  const move = <T extends Pick<Activity, 'startMs' | 'endMs' | 'waits'>>(item: T): T => ({
    ...item,
    startMs: at(item.startMs),
    endMs: at(item.endMs),
    waits: item.waits.map(moveWait),
  })
  const loaded = step.loadedMs === undefined ? {} : { loadedMs: at(step.loadedMs) }
  return { ...move(step), ...loaded, bootStartMs: 0, activities: step.activities.map(move) }
}

/** A command that a unit runs before its own, as a part of the step. */
function asPart({ name, startMs, endMs, outcome, reason, attempts, waits }: BootStepRecord): Activity {
  return {
    kind: 'command',
    name,
    startMs,
    endMs,
    outcome: outcome === 'failed' ? 'failed' : 'ok',
    ...(reason === undefined ? {} : { reason }),
    attempts,
    waits,
  }
}

/** Joins the records of one run of a unit: what came first is a part of the last, which is the unit's own program. */
function joinRuns(steps: readonly BootStepRecord[]): BootStepRecord[] {
  const joined: BootStepRecord[] = []
  for (const [i, step] of steps.entries()) {
    const { invocation } = step
    const same = (other: BootStepRecord): boolean => invocation !== undefined && other.invocation === invocation
    if (steps.slice(i + 1).some(same)) continue
    const before = steps.slice(0, i).filter(same)
    joined.push({
      ...step,
      startMs: Math.min(step.startMs, ...before.map(({ startMs }) => startMs)),
      waits: [...before.flatMap(({ waits }) => waits), ...step.waits],
      activities: [...before.map(asPart), ...step.activities],
    })
  }
  return joined
}

/**
 * Puts records together to a boot.
 *
 * @param originMs what its times are since, by the monotonic clock; the start of the first step unless given
 */
export function traceOf(records: readonly BootStepRecord[], originMs?: number): BootTrace {
  const onOneClock = records.map((step) => moved(step, step.bootStartMs))
  const first = originMs ?? Math.min(...onOneClock.map(({ startMs }) => startMs))
  const inOrder = onOneClock
    .map((step) => moved(step, -first))
    .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs)
  const steps = joinRuns(inOrder).sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs)
  return {
    steps,
    totalMs: Math.max(...steps.map(({ endMs }) => endMs)),
    failedStep: steps.find(({ outcome }) => outcome === 'failed')?.name,
    processes: inOrder,
    originMs: first,
  }
}
