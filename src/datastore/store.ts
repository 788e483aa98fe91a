/** What a datastore offers. One process at a time owns a store, and every operation is synchronous. */
import type { Key } from '../model/key.ts'
import type { Pairs } from '../model/pairs.ts'

/** Data that is in force, or data of a transaction that waits for its commit. Metadata is always live. */
export type Scope = { readonly kind: 'live' } | { readonly kind: 'pending'; readonly transaction: string }

/** Data that is in force. */
export const LIVE: Scope = { kind: 'live' }

/** Data of a transaction. Any non-empty text names one. */
export function pendingIn(transaction: string): Scope {
  return { kind: 'pending', transaction }
}

/** One value to write. Names are canonical key names, texts are JSON. */
export type StoreChange =
  | { readonly kind: 'data'; readonly scope: Scope; readonly key: string; readonly text: string }
  | { readonly kind: 'metadata'; readonly key: string; readonly metadataKey: string; readonly text: string }

/** Data key name to metadata key to stored text. */
export type MetadataByKey = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * A store of settings, services, configuration files and their metadata.
 *
 * Every method throws PipelineError: `DATASTORE_CORRUPT` if the store or a stored value cannot be read, and those that
 * write `DATASTORE_UNWRITABLE`, after which everything is as it was before.
 */
export interface DataStore {
  /**
   * The text stored for a key, or undefined.
   *
   * @throws PipelineError `DATASTORE_NOT_A_VALUE` if there are only keys below it, or a value above it
   */
  get(key: Key, scope: Scope): string | undefined
  /** Whether a value is stored for exactly this key; it is not read. */
  has(key: Key, scope: Scope): boolean
  /** All pairs whose name starts with `prefix` as plain text: `settings.n` matches `settings.ntp.x`. */
  getPrefix(prefix: string, scope: Scope): Map<string, string>
  /** Names of all keys that start with `prefix` as plain text, in byte order; values are not read. */
  keys(prefix: string, scope: Scope): string[]
  /**
   * Writes all of the changes or none. A crash or power cut may undo any of them: transactions do not outlive a boot,
   * and what a release brings is added again at the next one. Only a commit is safe.
   */
  apply(changes: readonly StoreChange[]): void
  /** Writes all of the pairs or none; other keys stay as they are. */
  set(pairs: Pairs, scope: Scope): void
  /** Removes a key; a missing one is fine. */
  unset(key: Key, scope: Scope): void
  /** Metadata of exactly this data key. */
  getMetadata(metadataKey: string, key: Key): string | undefined
  /** Metadata of the key or, where it has none, of the nearest key above it. The keys need no value. */
  inheritedMetadata(metadataKey: string, key: Key): string | undefined
  /** All metadata of data keys whose name starts with `prefix` as plain text. */
  listMetadata(prefix: string): MetadataByKey
  /** Names of the transactions that exist, in byte order. */
  transactions(): string[]
  /**
   * Makes the settings of a transaction live and ends it; nothing else that is live changes. Also across a crash either
   * all of it happens or nothing.
   *
   * @returns the names of the committed keys in byte order; empty if nothing was pending, and then nothing happens
   */
  commit(transaction: string): string[]
  /** Drops a transaction; a missing one is fine. @returns the names of its settings in byte order */
  deleteTransaction(transaction: string): string[]
  /** Drops all transactions. */
  dropTransactions(): void
  /** Has everything that was committed on the disk, in its files, the journal empty, and what was dropped removed. */
  close(): Promise<void>
}
