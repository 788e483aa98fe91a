/**
 * Changes that have to be confirmed: they are in force at once, and taken back when nobody confirms them in time. Made
 * for changes that could cut off the one who makes them.
 */
import { LIVE, pendingIn, type DataStore } from '../datastore/store.ts'
import { isoTime, type ApplyTry } from '../api/apply-record.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { toJson, type JsonValue } from '../lib/json.ts'
import type { Logger } from '../lib/log.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host } from '../lib/ports.ts'
import type { SettingsModel } from '../model/models.ts'
import type { Pairs } from '../model/pairs.ts'
import { ApiError } from './http.ts'
import { planTakeBack, restore } from './take-back.ts'
import { readTries, triesPath, writeTries, type TriedKey, type Try } from './try-record.ts'

export interface TriesOptions {
  readonly host: Pick<Host, 'fs' | 'clock' | 'entropy'>
  readonly store: DataStore
  readonly model: SettingsModel
  /** The datastore directory itself, links resolved. */
  readonly datastore: string
  readonly log?: Logger
  /** Applies keys that were taken back. */
  apply(keys: readonly string[], change: ApplyTry): Promise<unknown>
}

/** How a change ended that had to be confirmed. */
interface EndedTry {
  readonly id: string
  readonly outcome: 'confirmed' | 'taken-back' | 'replaced'
  readonly at: string
  readonly keys: readonly string[]
  /** Keys that could not be taken back, because later settings need them. */
  readonly kept?: readonly string[]
}

const ID_LENGTH = 8
const MAX_ENDED = 5
const FIRST_RETRY_MS = 1000
const MAX_RETRY_MS = 60_000
/** Longest time to confirm, in seconds: a day. */
export const MAX_TRY_SECONDS = 86_400

/** The changes of one datastore that wait. */
export class Tries {
  private readonly options: TriesOptions
  private readonly file: string
  private readonly ended: EndedTry[] = []
  /** Appliers that are being started. */
  private readonly starting = new Set<Promise<unknown>>()
  /** The signal that ends the waiting for a change. */
  private readonly timers = new Map<string, AbortController>()
  private open: readonly Try[] = []
  /** Keys that were taken back before the server could be reached by an applier. */
  private unapplied: { readonly keys: readonly string[]; readonly change: ApplyTry }[] = []

  constructor(options: TriesOptions) {
    this.options = options
    this.file = triesPath(options.datastore)
  }

  /** Reads what an earlier server left, and takes back at once what is overdue. Nothing is applied yet. */
  load(): void {
    const { fs, clock } = this.options.host
    try {
      this.open = readTries(fs, this.file)
    } catch (error) {
      this.options.log?.error({}, `changes that wait to be confirmed are lost: ${messageOf(error)}`)
    }
    for (const each of this.open) if (each.deadline <= clock.now()) this.tryTakeBack(each)
  }

  /** Applies what `load` took back, and begins to wait for the rest. */
  start(): void {
    // in a boot that has applied nothing yet, the boot itself applies everything
    const isBoot = this.options.host.fs.stat(PATHS.applyRecords) === undefined
    if (isBoot) this.unapplied = []
    this.applyDue()
    for (const each of this.open) this.wait(each)
  }

  /** Ends all waiting; what is noted on the disk stays. Resolves when no applier is being started any more. */
  async close(): Promise<void> {
    for (const timer of this.timers.values()) timer.abort(new Error('closed'))
    await Promise.all(this.starting)
  }

  /**
   * Commits a transaction as a change that waits.
   *
   * @param commit commits the transaction
   * @throws ApiError 422 if nothing is pending, or what `commit` throws; then nothing has happened
   */
  begin(transaction: string, seconds: number, commit: () => readonly string[]): Try {
    const { store, host } = this.options
    const pending = store.getPrefix('settings.', pendingIn(transaction))
    if (pending.size === 0) throw new ApiError(422, `nothing is pending in the transaction '${transaction}'`)
    const before = this.open
    const deadline = Math.ceil(host.clock.now()) + seconds * 1000
    const keys = this.triedKeys(pending)
    const begun: Try = { id: host.entropy.alphanumeric(ID_LENGTH), seconds, deadline, keys }
    // noted before the commit, so that no crash can leave a change that nobody takes back
    this.save([...this.without([...pending.keys()]), begun])
    try {
      commit()
    } catch (error) {
      this.saveOrLog(before)
      throw error
    }
    this.drop(before)
    this.wait(begun)
    return begun
  }

  /** What is needed to take the pairs back. A key that is being tried already goes back to what it was before that. */
  private triedKeys(pending: Pairs): TriedKey[] {
    const live = this.options.store.getPrefix('settings.', LIVE)
    return [...pending].map(([key, text]) => {
      const earlier = this.open.flatMap(({ keys }) => keys).find((tried) => tried.key === key)
      if (earlier !== undefined) return { ...earlier, tried: [...new Set([...earlier.tried, text])] }
      return { key, before: live.get(key) ?? null, tried: [text] }
    })
  }

  /** The open changes without some keys; those that have no other are gone. */
  private without(keys: readonly string[]): Try[] {
    const gone = new Set(keys)
    return this.open
      .map((each) => ({ ...each, keys: each.keys.filter(({ key }) => !gone.has(key)) }))
      .filter((each) => each.keys.length > 0)
  }

  /** @throws PipelineError `DATASTORE_UNWRITABLE`; then nothing has happened */
  private save(open: readonly Try[]): void {
    try {
      writeTries(this.options.host.fs, this.file, open)
    } catch (cause) {
      const what = 'changes that wait to be confirmed cannot be noted'
      throw new PipelineError('DATASTORE_UNWRITABLE', `${what}: ${messageOf(cause)}`, { cause })
    }
    this.open = open
  }

