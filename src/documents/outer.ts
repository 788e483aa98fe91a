/** Files that hold user data among other things, in one form for YAML and JSON. */
import type { Diagnostic } from '../lib/diagnostics.ts'
import type { JsonValue } from '../lib/json.ts'
import type { DocumentPath, PlaceFinder, SourceMap } from '../lib/source-map.ts'
import type { EmbeddedText } from './embedded-text.ts'

/** One document of such a file. */
export interface OuterDocument {
  readonly tree: JsonValue
  readonly sourceMap: SourceMap
  readonly places: PlaceFinder
  /** The string at a path with the place of each of its characters, or undefined where they cannot be told. */
  text(path: DocumentPath): EmbeddedText | undefined
}

export type OuterFile =
  | { readonly ok: true; readonly documents: readonly OuterDocument[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
