/**
 * Commits that are acknowledged by one sync.
 *
 * A commit is decided when its record is in the journal and the journal is on the disk. Its files are then written
 * without a sync; a crash or power cut before they are on the disk is made good from the journal. A checkpoint syncs the
 * files of many commits at once and empties the journal.
 */
import path from 'node:path'
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import type { Clock, RootFs } from '../lib/ports.ts'
import {
  directoriesAbove,
  DONE_LINE,
  emptyJournal,
  encodeRecord,
  readRecovery,
  rewriteFiles,
  syncRewritten,
  type CommitRecord,
  type Recovery,
} from './journal.ts'

/** A longer journal is not left for later. */
const MAX_RECORDS = 200
const MAX_BYTES = 4 * 1024 * 1024
/** A checkpoint is due when there was no commit for so long. */
const IDLE_MS = 3000

/** The error for a datastore that could not be written. */
export function unwritable(reason: string, cause: unknown): PipelineError {
  return new PipelineError('DATASTORE_UNWRITABLE', `the datastore could not be written: ${reason}`, {
    hint: 'Check free space and inodes, permissions, and whether the file system is mounted read-only.',
    cause,
  })
}

/** See above. */
export class CommitLog {
  private readonly fs: RootFs
  private readonly journalPath: string
  private readonly clock: Clock | undefined
  private readonly stopped = new AbortController()
  /** Whether the journal may hold what this object does not know of. */
  private unread = true
  /** Whether files of the last record could not be written. */
  private behind = false
  private unrecovered: Recovery | undefined
  /** Whether a sync failed: the next one of the same files may succeed although they never reached the disk. */
  private distrusted = false
  private isNameDurable = false
  private records = 0
  private bytes = 0
  /** Live files that may not be on the disk, with the number of the commit that wrote them last. */
  private readonly dirty = new Map<string, number>()
  private commits = 0
  private waiting = false
  private running: Promise<void> | undefined

  /** @param clock for checkpoints while nothing is committed; without one they happen on `close` and when they must */
  constructor(fs: RootFs, journalPath: string, clock?: Clock) {
    this.fs = fs
    this.journalPath = journalPath
    this.clock = clock
  }

  /**
   * Finishes what an earlier process, or a failure, left in the journal. Where that cannot be written now, the store can
   * be read all the same, see `recovery`.
   *
   * @returns whether files may have changed, or what is to be read instead of them
   * @throws PipelineError `DATASTORE_CORRUPT`
   */
  open(): boolean {
    if (!this.unread) return false
    const recovery = this.read()
    this.unread = false
    this.forget()
    if (recovery === undefined) return false
    try {
      this.recover(recovery)
    } catch {
      this.behind = true
      this.unrecovered = recovery
    }
    return true
  }

  /** What an earlier process committed and could not be written to its files yet. */
  get recovery(): Recovery | undefined {
    return this.unrecovered
  }

  private read(): Recovery | undefined {
    try {
      return readRecovery(this.fs, this.journalPath)
    } catch (cause) {
      const message = `the journal of the datastore, ${this.journalPath}, cannot be read: ${messageOf(cause)}`
      throw new PipelineError('DATASTORE_CORRUPT', message, { cause })
    }
  }

  /** Whether what is on the disk lags behind what was committed. */
  get isBehind(): boolean {
    return this.behind
  }

  /** Writes what was committed to its files. @throws PipelineError `DATASTORE_UNWRITABLE`, `DATASTORE_CORRUPT` */
  catchUp(): void {
    if (!this.behind) return
    const recovery = this.read()
    if (recovery !== undefined) this.recover(recovery)
    this.forget()
  }

  private recover(recovery: Recovery): void {
    try {
      rewriteFiles(this.fs, recovery, this.distrusted)
    } catch (cause) {
      throw unwritable(messageOf(cause), cause)
    }
    try {
      syncRewritten(this.fs, this.journalPath, recovery)
    } catch (cause) {
      throw this.failedSync(cause)
    }
  }