  /** A key is taken back only while it holds what was tried, so that a record which is behind does little harm. */
  private saveOrLog(open: readonly Try[]): void {
    try {
      this.save(open)
    } catch (error) {
      this.open = open
      this.options.log?.error({}, messageOf(error))
    }
  }

  /** Ends the waiting of changes that are not open any more. */
  private drop(before: readonly Try[]): void {
    for (const { id, keys } of before) {
      if (this.open.some((each) => each.id === id)) continue
      this.timers.get(id)?.abort(new Error('ended'))
      this.timers.delete(id)
      this.noteEnd({ id, outcome: 'replaced', keys: keys.map(({ key }) => key) })
    }
  }

  private noteEnd(ended: Omit<EndedTry, 'at'>): void {
    if (this.ended.some(({ id }) => id === ended.id)) return
    this.ended.unshift({ ...ended, at: isoTime(this.options.host.clock.now()) })
    this.ended.length = Math.min(this.ended.length, MAX_ENDED)
  }

  /** Keys that were committed for good are taken out of the changes that wait. */
  committed(keys: readonly string[]): void {
    const open = this.without(keys)
    const before = this.open
    if (open.length === before.length && open.every((each, i) => each.keys.length === before[i]?.keys.length)) return
    this.saveOrLog(open)
    this.drop(before)
  }

  /**
   * Makes changes stay: all that wait, or one.
   *
   * @returns their keys
   * @throws ApiError 422 if nothing waits, PipelineError if that cannot be noted; then they still wait
   */
  confirm(id: string | undefined): string[] {
    const confirmed = this.open.filter((each) => id === undefined || each.id === id)
    if (confirmed.length === 0) throw new ApiError(422, `nothing waits to be confirmed${this.lastEnd()}`)
    this.save(this.open.filter((each) => !confirmed.includes(each)))
    for (const each of confirmed) {
      this.timers.get(each.id)?.abort(new Error('confirmed'))
      this.timers.delete(each.id)
      this.noteEnd({ id: each.id, outcome: 'confirmed', keys: each.keys.map(({ key }) => key) })
      this.removeBackup(each.id)
    }
    return confirmed.flatMap(({ keys }) => keys.map(({ key }) => key))
  }

  private removeBackup(id: string): void {
    try {
      this.options.host.fs.remove(`${PATHS.tryBackups}/${id}.json`)
    } catch {
      // it lies in a place that is empty after the next boot
    }
  }

  private lastEnd(): string {
    const [last] = this.ended
    if (last === undefined) return ''
    const what = { confirmed: 'confirmed', 'taken-back': 'taken back', replaced: 'replaced by another commit' }
    return `; the last change was ${what[last.outcome]} at ${last.at}`
  }

  /** The changes that wait, and how the last ones ended. */
  status(): { readonly tries: JsonValue; readonly endedTries: JsonValue } {
    const now = this.options.host.clock.now()
    const tries = this.open.map(({ id, seconds, deadline, keys }) => ({
      id,
      seconds,
      deadline: isoTime(deadline),
      secondsLeft: Math.max(0, Math.ceil((deadline - now) / 1000)),
      keys: keys.map(({ key }) => key),
    }))
    return { tries: toJson(tries), endedTries: toJson(this.ended) }
  }

  private wait(each: Try): void {
    const timer = new AbortController()
    this.timers.set(each.id, timer)
    const now = this.options.host.clock.now()
    // a clock that was set back must not make it longer
    const ms = Math.min(Math.max(0, each.deadline - now), each.seconds * 1000)
    void this.takeBackAfter(each.id, ms, timer.signal)
  }

  private async takeBackAfter(id: string, ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.options.host.clock.sleep(ms, signal)
      for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
        const each = this.open.find((open) => open.id === id)
        if (each === undefined || this.tryTakeBack(each)) break
        await this.options.host.clock.sleep(retryMs, signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
      return
    }
    this.applyDue()
  }

  private applyDue(): void {
    const due = this.unapplied
    this.unapplied = []
    for (const { keys, change } of due) this.apply(keys, change)
  }

  /** Restores what was there before. @returns whether that is done; else everything still waits */
  private tryTakeBack(each: Try): boolean {
    const { store, model, host, datastore, log } = this.options
    try {
      const { restored, kept } = planTakeBack(model, store.getPrefix('settings.', LIVE), each.keys)
      restore(store, host.fs, datastore, each.id, restored)
      this.save(this.open.filter(({ id }) => id !== each.id))
      const keys = restored.map(({ key }) => key)
      this.noteEnd({
        id: each.id,
        outcome: 'taken-back',
        keys,
        ...(kept.length === 0 ? {} : { kept: kept.map(({ key }) => key) }),
      })
      log?.warn({ keys }, 'nobody confirmed the change in time: taken back')
      if (keys.length > 0) this.unapplied.push({ keys, change: { id: each.id, kind: 'take-back' } })
      this.timers.delete(each.id)
      return true
    } catch (error) {
      log?.error({ keys: each.keys.map(({ key }) => key) }, `the change cannot be taken back: ${messageOf(error)}`)
      return false
    }
  }

  private apply(keys: readonly string[], change: ApplyTry): void {
    const started = this.options
      .apply(keys, change)
      .catch((error: unknown) => {
        this.options.log?.error({ keys }, `what was taken back cannot be applied: ${messageOf(error)}`)
      })
      .finally(() => this.starting.delete(started))
    this.starting.add(started)
  }
}
