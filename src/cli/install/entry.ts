/** What `install` lays under a root, as data. */

/** What an entry is for; sizes are told by this. */
export const ENTRY_KINDS = ['programs', 'variant data', 'templates', 'units', 'enablement'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

interface Common {
  /** Absolute path on the target. */
  readonly path: string
  readonly kind: EntryKind
}

export interface FileEntry extends Common {
  readonly data: Uint8Array
  /** Permission bits. */
  readonly mode: number
}

export interface LinkEntry extends Common {
  /** The text of the link. */
  readonly target: string
}

/** A file or a symbolic link of the target. */
export type Entry = FileEntry | LinkEntry

export const isLink = (entry: Entry): entry is LinkEntry => 'target' in entry
