import { usageError } from '../lib/args.ts'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { PipelineError } from '../lib/errors.ts'
import { JsonSyntaxError, parseJson } from '../lib/json-parse.ts'
import { isJsonObject, type JsonValue } from '../lib/json.ts'
import { parseUserToml } from '../toml/user-toml.ts'
import { fetchSource, parseSource } from './apply-sources.ts'
import { SPEC } from './args.ts'
import { commitAndApply, newTransaction, patchSettings, type Call } from './call.ts'

/** Sources that are fetched at the same time. */
const PARALLEL = 4

function parseAsJson(
  text: string,
  name: string,
): { ok: true; tree: JsonValue } | { ok: false; diagnostic: Diagnostic } {
  try {
    return { ok: true, tree: parseJson(text) }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    const { line, column, message } = error
    const at = { file: name, line, column, endLine: line, endColumn: column + 1 }
    return {
      ok: false,
      diagnostic: { code: 'APPLY_SOURCE_INVALID', severity: 'error', message: `read as JSON: ${message}`, at },
    }
  }
}

export type DecodedDocument =
  | { readonly ok: true; readonly settings: JsonValue }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/**
 * The settings of a document, which is TOML or else JSON; what both parsers found if it is neither. Other members
 * beside `settings` are ignored.
 */
export function decodeDocument(text: string, name: string): DecodedDocument {
  const fault = (message: string): DecodedDocument => ({
    ok: false,
    diagnostics: [{ code: 'APPLY_SOURCE_INVALID', severity: 'error', message: `${name}: ${message}` }],
  })
  const toml = parseUserToml(text, name)
  const json = toml.ok ? toml : parseAsJson(text, name)
  if (!json.ok) return { ok: false, diagnostics: [...(toml.ok ? [] : toml.diagnostics), json.diagnostic] }
  if (!isJsonObject(json.tree)) return fault('not a table')
  const { settings } = json.tree
  return settings === undefined ? fault('there is no [settings]') : { ok: true, settings }
}

/** The settings of every document. @throws PipelineError `APPLY_SOURCE_INVALID` with the faults of all of them */
function decodeDocuments(texts: readonly string[], names: readonly string[]): JsonValue[] {
  const documents = texts.map((text, i) => decodeDocument(text, names[i] as string))
  const diagnostics = documents.flatMap((document) => (document.ok ? [] : document.diagnostics))
  if (diagnostics.length > 0) {
    throw new PipelineError('APPLY_SOURCE_INVALID', 'nothing was applied, since not all sources can be used', {
      diagnostics,
    })
  }
  return documents.flatMap((document) => (document.ok ? [document.settings] : []))
}

/** Runs a task for every item, a few at a time. @returns the results in the order of the items */
async function mapLimited<T, R>(items: readonly T[], limit: number, task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++
      results[i] = await task(items[i] as T)
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return results
}

/** Applies documents as one change: later ones go before earlier ones, and one fault changes nothing. */
export async function apply({ words, api, io, host }: Call): Promise<void> {
  for (const word of words) {
    if (word.startsWith('-') && word !== '-') throw usageError(SPEC, `unknown argument '${word}'`)
  }
  const sources = (words.length === 0 ? ['-'] : words).map((word) => parseSource(word, io.cwd))
  const texts = await mapLimited(sources, PARALLEL, (source) => fetchSource(source, io, host))
  const names = sources.map(({ name }) => name)
  const documents = decodeDocuments(texts, names)
  const transaction = newTransaction('apply', host)
  for (const [i, settings] of documents.entries()) {
    try {
      await patchSettings(api, settings, transaction)
    } catch (cause) {
      if (!(cause instanceof PipelineError) || documents.length === 1) throw cause
      const { code, details } = cause
      throw new PipelineError(code, `${names[i] ?? ''}: ${cause.message}`, { details, cause })
    }
  }
  await commitAndApply(api, transaction)
}
