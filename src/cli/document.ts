/** Settings documents as users hand them over: TOML or JSON, told apart by name or content. */
import type { Diagnostic } from '../lib/diagnostics.ts'
import { parseJsonSource } from '../lib/json-source.ts'
import { isJsonObject, member, type JsonValue } from '../lib/json.ts'
import type { DocumentPath, SourceMap } from '../lib/source-map.ts'
import { decodeUtf8 } from '../lib/utf8.ts'
import { parseUserToml } from '../toml/user-toml.ts'

export interface SettingsDocument {
  readonly file: string
  /** The value of `settings`. */
  readonly settings: JsonValue
  readonly sourceMap: SourceMap
  /** Where they stand in the document of the source map: below `settings` unless told. */
  readonly at?: DocumentPath
  /** What is known to be wrong with them, where that has been looked for. */
  readonly findings?: readonly Diagnostic[]
}

export type DocumentResult =
  | { readonly ok: true; readonly document: SettingsDocument }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

const START = { line: 1, column: 1, endLine: 1, endColumn: 1 }

function failure(code: Diagnostic['code'], file: string, message: string, hint: string): DocumentResult {
  return { ok: false, diagnostics: [{ code, severity: 'error', message, hint, at: { file, ...START } }] }
}

function looksLikeJson(text: string, file: string): boolean {
  return file.endsWith('.json') || (!file.endsWith('.toml') && text.trimStart().startsWith('{'))
}

function takeSettings(tree: JsonValue, sourceMap: SourceMap): DocumentResult {
  const settings = isJsonObject(tree) ? member(tree, 'settings') : undefined
  if (settings === undefined) {
    return failure(
      'USERDATA_NO_SETTINGS',
      sourceMap.file,
      'there is no `settings` in this document',
      'put everything below [settings], for example [settings.kubernetes]',
    )
  }
  return { ok: true, document: { file: sourceMap.file, settings, sourceMap } }
}

/** Reads a settings document. Every problem of its syntax is a diagnostic with its place. */
export function readDocument(bytes: Uint8Array, file: string): DocumentResult {
  let text: string
  try {
    text = decodeUtf8(bytes)
  } catch {
    return failure('USERDATA_NOT_UTF8', file, 'the document is not UTF-8 text', 'save it as UTF-8, not compressed')
  }
  const parsed = looksLikeJson(text, file) ? parseJsonSource(text, file) : parseUserToml(text, file)
  if (!parsed.ok) return { ok: false, diagnostics: parsed.diagnostics }
  return takeSettings(parsed.tree, parsed.sourceMap)
}
