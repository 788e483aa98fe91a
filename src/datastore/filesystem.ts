/** A datastore in a directory: one file per key. What was read is kept in memory, since nobody else writes. */
import path from 'node:path'
import { compareBytes } from '../lib/byte-order.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import type { Clock, RootFs } from '../lib/ports.ts'
import { formatKey, parseSegments, type Key } from '../model/key.ts'
import type { Pairs } from '../model/pairs.ts'
import { contentAt, emptyArea, metadataOf, readArea, remember, type Area } from './area.ts'
import { CommitLog, unwritable } from './commit-log.ts'
import { Discards } from './discards.ts'
import { decodeName, encodeName, keyPath, MAX_FILE_NAME_BYTES, metadataPath, parseStoredPath } from './layout.ts'
import { planMoves } from './plan-moves.ts'
import { LIVE, pendingIn, type DataStore, type MetadataByKey, type Scope, type StoreChange } from './store.ts'
import { journalPathOf } from './versions.ts'
import { KnownDirectories, Undo, writeInPlace } from './write-in-place.ts'

/** Only these keys of a transaction are ever committed. */
const COMMITTED_PREFIX = 'settings.'

function corrupt(what: string): PipelineError {
  return new PipelineError('DATASTORE_CORRUPT', what)
}

function withPrefix(names: Iterable<string>, prefix: string): string[] {
  return [...names].filter((name) => name.startsWith(prefix)).sort(compareBytes)
}

/** See `DataStore`. */
export class FilesystemStore implements DataStore {
  private readonly fs: RootFs
  private readonly base: string
  private readonly log: CommitLog
  private live: Area | undefined
  private readonly pending = new Map<string, Area>()
  private readonly directories: KnownDirectories
  private readonly discards: Discards

  /**
   * @param fs files of the target
   * @param base the datastore directory itself, links resolved (`resolveDatastore`)
   * @param clock lets a store that is not being written to empty its journal; then it has to be closed at the end
   */
  constructor(fs: RootFs, base: string, clock?: Clock) {
    this.fs = fs
    this.base = base
    this.log = new CommitLog(fs, journalPathOf(base), clock)
    this.directories = new KnownDirectories(fs)
    this.discards = new Discards(fs, `${base}/.discarded`)
  }

  get(key: Key, scope: Scope): string | undefined {
    const { data, unreadable } = this.area(scope)
    const text = data.get(key.name)
    if (text !== undefined) return text
    const reason = unreadable.get(key.name)
    if (reason !== undefined) throw corrupt(`the value of ${key.name} cannot be read: ${reason}`)
    const above = key.segments.map((_, i) => formatKey(key.segments.slice(0, i))).find((name) => data.has(name))
    if (above !== undefined) throw notAValue(`${above} has a value, so there is no key ${key.name} below it`)
    const inner = `${key.name}.`
    for (const name of data.keys()) {
      if (name.startsWith(inner)) throw notAValue(`${key.name} has no value of its own, only keys below it`)
    }
    return undefined
  }

  has(key: Key, scope: Scope): boolean {
    const { data, unreadable } = this.area(scope)
    return data.has(key.name) || unreadable.has(key.name)
  }

  getPrefix(prefix: string, scope: Scope): Map<string, string> {
    const { data, unreadable } = this.area(scope)
    for (const [name, reason] of unreadable) {
      if (name.startsWith(prefix)) throw corrupt(`the value of ${name} cannot be read: ${reason}`)
    }
    return new Map(withPrefix(data.keys(), prefix).map((name) => [name, data.get(name) as string]))
  }

  keys(prefix: string, scope: Scope): string[] {
    const { data, unreadable } = this.area(scope)
    return withPrefix([...data.keys(), ...[...unreadable.keys()].filter((name) => !name.includes(' '))], prefix)
  }

  set(pairs: Pairs, scope: Scope): void {
    this.apply([...pairs].map(([key, text]) => ({ kind: 'data', scope, key, text })))
  }

  apply(changes: readonly StoreChange[]): void {
    if (changes.length === 0) return
    const files = changes.map((change) => this.pathOf(change))
    this.settle(changes.some((change) => scopeOf(change).kind === 'live'))
    const areas = changes.map((change) => this.areaToWrite(scopeOf(change)))
    const undo = new Undo()
    try {
      changes.forEach((change, i) => {
        const [file, area] = [files[i] as string, areas[i] as Area]
        this.directories.make(path.posix.dirname(file), this.base, undo)
        writeInPlace(this.fs, file, change.text, contentAt(this.fs, file, area, change), undo)
      })
    } catch (cause) {
      const error = undo.run(cause)
      this.forget()
      throw error
    }
    changes.forEach((change, i) => {
      remember(areas[i] as Area, change)
    })
  }

