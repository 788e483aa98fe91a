/** A datastore in a directory: one file per key. What was read is kept in memory, since nobody else writes. */
import path from 'node:path'
import { compareBytes } from '../lib/byte-order.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import type { RootFs } from '../lib/ports.ts'
import { formatKey, parseSegments, type Key } from '../model/key.ts'
import type { Pairs } from '../model/pairs.ts'
import { applyChanges, recoverChanges, type ChangeSet } from './change-set.ts'
import { decodeName, encodeName, keyPath, MAX_FILE_NAME_BYTES, metadataPath, parseStoredPath } from './layout.ts'
import { LIVE, pendingIn, type DataStore, type MetadataByKey, type Scope, type StoreChange } from './store.ts'
import { journalPathOf } from './versions.ts'

/** Only these keys of a transaction are ever committed. */
const COMMITTED_PREFIX = 'settings.'

/** The content of a scope as it was read. */
interface Area {
  readonly data: Map<string, string>
  readonly metadata: Map<string, Map<string, string>>
  /** Names of files that could not be read, with the reason; data keys and `key metadata-key`. */
  readonly unreadable: Map<string, string>
}

const emptyArea = (): Area => ({ data: new Map(), metadata: new Map(), unreadable: new Map() })

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
  private readonly journalPath: string
  private live: Area | undefined
  private readonly pending = new Map<string, Area>()
  private unfinished = true

  /**
   * @param fs files of the target
   * @param base the datastore directory itself, links resolved (`resolveDatastore`)
   */
  constructor(fs: RootFs, base: string) {
    this.fs = fs
    this.base = base
    this.journalPath = journalPathOf(base)
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
    const writes = new Map(changes.map((change) => [this.pathOf(change), change.text]))
    this.change({ writes, moves: new Map(), removals: [], durable: false })
    for (const change of changes) this.remember(change)
  }

  unset(key: Key, scope: Scope): void {
    const directory = this.directoryOf(scope)
    const file = `${directory}/${keyPath(key.segments)}`
    this.ready()
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
    const { metadata, unreadable } = this.area(LIVE)
    const reason = unreadable.get(`${key.name} ${metadataKey}`)
    if (reason !== undefined) throw corrupt(`${metadataKey} of ${key.name} cannot be read: ${reason}`)
    return metadata.get(key.name)?.get(metadataKey)
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
      .sort(compareBytes)
  }

  commit(transaction: string): string[] {
    const scope = pendingIn(transaction)
    const pairs = this.getPrefix(COMMITTED_PREFIX, scope)
    if (pairs.size === 0) return []
    const from = this.directoryOf(scope)
    const to = this.directoryOf(LIVE)
    const paths = [...pairs.keys()].map((name) => keyPath(parseSegments(name)))
    this.change({
      writes: new Map(),
      moves: new Map(paths.map((relative) => [`${from}/${relative}`, `${to}/${relative}`])),
      removals: [from],
      durable: true,
    })
    for (const [key, text] of pairs) this.remember({ kind: 'data', scope: LIVE, key, text })
    this.pending.delete(transaction)
    return [...pairs.keys()]
  }

  deleteTransaction(transaction: string): string[] {
    const scope = pendingIn(transaction)
    const keys = this.keys(COMMITTED_PREFIX, scope)
    this.remove(this.directoryOf(scope))
    this.pending.delete(transaction)
    return keys
  }

  dropTransactions(): void {
    this.remove(`${this.base}/pending`)
    this.pending.clear()
  }

  private directoryOf(scope: Scope): string {
    return scope.kind === 'live' ? `${this.base}/live` : `${this.base}/pending/${encodeName(scope.transaction)}`
  }

  private pathOf(change: StoreChange): string {
    const segments = parseSegments(change.key)
    const relative = change.kind === 'data' ? keyPath(segments) : metadataPath(segments, change.metadataKey)
    const scope = change.kind === 'data' ? change.scope : LIVE
    if (scope.kind === 'pending' && encodeName(scope.transaction).length > MAX_FILE_NAME_BYTES) {
      throw new PipelineError('DATASTORE_UNWRITABLE', 'the name of the transaction is too long')
    }
    if (relative.split('/').some((name) => name.length > MAX_FILE_NAME_BYTES)) {
      throw new PipelineError('DATASTORE_KEY_TOO_LONG', `a segment of ${change.key} is too long for a file name`)
    }
    return `${this.directoryOf(scope)}/${relative}`
  }

  /** Finishes what a crash or a failed clean-up left, before anything else is done. */
  private ready(): void {
    if (!this.unfinished) return
    if (recoverChanges(this.fs, this.journalPath)) this.forget()
    this.unfinished = false
  }

  private change(changes: ChangeSet): void {
    this.ready()
    try {
      this.unfinished = !applyChanges(this.fs, this.journalPath, changes)
    } catch (error) {
      this.forget()
      this.unfinished = true
      throw error
    }
  }

  private remove(directory: string): void {
    this.ready()
    if (this.fs.lstat(directory) === undefined) return
    this.change({ writes: new Map(), moves: new Map(), removals: [directory], durable: false })
  }

  private isEmptyDirectory(directory: string): boolean {
    return this.fs.stat(directory)?.kind === 'directory' && this.fs.readDirectory(directory).length === 0
  }

  private forget(): void {
    this.live = undefined
    this.pending.clear()
  }

  /** Notes what has just been written, if its scope was read before. */
  private remember(change: StoreChange): void {
    if (change.kind === 'metadata') {
      if (this.live === undefined) return
      const entries = this.live.metadata.get(change.key) ?? new Map<string, string>()
      this.live.metadata.set(change.key, entries.set(change.metadataKey, change.text))
      this.live.unreadable.delete(`${change.key} ${change.metadataKey}`)
      return
    }
    const { scope } = change
    const area = scope.kind === 'live' ? this.live : this.pending.get(scope.transaction)
    area?.data.set(change.key, change.text)
    area?.unreadable.delete(change.key)
  }

  private area(scope: Scope): Area {
    this.ready()
    const known = scope.kind === 'live' ? this.live : this.pending.get(scope.transaction)
    if (known !== undefined) return known
    const directory = this.directoryOf(scope)
    if (scope.kind === 'pending') {
      const name = path.posix.basename(directory)
      if (name.length > MAX_FILE_NAME_BYTES || this.fs.stat(directory) === undefined) return emptyArea()
      const area = this.read(directory)
      this.pending.set(scope.transaction, area)
      return area
    }
    if (this.fs.stat(directory)?.kind !== 'directory') {
      throw corrupt(`${directory} is missing: this is no datastore, or it has lost its data`)
    }
    this.live = this.read(directory)
    return this.live
  }

  /** Reads everything below a directory. Links are not followed; only regular files count. */
  private read(directory: string): Area {
    const area = emptyArea()
    const walk = (relative: string): void => {
      for (const { name, kind } of this.fs.readDirectory(`${directory}/${relative}`)) {
        const child = relative === '' ? name : `${relative}/${name}`
        if (kind === 'directory') walk(child)
        else if (kind === 'file') this.readInto(area, directory, child)
      }
    }
    try {
      walk('')
    } catch (cause) {
      throw new PipelineError('DATASTORE_CORRUPT', `the datastore cannot be read: ${messageOf(cause)}`, { cause })
    }
    return area
  }

  private readInto(area: Area, directory: string, relative: string): void {
    const stored = parseStoredPath(relative)
    if (stored === undefined) return
    const { key, metadataKey } = stored
    try {
      const text = this.fs.readText(`${directory}/${relative}`)
      if (metadataKey === undefined) {
        area.data.set(key, text)
      } else {
        const entries = area.metadata.get(key) ?? new Map<string, string>()
        area.metadata.set(key, entries.set(metadataKey, text))
      }
    } catch (error) {
      const name = metadataKey === undefined ? key : `${key} ${metadataKey}`
      area.unreadable.set(name, error instanceof TypeError ? 'it is not UTF-8' : messageOf(error))
    }
  }
}

function notAValue(what: string): PipelineError {
  return new PipelineError('DATASTORE_NOT_A_VALUE', what)
}