  /**
   * Commits a record. Does not fail once the record is decided: what `write` could not do is then made good later.
   *
   * @param write writes the record's values to their files and removes the transaction
   * @throws PipelineError `DATASTORE_UNWRITABLE`; then nothing is committed
   */
  commit(record: CommitRecord, write: () => void): void {
    this.append(encodeRecord(path.posix.dirname(this.journalPath), record))
    this.commits++
    this.records++
    for (const file of record.values.keys()) this.dirty.set(file, this.commits)
    try {
      write()
      this.fs.appendFile(this.journalPath, DONE_LINE)
      this.bytes += DONE_LINE.length
    } catch {
      this.behind = true
    }
    if (this.records >= MAX_RECORDS || this.bytes >= MAX_BYTES) this.tryCheckpoint()
    else if (this.clock !== undefined && !this.waiting) void this.checkpointWhenIdle(this.clock)
  }

  private append(line: string): void {
    try {
      this.fs.appendFile(this.journalPath, line, 0o600)
      this.fs.syncFile(this.journalPath)
      if (!this.isNameDurable) this.fs.syncDirectory(path.posix.dirname(this.journalPath))
      this.isNameDurable = true
      this.bytes += Buffer.byteLength(line)
    } catch (cause) {
      this.takeBack()
      throw unwritable(messageOf(cause), cause)
    }
  }

  /** Removes what a failed append may have left. */
  private takeBack(): void {
    try {
      const size = this.fs.stat(this.journalPath)?.size ?? 0
      if (size > this.bytes) this.fs.truncateFile(this.journalPath, this.bytes)
    } catch {
      this.unread = true // the journal itself says what was decided
    }
  }

  private forget(): void {
    this.behind = false
    this.unrecovered = undefined
    this.distrusted = false
    this.records = 0
    this.bytes = 0
    this.dirty.clear()
  }

  private empty(): void {
    emptyJournal(this.fs, this.journalPath)
    this.forget()
  }

  private namesOf(files: readonly string[]): Set<string> {
    return directoriesAbove(path.posix.dirname(this.journalPath), files)
  }

  /** Makes everything durable and empties the journal. @throws PipelineError; then the journal is still whole */
  checkpointNow(): void {
    this.catchUp()
    if (this.records === 0) return
    try {
      const files = [...this.dirty.keys()]
      for (const file of [...files, ...this.namesOf(files)]) syncIfThere(this.fs, file)
      this.empty()
    } catch (cause) {
      throw this.failedSync(cause)
    }
  }

  /** Has everything written again from the journal. @returns the error to throw */
  private failedSync(cause: unknown): PipelineError {
    this.behind = true
    this.distrusted = true
    return unwritable(messageOf(cause), cause)
  }

  private tryCheckpoint(): void {
    try {
      this.checkpointNow()
    } catch {
      // the journal keeps what was committed
    }
  }

  private async checkpointWhenIdle(clock: Clock): Promise<void> {
    this.waiting = true
    try {
      for (let seen = -1; seen !== this.commits;) {
        seen = this.commits
        await clock.sleep(IDLE_MS, this.stopped.signal)
      }
      await this.checkpoint()
    } catch {
      // stopped, or the disk does not take it: the journal keeps what was committed
    } finally {
      this.waiting = false
    }
  }

  /** `checkpointNow` without holding up anything else. */
  checkpoint(): Promise<void> {
    this.running ??= this.syncUntilClean().finally(() => {
      this.running = undefined
    })
    return this.running
  }

  private async syncUntilClean(): Promise<void> {
    while (this.dirty.size > 0) {
      const batch = [...this.dirty]
      const files = batch.map(([file]) => file)
      await this.fs.syncAll([...files, ...this.namesOf(files)]).catch((cause: unknown) => {
        throw this.failedSync(cause)
      })
      for (const [file, commit] of batch) if (this.dirty.get(file) === commit) this.dirty.delete(file)
    }
    this.catchUp()
    if (this.records > 0) this.empty()
  }

  /** Ends the waiting for a checkpoint and makes it now. If that fails, the next opening does it. */
  async close(): Promise<void> {
    this.stopped.abort(new Error('closed'))
    await this.checkpoint().catch(() => undefined)
  }
}

function syncIfThere(fs: RootFs, file: string): void {
  try {
    fs.syncFile(file)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}
