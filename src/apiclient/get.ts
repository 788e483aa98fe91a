import { encodeIllegal, requestUri } from './uri.ts'
import { usageError } from '../lib/args.ts'
import { sortedEntries } from '../lib/byte-order.ts'
import { PipelineError } from '../lib/errors.ts'
import { isJsonObject, jsonObject, printJsonPretty, type JsonValue } from '../lib/json.ts'
import { formatSegment } from '../model/key.ts'
import { SPEC } from './args.ts'
import type { Call } from './call.ts'
import { mergeJson } from './merge.ts'

const FORMATS = ['json', 'toml', 'keys'] as const
type Format = (typeof FORMATS)[number]

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

/** A tree as text in the wanted format. @throws PipelineError `VALUE_UNREPRESENTABLE` */
async function print(value: JsonValue, format: Format): Promise<string> {
  if (format === 'json') return `${printJsonPretty(value)}\n`
  if (!isJsonObject(value)) {
    throw new PipelineError('VALUE_UNREPRESENTABLE', `the answer is no object, so it cannot be printed as ${format}`, {
      hint: 'print it as json',
    })
  }
  if (format === 'keys') return [...keyNames(value)].map((name) => `${name}\n`).join('')
  // loaded only here: the TOML library would make every other call start slower
  const { printToml } = await import('../toml/trusted-toml.ts')
  try {
    return printToml(value)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new PipelineError('VALUE_UNREPRESENTABLE', `the answer cannot be printed as TOML: ${error.message}`)
  }
}

/** Names of all values, in byte order. Names that no key can have are shown in quotes all the same. */
function* keyNames(value: JsonValue, name = ''): Generator<string> {
  if (!isJsonObject(value) || (name !== '' && Object.keys(value).length === 0)) {
    yield name
    return
  }
  for (const [segment, item] of sortedEntries(value)) {
    yield* keyNames(item, name === '' ? formatSegment(segment) : `${name}.${formatSegment(segment)}`)
  }
}

/** Takes `--format` out of the words. @throws PipelineError `USAGE` */
function takeFormat(words: readonly string[]): { format: Format; rest: readonly string[] } {
  const at = words.indexOf('--format')
  if (at < 0) return { format: 'json', rest: words }
  const format = FORMATS.find((known) => known === words[at + 1])
  if (format === undefined) throw usageError(SPEC, `--format is one of ${FORMATS.join(', ')}`)
  return { format, rest: words.toSpliced(at, 2) }
}

/** Prints the merged answers. */
export async function get({ words, api, io }: Call): Promise<void> {
  const { format, rest } = takeFormat(words)
  let merged: JsonValue | undefined
  for (const uri of planGet(rest)) {
    const answer = await api.getJson(uri)
    merged = merged === undefined ? answer : mergeJson(merged, answer)
  }
  io.stdout.write(await print(merged ?? jsonObject(), format))
}
