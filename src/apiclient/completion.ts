/** Completion in shells: the scripts, and the words that they ask for. */
import type { ApiClient } from '../api/client.ts'
import { usageError } from '../lib/args.ts'
import { PipelineError } from '../lib/errors.ts'
import { isJsonArray, isJsonObject, member, type JsonValue } from '../lib/json.ts'
import { parseCommandLine, SPEC, SUBCOMMAND_NAMES } from './args.ts'
import type { Call } from './call.ts'
import { completionScript } from './completion-scripts.ts'

/** One way to go on. */
interface Candidate {
  /** The whole word. */
  readonly word: string
  readonly description?: string
}

interface CatalogueEntry {
  readonly key: string
  readonly words: readonly string[]
  readonly description: string
}

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  raw: ['--uri', '--method', '--data'],
  get: ['--format'],
  set: ['--json', '--dry-run', '--try', '--wait', '--format'],
  apply: ['--dry-run', '--try', '--wait', '--format'],
  status: ['--all', '--format'],
  exec: ['--tty', '--no-tty'],
}
const GLOBAL_OPTIONS = ['--socket-path', '--log-level', '--verbose', '--help']
/** What may follow a word, whatever the subcommand. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--log-level': ['off', 'error', 'warn', 'info', 'debug', 'trace'],
  '--method': ['GET', 'PATCH', 'POST', 'DELETE'],
  '--format': ['text', 'json', 'toml', 'keys'],
}
const SECOND_WORDS: Readonly<Record<string, readonly string[]>> = {
  update: ['check', 'apply', 'cancel'],
  report: ['cis', 'cis-k8s', 'fips'],
  'ephemeral-storage': ['init', 'bind', 'list-disks', 'list-dirs'],
  completion: ['bash', 'zsh'],
}
/** Options whose value is a path or free text: the shell knows better, or nobody does. */
const FREE = new Set(['-s', '--socket-path', '-j', '--json', '--try', '-u', '--uri', '-d', '--data'])

const plain = (words: readonly string[]): Candidate[] => words.map((word) => ({ word }))

function entriesOf(answer: JsonValue): CatalogueEntry[] {
  return (isJsonArray(answer) ? answer : []).flatMap((entry) => {
    const [key, words, description] = ['key', 'words', 'description'].map((name) => member(entry, name))
    if (typeof key !== 'string') return []
    return {
      key,
      words: isJsonArray(words) ? words.map(String) : [],
      description: typeof description === 'string' ? description : '',
    }
  })
}

/** Names that users have chosen for a `*` of a catalogue key, from the settings in force. */
function namesAt(settings: JsonValue, segments: readonly string[]): string[] {
  let node: JsonValue | undefined = settings
  for (const segment of segments) node = member(node, segment)
  // names with dots would have to be quoted twice, for the API and for the shell
  return isJsonObject(node) ? Object.keys(node).filter((name) => /^[\w/-]+$/.test(name)) : []
}

/** A catalogue key with its `*` filled by the names in use; what cannot be filled ends before the name. */
function expand({ key }: CatalogueEntry, settings: JsonValue): string[] {
  let done: string[][] = [[]]
  const open: string[] = []
  for (const segment of key.split('.')) {
    if (segment !== '*') {
      done = done.map((segments) => [...segments, segment])
      continue
    }
    open.push(...done.map((segments) => `${segments.join('.')}.`))
    done = done.flatMap((segments) => namesAt(settings, segments).map((name) => [...segments, name]))
  }
  return [...done.map((segments) => segments.join('.')), ...open]
}

/** What a server tells about settings; nothing if there is none. */
async function askServer(api: ApiClient, uri: string): Promise<JsonValue> {
  try {
    return await api.getJson(uri)
  } catch (error) {
    if (error instanceof PipelineError) return null
    throw error
  }
}

interface KnownSetting {
  readonly name: string
  readonly entry: CatalogueEntry
}

