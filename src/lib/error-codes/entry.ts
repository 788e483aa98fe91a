export interface ErrorCodeEntry {
  /** What it means, one sentence. */
  readonly meaning: string
  /** What the reader can do about it, one sentence. */
  readonly hint: string
}

/** One entry of the catalogue. */
export function entry(meaning: string, hint: string): ErrorCodeEntry {
  return { meaning, hint }
}
