/** What `install` has laid under a root, as it notes it there: `uninstall` and later runs go by it. */
import { createHash } from 'node:crypto'
import { compareBytes } from '../../lib/byte-order.ts'
import { messageOf, PipelineError } from '../../lib/errors.ts'
import { parseJson } from '../../lib/json-parse.ts'
import { isJsonArray, isJsonObject, jsonObject, member, printJson, toJson, type JsonValue } from '../../lib/json.ts'
import type { RootFs } from '../../lib/ports.ts'
import { isLink, type Entry } from './entry.ts'

/** Where the programs and the ledger lie on a host. */
export const PACKAGE_DIRECTORY = '/usr/lib/bottlerocket-pipeline'
export const LEDGER_PATH = `${PACKAGE_DIRECTORY}/installed.json`
const VERSION = 1

/** What an entry looked like: `link:` and its text, or the mode and the SHA-256 of a file. */
export type Mark = string

export interface Ledger {
  readonly variant: string
  readonly release: string
  /** Path to the marks that are ours: what is laid, and while a run goes on, what it replaces. */
  readonly entries: ReadonlyMap<string, readonly Mark[]>
  /** Directories that `install` made. */
  readonly directories: readonly string[]
}

const OCTAL = 8

/** The mark of a file's bytes and permission bits. */
export function fileMark(data: Uint8Array, mode: number): Mark {
  return `${mode.toString(OCTAL).padStart(4, '0')}:${createHash('sha256').update(data).digest('hex')}`
}

const linkMark = (text: string): Mark => `link:${text}`

/** The mark that an entry will have. */
export const markOf = (entry: Entry): Mark =>
  isLink(entry) ? linkMark(entry.target) : fileMark(entry.data, entry.mode)

/** The mark of what is at a path, `other` for what is neither file nor link; undefined if nothing is. */
export function markAt(fs: RootFs, path: string): Mark | undefined {
  const stat = fs.lstat(path)
  if (stat === undefined) return undefined
  if (stat.kind === 'symlink') return linkMark(fs.readLink(path))
  return stat.kind === 'file' ? fileMark(fs.readBytes(path), stat.mode) : 'other'
}

const textsOf = (value: JsonValue | undefined): readonly string[] | undefined =>
  isJsonArray(value) && value.every((text) => typeof text === 'string') ? value : undefined

function parseLedger(text: string): Ledger | undefined {
  const value = parseJson(text)
  const [variant, release] = [member(value, 'variant'), member(value, 'release')]
  const [marks, directories] = [member(value, 'entries'), textsOf(member(value, 'directories'))]
  if (member(value, 'schemaVersion') !== BigInt(VERSION)) return undefined
  if (typeof variant !== 'string' || typeof release !== 'string') return undefined
  if (!isJsonObject(marks) || directories === undefined) return undefined
  const entries = new Map<string, readonly Mark[]>()
  for (const [path, each] of Object.entries(marks)) {
    const texts = textsOf(each)
    if (texts === undefined || !path.startsWith('/')) return undefined
    entries.set(path, texts)
  }
  return { variant, release, entries, directories }
}

/**
 * The ledger of a root; undefined where nothing is installed.
 *
 * @throws PipelineError `INSTALL_LEDGER_INVALID`
 */
export function readLedger(fs: RootFs): Ledger | undefined {
  if (fs.lstat(LEDGER_PATH) === undefined) return undefined
  let ledger: Ledger | undefined
  let reason = 'it is not of the form that this version writes'
  try {
    ledger = parseLedger(fs.readText(LEDGER_PATH))
  } catch (cause) {
    reason = messageOf(cause)
  }
  if (ledger === undefined) throw new PipelineError('INSTALL_LEDGER_INVALID', `cannot use ${LEDGER_PATH}: ${reason}`)
  return ledger
}

/** The text of a ledger. */
export function printLedger({ variant, release, entries, directories }: Ledger): string {
  const members = jsonObject(Object.fromEntries([...entries].map(([path, marks]) => [path, marks])))
  return `${printJson(jsonObject({ schemaVersion: toJson(VERSION), variant, release, entries: members, directories }))}\n`
}

/** Whether two ledgers say the same, in whatever order. */
export function sameLedger(a: Ledger, b: Ledger): boolean {
  const sorted = (ledger: Ledger): string =>
    printLedger({
      ...ledger,
      entries: new Map([...ledger.entries].sort(([x], [y]) => compareBytes(x, y))),
      directories: [...ledger.directories].sort(compareBytes),
    })
  return sorted(a) === sorted(b)
}
