import type { Place } from './diagnostics.ts'

/** Where a value stands in a document: member names and list positions from the top. */
export type DocumentPath = readonly (string | number)[]

/** Places of the keys and values of one document. */
export interface SourceMap {
  /** The document's name as the user typed it. */
  readonly file: string
  /** The key that names the value, or undefined if the path is not in the document. */
  key(path: DocumentPath): Place | undefined
  /** The value. */
  value(path: DocumentPath): Place | undefined
}