async function knownSettings(api: ApiClient): Promise<KnownSetting[]> {
  const settings = await askServer(api, '/settings')
  const entries = entriesOf(await askServer(api, '/settings/catalogue'))
  return entries.flatMap((entry) => expand(entry, settings).map((name) => ({ name, entry })))
}

/** The next part of each name: up to the first dot behind what is typed. */
function nextParts(known: readonly KnownSetting[], typed: string, end: string): Candidate[] {
  const parts = new Map<string, Candidate>()
  for (const { name, entry } of known) {
    if (!name.startsWith(typed)) continue
    const dot = name.indexOf('.', typed.length)
    const isWhole = dot < 0
    const word = isWhole ? `${name}${end}` : name.slice(0, dot + 1)
    const description = isWhole && entry.description !== '' ? { description: entry.description } : {}
    parts.set(word, { word, ...description })
  }
  return [...parts.values()]
}

async function completePair(api: ApiClient, typed: string): Promise<Candidate[]> {
  const known = await knownSettings(api)
  const equals = typed.indexOf('=')
  // both spellings are right: the one that is typed goes on
  const prefix = typed.startsWith('settings.') ? 'settings.' : ''
  const withPrefix = (words: readonly Candidate[]): Candidate[] =>
    words.map((candidate) => ({ ...candidate, word: `${prefix}${candidate.word}` }))
  if (equals < 0) return withPrefix(nextParts(known, typed.slice(prefix.length), '='))
  const key = typed.slice(prefix.length, equals)
  const words = known.find(({ name }) => name === key)?.entry.words ?? []
  return withPrefix(plain(words.map((word) => `${key}=${word}`)))
}

async function completePrefix(api: ApiClient, typed: string): Promise<Candidate[]> {
  const known = (await knownSettings(api)).map(({ name, entry }) => ({ name: `settings.${name}`, entry }))
  return [...nextParts(known, typed, ''), ...plain(['os.', 'services.', 'configuration-files.'])]
}

/** The words that may stand where the last one is being typed. */
async function candidates(words: readonly string[], typed: string, call: Call): Promise<readonly Candidate[]> {
  const previous = words.at(-1) ?? ''
  if (FREE.has(previous)) return []
  if (previous in VALUES) return plain(VALUES[previous] ?? [])
  const line = parseCommandLine(words)
  if (line === undefined) return []
  const { subcommand, words: rest } = line
  const isNamed = words.includes(subcommand)
  if (typed.startsWith('-')) return plain([...(isNamed ? (OPTIONS[subcommand] ?? []) : []), ...GLOBAL_OPTIONS])
  if (!isNamed) return plain(SUBCOMMAND_NAMES)
  if (rest.length === 0 && subcommand in SECOND_WORDS) return plain(SECOND_WORDS[subcommand] ?? [])
  const api = call.apiAt(line.socketPath)
  if (subcommand === 'set') return completePair(api, typed)
  if (subcommand === 'unset') return nextParts(await knownSettings(api), typed, '')
  return subcommand === 'get' ? completePrefix(api, typed) : []
}

/** Prints what may follow: one word per line, with a description behind a tab. Each word of the line begins with `:`. */
async function printWords(marked: readonly string[], call: Call): Promise<void> {
  const words = marked.map((word) => word.slice(1))
  const typed = words.at(-1) ?? ''
  // the first is the program's own name
  const found = await candidates(words.slice(1, -1), typed, call)
  const lines = found
    .filter(({ word }) => word.startsWith(typed))
    .map(({ word, description }) => (description === undefined ? word : `${word}\t${description}`))
  call.io.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

/** `completion bash|zsh` prints the script for a shell, which asks `completion words` for what may follow. */
export async function completion(call: Call): Promise<void> {
  const [what, ...words] = call.words
  if (what === 'words') return printWords(words, call)
  if ((what !== 'bash' && what !== 'zsh') || words.length > 0) throw usageError(SPEC, 'completion wants bash or zsh')
  call.io.stdout.write(completionScript(what))
}
