/** What is checked: one document of settings, wherever it was found. */
import type { Diagnostic, Place } from '../lib/diagnostics.ts'
import type { JsonValue } from '../lib/json.ts'
import type { DocumentPath, SourceMap } from '../lib/source-map.ts'
import type { Stretch } from '../toml/template-text.ts'
import type { Relocate } from './embedded-text.ts'
import type { NamedVariant } from './variant-comment.ts'

/** How large user data is, in bytes. */
export interface UserDataSize {
  /** As it is handed to EC2. */
  readonly stored: number
  /** After gzip was undone, where it was used. */
  readonly unpacked?: number
  /** What gzip would make of it, where it was not used and is too large. */
  readonly packed?: number
}

/** User data as text. */
export interface TextBody {
  readonly kind: 'text'
  readonly text: string
  /** Parts whose text comes later, such as parameters of a template. */
  readonly unknown: readonly Stretch[]
  readonly size: UserDataSize
  /** From places in the text to places in the file, where the two differ. */
  readonly relocate?: Relocate
}

/** The content of `settings`, written in another format. */
export interface TreeBody {
  readonly kind: 'tree'
  readonly tree: JsonValue
  readonly sourceMap: SourceMap
  /** Where the tree stands in the document of the source map. */
  readonly at: DocumentPath
}

/** Something that could not be read so far. */
export interface BrokenBody {
  readonly kind: 'broken'
  readonly diagnostics: readonly Diagnostic[]
  /** As much of it as can be shown. */
  readonly text: string
}

export interface SettingsSource {
  /** The file as the user named it. */
  readonly file: string
  /** Where in the file, as a JSON pointer (RFC 6901) behind the number of the document, if it is not the whole file. */
  readonly part?: string
  /** Whether the file says that this is for Bottlerocket. */
  readonly isCertain: boolean
  /** The name that places in it carry: of the file, or of a part of it that was decoded. */
  readonly placeFile: string
  /** The text in which those places lie. */
  readonly placeText: string
  /** Where a decoded part stands in the file. */
  readonly standsAt?: Place
  /** The variants that comments say it is for: its own, else the nearest one above it in the file. Mostly none. */
  readonly variants: readonly NamedVariant[]
  readonly body: TextBody | TreeBody | BrokenBody
}

/** A part of a file that was left alone. */
export interface Skipped {
  readonly file: string
  readonly part?: string
  readonly reason: string
}

/** Where a document begins: in the file, or in the decoded part of it. */
export function startOfSource({ placeFile, body }: SettingsSource): Place {
  const start = { file: placeFile, line: 1, column: 1, endLine: 1, endColumn: 1 }
  if (body.kind === 'tree') return body.sourceMap.key(body.at) ?? body.sourceMap.value(body.at) ?? start
  return body.kind === 'text' && body.relocate !== undefined ? body.relocate(start) : start
}
