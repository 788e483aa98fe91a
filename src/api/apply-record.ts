/**
 * What is left of each run of the applier, so that its outcome can be read back: one directory per run, with a record
 * as JSON in it. The server makes the directory when it starts an applier for a client, the applier writes the rest, and
 * its lock on the directory tells whether it is still at work.
 */
import { toJson, isJsonObject, member, printJson, type JsonObject } from '../lib/json.ts'
import { parseJson } from '../lib/json-parse.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, ReadFs, RootFs } from '../lib/ports.ts'

/** The environment variable that tells an applier under which name to record its run. */
export const APPLY_ID_VARIABLE = 'BOTTLEROCKET_APPLY_ID'
/** The header of an answer that names the run that the request has started. */
export const APPLY_ID_HEADER = 'bottlerocket-apply-id'

const SCHEMA_VERSION = 1
/** Older runs are forgotten. */
const MAX_RUNS = 20
const ID = /^\d{8}T\d{6}\.\d{3}Z-[A-Za-z0-9]{4}$/
const RECORD_MODE = 0o600

/** `running` is also said of a run whose process has died; see `interrupted` in the server's answer. */
export type ApplyState = 'running' | 'done' | 'failed'
/** Where a run is. */
export type ApplyStep = 'starting' | 'rendering' | 'writing' | 'reloading' | 'restarting'

/** A change that has to be confirmed: it is applied, or what it changed is taken back. */
export interface ApplyTry {
  readonly id: string
  readonly kind: 'begin' | 'take-back'
}

/** A file that was rendered, without its content. */
export interface AppliedFile {
  readonly name: string
  readonly path: string
  readonly mode: string
  /** Whether it was written, because it held something else. */
  readonly changed: boolean
  readonly services: readonly string[]
}

export interface AppliedCommand {
  readonly command: string
  readonly services: readonly string[]
  /** Whether it was run, or only recorded because the root is not `/`. */
  readonly ran: boolean
}

export interface NotRendered {
  readonly file: string
  readonly path: string
  readonly code: string
  readonly message: string
}

/** One run. Times are ISO 8601 in UTC. */
export interface ApplyRecord {
  readonly id: string
  readonly state: ApplyState
  readonly step: ApplyStep
  /** The command that is being run, if one is. */
  readonly command?: string
  /** Absent in a run for everything. */
  readonly changedKeys?: readonly string[]
  readonly try?: ApplyTry
  readonly startedAt: string
  readonly endedAt?: string
  readonly files: readonly AppliedFile[]
  readonly commands: readonly AppliedCommand[]
  readonly notRendered: readonly NotRendered[]
  readonly failure?: { readonly code: string; readonly message: string; readonly hint?: string }
}

/** A time as ISO 8601 in UTC. @param ms milliseconds since 1970 */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** A name for a run. Names sort by time. */
export function newApplyId({ clock, entropy }: Pick<Host, 'clock' | 'entropy'>): string {
  return `${isoTime(clock.now()).replace(/[-:]/g, '')}-${entropy.alphanumeric(4)}`
}

/** Whether a text is the name of a run, and so safe in a path. */
export function isApplyId(text: string): boolean {
  return ID.test(text)
}

/** The directory of a run. */
export function applyDirectory(id: string): string {
  return `${PATHS.applyRecords}/${id}`
}

/** Writes a run's record as a whole. It does not outlive a power cut. @throws a system error */
export function writeApplyRecord(fs: RootFs, record: ApplyRecord): void {
  fs.makeDirectory(applyDirectory(record.id))
  const text = printJson(toJson({ schemaVersion: SCHEMA_VERSION, ...record }))
  fs.replaceFile(`${applyDirectory(record.id)}/record.json`, `${text}\n`, { mode: RECORD_MODE, durable: false })
}

/** Names of the runs that are known, the newest first. */
export function listApplyIds(fs: ReadFs): string[] {
  if (fs.stat(PATHS.applyRecords)?.kind !== 'directory') return []
  const names = fs.readDirectory(PATHS.applyRecords).map(({ name }) => name)
  return names.filter(isApplyId).reverse()
}

/** The record of a run, or undefined if there is none that can be read. */
export function readApplyRecord(fs: ReadFs, id: string): JsonObject | undefined {
  try {
    const record = parseJson(fs.readText(`${applyDirectory(id)}/record.json`))
    return isJsonObject(record) ? record : undefined
  } catch {
    return undefined
  }
}

/** What a record says about a change that has to be confirmed. */
export function tryOf(record: JsonObject | undefined): ApplyTry | undefined {
  const [id, kind] = [member(record?.['try'], 'id'), member(record?.['try'], 'kind')]
  return typeof id === 'string' && (kind === 'begin' || kind === 'take-back') ? { id, kind } : undefined
}

/** Forgets the oldest runs. What cannot be removed stays. */
export function forgetOldRuns(fs: RootFs): void {
  for (const id of listApplyIds(fs).slice(MAX_RUNS)) {
    try {
      fs.removeTree(applyDirectory(id))
    } catch {
      // it is found again the next time
    }
  }
}