  unset(key: Key, scope: Scope): void {
    const directory = this.directoryOf(scope)
    const file = `${directory}/${keyPath(key.segments)}`
    this.settle(scope.kind === 'live')
    try {
      this.fs.remove(file)
      let parent = path.posix.dirname(file)
      while (parent !== directory && this.isEmptyDirectory(parent)) {
        this.fs.removeDirectory(parent)
        parent = path.posix.dirname(parent)
      }
    } catch (cause) {
      throw new PipelineError('DATASTORE_UNWRITABLE', `${key.name} could not be removed: ${messageOf(cause)}`, {
        cause,
      })
    } finally {
      this.forget()
    }
  }

  getMetadata(metadataKey: string, key: Key): string | undefined {
    const area = this.area(LIVE)
    const reason = area.unreadable.get(`${key.name} ${metadataKey}`)
    if (reason !== undefined) throw corrupt(`${metadataKey} of ${key.name} cannot be read: ${reason}`)
    return metadataOf(area, key.name, metadataKey)
  }

  inheritedMetadata(metadataKey: string, key: Key): string | undefined {
    for (let length = key.segments.length; length > 0; length--) {
      const segments = key.segments.slice(0, length)
      const text = this.getMetadata(metadataKey, { segments, name: formatKey(segments) })
      if (text !== undefined) return text
    }
    return undefined
  }

  listMetadata(prefix: string): MetadataByKey {
    const { metadata, unreadable } = this.area(LIVE)
    for (const [name, reason] of unreadable) {
      if (name.includes(' ') && name.startsWith(prefix)) throw corrupt(`metadata ${name} cannot be read: ${reason}`)
    }
    return new Map(withPrefix(metadata.keys(), prefix).map((name) => [name, metadata.get(name) as Map<string, string>]))
  }

  transactions(): string[] {
    this.ready()
    const directory = `${this.base}/pending`
    if (this.fs.stat(directory) === undefined) return []
    return this.fs
      .readDirectory(directory)
      .filter(({ kind }) => kind === 'directory')
      .map(({ name }) => decodeName(name))
      .filter((name) => name !== undefined)
      .filter((name) => !this.log.isBehind || this.area(pendingIn(name)).data.size > 0)
      .sort(compareBytes)
  }

  commit(transaction: string): string[] {
    const scope = pendingIn(transaction)
    const pairs = this.getPrefix(COMMITTED_PREFIX, scope)
    if (pairs.size === 0) return []
    this.settle(false)
    const live = this.areaToWrite(LIVE)
    const [from, to] = [this.directoryOf(scope), this.directoryOf(LIVE)]
    const files = new Map([...pairs].map(([name, text]) => [keyPath(parseSegments(name)), text]))
    const undo = new Undo()
    try {
      this.discards.prepare()
      const moves = this.planMoves(scope, files.keys(), undo)
      const values = new Map([...files].map(([file, text]) => [`${to}/${file}`, text]))
      this.log.commit({ values, ended: from }, () => {
        for (const each of moves) {
          this.fs.rename(`${from}/${each}`, `${to}/${each}`)
          this.directories.move(`${from}/${each}`, `${to}/${each}`)
        }
        this.discards.add(from)
      })
    } catch (cause) {
      const error = undo.run(cause)
      this.forget()
      throw cause instanceof PipelineError ? cause : error
    }
    for (const [key, text] of pairs) remember(live, { kind: 'data', scope: LIVE, key, text })
    this.directories.forget(from)
    if (this.log.isBehind) this.pending.set(transaction, emptyArea())
    else this.pending.delete(transaction)
    return [...pairs.keys()]
  }

  deleteTransaction(transaction: string): string[] {
    const scope = pendingIn(transaction)
    const keys = this.keys(COMMITTED_PREFIX, scope)
    this.discard(this.directoryOf(scope))
    this.pending.delete(transaction)
    return keys
  }

  dropTransactions(): void {
    this.discard(`${this.base}/pending`)
    this.pending.clear()
  }

  async close(): Promise<void> {
    await this.log.close()
    await this.discards.close()
  }

  private directoryOf(scope: Scope): string {
    return scope.kind === 'live' ? `${this.base}/live` : `${this.base}/pending/${encodeName(scope.transaction)}`
  }

