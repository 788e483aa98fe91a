import { usageError } from '../lib/args.ts'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { PipelineError } from '../lib/errors.ts'
import { parseJsonSource } from '../lib/json-source.ts'
import { isJsonObject, type JsonValue } from '../lib/json.ts'
import { parseUserToml } from '../toml/user-toml.ts'
import { fetchSource, parseSource } from './apply-sources.ts'
import { SPEC } from './args.ts'
import type { Call } from './call.ts'
import { newTransaction, takeChangeOptions } from './change.ts'
import { sendSettings, type Wording } from './refusal.ts'
import { finishUnlessUnset } from './unset.ts'
import { wordingOfDocument } from './wording.ts'

/** Sources that are fetched at the same time. */
const PARALLEL = 4

export type DecodedDocument =
  | { readonly ok: true; readonly settings: JsonValue; readonly wording: Wording }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/** What the JSON parser has to say about a text that is no TOML either. */
function asJson({ message, ...rest }: Diagnostic): Diagnostic {
  return { ...rest, code: 'APPLY_SOURCE_INVALID', message: `read as JSON: ${message}` }
}

/**
 * The settings of a document, which is TOML or else JSON; what both parsers found if it is neither. Other members
 * beside `settings` are ignored.
 */
export function decodeDocument(text: string, name: string): DecodedDocument {
  const fault = (message: string): DecodedDocument => ({
    ok: false,
    diagnostics: [
      {
        code: 'APPLY_SOURCE_INVALID',
        severity: 'error',
        message: `${name}: ${message}`,
        hint: 'put everything below [settings], for example [settings.kubernetes]',
      },
    ],
  })
  const toml = parseUserToml(text, name)
  const parsed = toml.ok ? toml : parseJsonSource(text, name)
  if (!parsed.ok) {
    return { ok: false, diagnostics: [...(toml.ok ? [] : toml.diagnostics), ...parsed.diagnostics.map(asJson)] }
  }
  if (!isJsonObject(parsed.tree)) return fault('not a table')
  const { settings } = parsed.tree
  if (settings === undefined) return fault('there is no [settings]')
  const shown = text.startsWith('\uFEFF') ? text.slice(1) : text
  return { ok: true, settings, wording: wordingOfDocument(shown, parsed.sourceMap, [['settings']]) }
}

type UsableDocument = Extract<DecodedDocument, { ok: true }>

/** The settings of every document. @throws PipelineError `APPLY_SOURCE_INVALID` with the faults of all of them */
function decodeDocuments(texts: readonly string[], names: readonly string[]): UsableDocument[] {
  const documents = texts.map((text, i) => decodeDocument(text, names[i] as string))
  const diagnostics = documents.flatMap((document) => (document.ok ? [] : document.diagnostics))
  if (diagnostics.length > 0) {
    throw new PipelineError('APPLY_SOURCE_INVALID', 'nothing was applied, since not all sources can be used', {
      diagnostics,
      sources: new Map(texts.map((text, i) => [names[i] as string, text])),
    })
  }
  return documents.filter((document) => document.ok)
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
export async function apply(call: Call): Promise<void> {
  const { transport, io, host } = call
  const { options, rest } = takeChangeOptions(call.words)
  for (const word of rest) {
    if (word.startsWith('-') && word !== '-') throw usageError(SPEC, `unknown argument '${word}'`)
  }
  const sources = (rest.length === 0 ? ['-'] : rest).map((word) => parseSource(word, io.cwd))
  const texts = await mapLimited(sources, PARALLEL, (source) => fetchSource(source, io, host))
  const documents = decodeDocuments(
    texts,
    sources.map(({ name }) => name),
  )
  const transaction = newTransaction('apply', host)
  for (const [i, { settings, wording }] of documents.entries()) {
    try {
      await sendSettings(transport, `/settings?tx=${transaction}`, settings, wording)
    } catch (error) {
      const name = sources[i]?.name ?? ''
      throw error instanceof PipelineError && documents.length > 1 ? named(error, name) : error
    }
  }
  await finishUnlessUnset(call, transaction, options, ...documents.map(({ settings }) => settings))
}

function named({ code, message, ...rest }: PipelineError, name: string): PipelineError {
  const { details, diagnostics, sources, cause, hint } = rest
  const more = hint === undefined ? {} : { hint }
  return new PipelineError(code, `${name}: ${message}`, { details, diagnostics, sources, cause, ...more })
}
