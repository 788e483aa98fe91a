/** The boot record: a file for each step that a boot has run, for `bottlerocket analyze`. */
import type { Activity, Wait } from './activity-types.ts'
import { attemptsOf, briefReason } from './activity.ts'
import { printJson, toJson, type JsonValue } from './json.ts'
import { PATHS } from './paths.ts'
import type { EventSink, HostEvent, RootFs } from './ports.ts'

export const RECORD_VERSION = 1

export type StepOutcome = 'ok' | 'failed' | 'skipped'

/** A step as its file has it. Times are milliseconds since the start of the boot. */
export interface BootStepRecord {
  /** The unit's name without `.service`. */
  readonly name: string
  readonly startMs: number
  /** When the program's own code began to run: what is before that is the start of its process. Absent of one process for all. */
  readonly loadedMs?: number
  readonly endMs: number
  readonly outcome: StepOutcome
  /** Why it failed or was skipped. */
  readonly reason?: string
  /**
   * The machine's monotonic clock at the start of the boot: zero for a machine's own boot, so that records of several
   * processes have one origin.
   */
  readonly bootStartMs: number
  /** What systemd calls this run of the unit (`INVOCATION_ID`); commands of one unit have the same. */
  readonly invocation?: string
  readonly attempts: number
  readonly waits: readonly Wait[]
  readonly activities: readonly Activity[]
}

/** Collects the events of one step. */
export class StepRecorder implements EventSink {
  private readonly waits: Wait[] = []
  private readonly activities: Activity[] = []

  emit(event: HostEvent): void {
    if (event.kind === 'wait') this.waits.push(event.wait)
    else if (event.kind === 'activity') this.activities.push(event.activity)
  }

  /** The record of the step. Its own times, and those of events, are of the monotonic clock. */
  record(step: {
    readonly name: string
    readonly startMs: number
    readonly loadedMs?: number
    readonly endMs: number
    readonly outcome: StepOutcome
    readonly reason?: string | undefined
    readonly bootStartMs: number
    readonly invocation?: string | undefined
  }): BootStepRecord {
    const since = (ms: number): number => Math.round((ms - step.bootStartMs) * 10) / 10
    const place = (wait: Wait): Wait => ({ ...wait, startMs: since(wait.startMs), ms: Math.round(wait.ms) })
    const { reason, invocation, loadedMs } = step
    return {
      name: step.name,
      startMs: since(step.startMs),
      ...(loadedMs === undefined ? {} : { loadedMs: since(loadedMs) }),
      endMs: since(step.endMs),
      outcome: step.outcome,
      ...(reason === undefined ? {} : { reason: briefReason(reason) }),
      bootStartMs: Math.round(step.bootStartMs * 10) / 10,
      ...(invocation === undefined ? {} : { invocation }),
      attempts: step.outcome === 'skipped' ? 0 : attemptsOf(this.waits),
      waits: this.waits.map(place),
      activities: this.activities.map((activity) => ({
        ...activity,
        startMs: since(activity.startMs),
        endMs: since(activity.endMs),
        waits: activity.waits.map(place),
      })),
    }
  }
}

/** A record as the content of its file. */
export function recordJson(record: BootStepRecord): JsonValue {
  return toJson({ schemaVersion: RECORD_VERSION, ...record })
}

/**
 * Leaves the record of a step on the target. Nothing happens if that cannot be written: a full disk fails the step that
 * needs it, and its record is the smaller loss.
 *
 * @param suffix tells apart the runs of a program that several steps have
 */
export function writeBootRecord(fs: RootFs, record: BootStepRecord, suffix = ''): void {
  try {
    fs.makeDirectory(PATHS.bootRecordDirectory)
    const path = `${PATHS.bootRecordDirectory}/${record.name}${suffix}.json`
    // of this boot only, and on a host in memory
    fs.replaceFile(path, `${printJson(recordJson(record))}\n`, { durable: false })
  } catch {
    // see above
  }
}