  private pathOf(change: StoreChange): string {
    const segments = parseSegments(change.key)
    const relative = change.kind === 'data' ? keyPath(segments) : metadataPath(segments, change.metadataKey)
    const scope = change.kind === 'data' ? change.scope : LIVE
    if (scope.kind === 'pending' && encodeName(scope.transaction).length > MAX_FILE_NAME_BYTES) {
      throw new PipelineError('DATASTORE_KEY_TOO_LONG', 'the name of the transaction is too long for a file name')
    }
    if (relative.split('/').some((name) => name.length > MAX_FILE_NAME_BYTES)) {
      throw new PipelineError('DATASTORE_KEY_TOO_LONG', `a segment of ${change.key} is too long for a file name`)
    }
    return `${this.directoryOf(scope)}/${relative}`
  }

  /** Finishes what a crash or a failure left, before anything else is done. */
  private ready(): void {
    if (this.log.open()) this.forget()
  }

  /**
   * Catches up with what was committed before anything is written.
   *
   * @param all also empty the journal, so that it cannot undo what is written past it
   */
  private settle(all: boolean): void {
    this.ready()
    if (this.log.isBehind) {
      this.log.catchUp()
      this.forget()
    }
    if (all) this.log.checkpointNow()
  }

  /** Removes a directory in one step: what cannot be removed any more after that is none of the store's. */
  private discard(directory: string): void {
    this.settle(false)
    try {
      if (this.fs.lstat(directory) === undefined) return
      if (this.hasRoomForDiscards()) this.discards.add(directory)
      else this.fs.removeTree(directory)
    } catch (cause) {
      throw unwritable(messageOf(cause), cause)
    }
    this.directories.forget(directory)
  }

  /** A full disk takes no new directory, but gives one up. */
  private hasRoomForDiscards(): boolean {
    try {
      this.discards.prepare()
      return true
    } catch {
      return false
    }
  }

  /** The renames of a commit, whose places are made or checked. @throws if something else is there */
  private planMoves(scope: Scope, files: Iterable<string>, undo: Undo): string[] {
    const to = this.directoryOf(LIVE)
    const isThere = (directory: string): boolean => this.directories.has(`${to}/${directory}`)
    const moves = this.area(scope).onlyData ? planMoves(files, isThere) : [...files]
    for (const each of moves) {
      this.directories.make(path.posix.dirname(`${to}/${each}`), this.base, undo)
      if (isThere(each)) throw new Error(`there are keys below ${each}`)
      const isDirectory = this.directories.has(`${this.directoryOf(scope)}/${each}`)
      if (isDirectory && this.fs.lstat(`${to}/${each}`) !== undefined) throw new Error(`there is a value at ${each}`)
    }
    return moves
  }

  private isEmptyDirectory(directory: string): boolean {
    return this.fs.stat(directory)?.kind === 'directory' && this.fs.readDirectory(directory).length === 0
  }

  private forget(): void {
    this.live = undefined
    this.pending.clear()
    this.directories.clear()
  }

  /** A scope's content; one that is missing is made by what is written next. */
  private areaToWrite(scope: Scope): Area {
    if (scope.kind === 'live') {
      if (this.live === undefined && this.fs.stat(this.directoryOf(LIVE)) === undefined) this.live = emptyArea()
      return this.area(LIVE)
    }
    const area = this.area(scope)
    this.pending.set(scope.transaction, area)
    return area
  }

  private area(scope: Scope): Area {
    this.ready()
    const known = scope.kind === 'live' ? this.live : this.pending.get(scope.transaction)
    if (known !== undefined) return known
    const directory = this.directoryOf(scope)
    if (scope.kind === 'pending') {
      const name = path.posix.basename(directory)
      if (name.length > MAX_FILE_NAME_BYTES || this.fs.stat(directory) === undefined) return emptyArea()
      if (directory === this.log.recovery?.ended) return emptyArea()
      const area = readArea(this.fs, directory, this.directories)
      this.pending.set(scope.transaction, area)
      return area
    }
    if (this.fs.stat(directory)?.kind !== 'directory') {
      throw corrupt(`${directory} is missing: this is no datastore, or it has lost its data`)
    }
    this.live = readArea(this.fs, directory, this.directories)
    this.addUnrecovered(this.live)
    return this.live
  }

  /** What was committed before this process started and is not in its files, because they cannot be written. */
  private addUnrecovered(live: Area): void {
    for (const [file, text] of this.log.recovery?.values ?? []) {
      const directory = `${this.directoryOf(LIVE)}/`
      const stored = file.startsWith(directory) ? parseStoredPath(file.slice(directory.length)) : undefined
      if (stored !== undefined) remember(live, { kind: 'data', scope: LIVE, key: stored.key, text })
    }
  }
}

const scopeOf = (change: StoreChange): Scope => (change.kind === 'data' ? change.scope : LIVE)

function notAValue(what: string): PipelineError {
  return new PipelineError('DATASTORE_NOT_A_VALUE', what)
}
