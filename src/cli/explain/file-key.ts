import type { DocumentPath } from '../../lib/source-map.ts'

/** One value of a file under its key. */
export interface FileKey {
  /** Names and positions from the top of the file. */
  readonly path: DocumentPath
  /** From the key to the end of the value, in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** The value alone. */
  readonly valueStart: number
}
