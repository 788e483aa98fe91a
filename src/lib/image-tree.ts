/**
 * The read-only files that an image ships, as data. A root may lack them: reads fall through to this tree, and nothing
 * of it is copied.
 */
export type ImageEntry =
  | { readonly kind: 'file'; readonly read: () => Uint8Array; readonly mode?: number }
  | { readonly kind: 'symlink'; readonly target: string }

/** Absolute path to entry. Directories are implied by the paths below them. */
export type ImageTree = ReadonlyMap<string, ImageEntry>
