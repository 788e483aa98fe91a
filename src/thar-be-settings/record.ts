/** The record of a run, kept up to date while it is at work; see `api/apply-record.ts`. */
import {
  APPLY_ID_VARIABLE,
  applyDirectory,
  forgetOldRuns,
  isApplyId,
  isoTime,
  newApplyId,
  readApplyRecord,
  tryOf,
  writeApplyRecord,
  type AppliedCommand,
  type AppliedFile,
  type ApplyRecord,
  type ApplyState,
  type ApplyStep,
  type ApplyTry,
  type NotRendered,
} from '../api/apply-record.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import type { EventSink, Host, HostEvent, Lock, ProgramIo } from '../lib/ports.ts'

/** A command that takes longer is told of while it runs. */
const LONG_COMMAND_MS = 200
const LOCK_ATTEMPTS = 20
const LOCK_RETRY_MS = 10

/**
 * Notes what a run does. A record that cannot be written is the smaller loss: the run goes on without it.
 */
export class RunRecord {
  /** Passes events on to the host's sink and notes them. */
  readonly events: EventSink
  readonly try: ApplyTry | undefined
  private readonly host: Host
  private readonly id: string
  private readonly startedAt: string
  private step: ApplyStep = 'starting'
  private command: string | undefined
  private changedKeys: readonly string[] | undefined
  private readonly files = new Map<string, AppliedFile>()
  private readonly commands: AppliedCommand[] = []
  private readonly notRendered: NotRendered[] = []
  private readonly lock: Lock | undefined

  private constructor(host: Host, id: string, lock: Lock | undefined) {
    this.host = host
    this.id = id
    this.lock = lock
    this.startedAt = isoTime(host.clock.now())
    this.try = tryOf(readApplyRecord(host.fs, id))
    this.events = {
      emit: (event) => {
        this.note(event)
        host.events.emit(event)
      },
    }
  }

  /** Begins the record of this run, under the name that the server gave it or a new one. */
  static async begin(host: Host, env: ProgramIo['env']): Promise<RunRecord> {
    const given = env[APPLY_ID_VARIABLE] ?? ''
    const id = isApplyId(given) ? given : newApplyId(host)
    const record = new RunRecord(host, id, await lockRun(host, id))
    record.write('running')
    forgetOldRuns(host.fs)
    return record
  }

  private note(event: HostEvent): void {
    if (event.kind === 'changed-keys') this.changedKeys = event.keys
    else if (event.kind === 'file') {
      const { name, path, mode, changed, services } = event
      this.files.set(path, { name, path, mode, changed, services })
    } else if (event.kind === 'not-rendered') {
      const { name, path, code, message } = event
      this.notRendered.push({ file: name, path, code, message })
    } else if (event.kind === 'command') {
      const { command, services, ran } = event
      this.commands.push({ command, services, ran })
    }
  }

  /** Notes where the run is. */
  at(step: ApplyStep): void {
    this.step = step
  }

  /** Notes where the run is, at once for everybody to see. */
  reached(step: ApplyStep): void {
    this.step = step
    this.write('running')
  }

  /** Runs a command; if it takes long, the record names it meanwhile. */
  async during<T>(command: string, task: () => Promise<T>): Promise<T> {
    const ended = new AbortController()
    this.command = command
    this.host.clock.sleep(LONG_COMMAND_MS, ended.signal).then(
      () => {
        if (!ended.signal.aborted) this.write('running')
      },
      () => undefined,
    )
    try {
      return await task()
    } finally {
      ended.abort(new Error('ended'))
      this.command = undefined
    }
  }

  /** Notes the end of the run. @param error what it failed with, if it did */
  async end(error?: unknown): Promise<void> {
    this.write(error === undefined ? 'done' : 'failed', error)
    await this.lock?.release()
  }

  private write(state: ApplyState, error?: unknown): void {
    const { id, step, command, changedKeys, startedAt, commands, notRendered } = this
    const record: ApplyRecord = {
      id,
      state,
      step,
      ...(command === undefined ? {} : { command }),
      ...(changedKeys === undefined ? {} : { changedKeys }),
      ...(this.try === undefined ? {} : { try: this.try }),
      startedAt,
      ...(state === 'running' ? {} : { endedAt: isoTime(this.host.clock.now()) }),
      files: [...this.files.values()],
      commands,
      notRendered,
      ...(error === undefined ? {} : { failure: failureOf(error) }),
    }
    try {
      writeApplyRecord(this.host.fs, record)
    } catch {
      // a full disk fails the step that needs it
    }
  }
}

function failureOf(error: unknown): NonNullable<ApplyRecord['failure']> {
  if (!(error instanceof PipelineError)) return { code: 'INTERNAL', message: messageOf(error) }
  const { code, message, hint } = error
  return { code, message, ...(hint === undefined ? {} : { hint }) }
}

/** The lock that says that the run is at work. Without it the run is taken for one that has died. */
async function lockRun({ fs, locks, clock }: Host, id: string): Promise<Lock | undefined> {
  try {
    fs.makeDirectory(applyDirectory(id))
    for (let attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
      const result = await locks.acquire(applyDirectory(id), 'thar-be-settings')
      if (!('heldBy' in result)) return result
      // the server takes it for a moment to see whether somebody has it
      await clock.sleep(LOCK_RETRY_MS)
    }
  } catch {
    // no place for locks
  }
  return undefined
}
