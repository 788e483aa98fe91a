import { encodeIllegal, requestUri } from './uri.ts'
import { usageError } from '../lib/args.ts'
import { jsonObject, printJsonPretty, type JsonValue } from '../lib/json.ts'
import { SPEC } from './args.ts'
import type { Call } from './call.ts'
import { mergeJson } from './merge.ts'

const DEFAULT_PREFIXES = ['os.', 'settings.']

/** The URIs that are asked for, in order. @throws PipelineError `USAGE` */
export function planGet(words: readonly string[]): string[] {
  for (const word of words) if (word.startsWith('-')) throw usageError(SPEC, `unknown argument '${word}'`)
  const uris = words.filter((word) => word.startsWith('/'))
  if (uris.length > 0) {
    if (words.length > 1) throw usageError(SPEC, 'a URI cannot be combined with anything else')
    return uris.map(requestUri)
  }
  const prefixes = words.length === 0 ? DEFAULT_PREFIXES : words
  return prefixes.map((prefix) => `/?prefix=${encodeIllegal(prefix).replaceAll('#', '%23')}`)
}

/** Prints the merged answers as pretty JSON. */
export async function get({ words, api, io }: Call): Promise<void> {
  let merged: JsonValue | undefined
  for (const uri of planGet(words)) {
    const answer = await api.getJson(uri)
    merged = merged === undefined ? answer : mergeJson(merged, answer)
  }
  io.stdout.write(`${printJsonPretty(merged ?? jsonObject())}\n`)
}
