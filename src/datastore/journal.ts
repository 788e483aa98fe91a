/**
 * The journal of a datastore: what was committed while the files themselves are not known to be on the disk.
 *
 * One line per commit: a CRC-32 in hexadecimal, a space, and a record as JSON with every path and its full text. A line
 * that was cut off or never reached the disk as a whole does not match its checksum, and was never acknowledged. A line
 * `done` says that the files of the record before it were written by the process that committed it.
 */
import path from 'node:path'
import { crc32 } from '../lib/crc32.ts'
import { parseJson } from '../lib/json-parse.ts'
import { isJsonObject, jsonObject, member, printJson, type JsonValue } from '../lib/json.ts'
import type { RootFs } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'

/** Follows a record whose files were written. */
export const DONE_LINE = 'done\n'

/** One commit. */
export interface CommitRecord {
  /** Live file to its text. */
  readonly values: ReadonlyMap<string, string>
  /** The directory of the transaction, which ends. */
  readonly ended: string
}

const checksumOf = (text: string): string => crc32(text).toString(16).padStart(8, '0')

/** A record as a line. Its paths are written relative to `base`, the directory of the journal. */
export function encodeRecord(base: string, record: CommitRecord): string {
  const relative = (file: string): string => path.posix.relative(base, file)
  const values = [...record.values].map(([file, text]) => [relative(file), text] as const)
  const json = printJson(jsonObject({ ended: relative(record.ended), values: jsonObject(Object.fromEntries(values)) }))
  return `${checksumOf(json)} ${json}\n`
}

/** Paths that a record may name: a transaction, and live files of a datastore. Everything else is none of ours. */
const TRANSACTION = /^([^/]+)\/pending\/[A-Za-z0-9_%-]+$/
const LIVE_FILE = /^([^/]+)\/live(?:\/[A-Za-z0-9_%-]+)+$/

function decodeRecord(base: string, line: string): CommitRecord | undefined {
  const json = line.slice(9)
  if (line !== `${checksumOf(json)} ${json}`) return undefined
  const value: JsonValue = parseJson(json)
  const [ended, values] = [member(value, 'ended'), member(value, 'values')]
  if (typeof ended !== 'string' || !isJsonObject(values)) return undefined
  const store = TRANSACTION.exec(ended)?.[1]
  if (store === undefined || store === '.' || store === '..') return undefined
  const entries: [file: string, text: string][] = []
  for (const [file, text] of Object.entries(values)) {
    if (typeof text !== 'string' || LIVE_FILE.exec(file)?.[1] !== store) return undefined
    entries.push([path.posix.join(base, file), text])
  }
  return { ended: path.posix.join(base, ended), values: new Map(entries) }
}

/** The directory of the datastore that a record belongs to. */
function storeOf(base: string, { ended }: CommitRecord): string {
  const [name = ''] = path.posix.relative(base, ended).split('/')
  return path.posix.join(base, name)
}

/** What a journal says. */
interface Journal {
  readonly records: readonly CommitRecord[]
  /** Whether the files of the last record may not have been written, not even for this machine as long as it is up. */
  readonly unfinished: boolean
}

/** Reads a journal. Lines that are no whole record were never acknowledged. */
export function decodeJournal(base: string, bytes: Uint8Array): Journal {
  const records: CommitRecord[] = []
  let unfinished = false
  for (const line of decodeUtf8Lossy(bytes).split('\n').slice(0, -1)) {
    const record = decodeRecord(base, line)
    if (record !== undefined) records.push(record)
    unfinished = record !== undefined || (unfinished && `${line}\n` !== DONE_LINE)
  }
  return { records, unfinished }
}

/** What was committed and may not be in its files. */
export interface Recovery {
  /** Live file to the text that it has to have. */
  readonly values: ReadonlyMap<string, string>
  /** The directory of a transaction that is committed but may still be there. */
  readonly ended: string | undefined
  /** Length of the journal. */
  readonly bytes: number
}

/** What a journal has to be recovered from; undefined if it is empty or missing. @throws a system error */
export function readRecovery(fs: RootFs, journalPath: string): Recovery | undefined {
  if ((fs.stat(journalPath)?.size ?? 0) === 0) return undefined
  const base = path.posix.dirname(journalPath)
  const journal = fs.readBytes(journalPath)
  const { records, unfinished } = decodeJournal(base, journal)
  // a datastore that was taken away since does not come back
  const present = records.filter((record) => fs.stat(storeOf(base, record)) !== undefined)
  return {
    values: new Map(present.flatMap(({ values }) => [...values])),
    ended: unfinished ? records.at(-1)?.ended : undefined,
    bytes: journal.length,
  }
}

/** The directories between files and `base`, and `base` itself: those whose entries lead to the files. */
export function directoriesAbove(base: string, files: Iterable<string>): Set<string> {
  const directories = new Set([base])
  for (const file of files) {
    let directory = path.posix.dirname(file)
    while (directory.length > base.length && !directories.has(directory)) {
      directories.add(directory)
      directory = path.posix.dirname(directory)
    }
  }
  return directories
}

/** Empties a journal, so that it stays empty across a power cut. */
export function emptyJournal(fs: RootFs, journalPath: string): void {
  fs.truncateFile(journalPath, 0)
  fs.syncFile(journalPath)
}

function holds(fs: RootFs, file: string, text: string): boolean {
  try {
    return fs.readText(file) === text
  } catch {
    return false // missing, cut off in the middle of a character, or in the way
  }
}

/**
 * Writes everything that a journal holds to its files. Doing it again does no harm. A file that has its text already is
 * left alone, so that a disk without room does not stand in the way.
 *
 * @param all write every file: after a sync that failed, what is read may not be what is on the disk
 * @throws a system error
 */
export function rewriteFiles(fs: RootFs, { values, ended }: Recovery, all: boolean): void {
  for (const [file, text] of values) {
    if (!all && holds(fs, file, text)) continue
    fs.makeDirectory(path.posix.dirname(file))
    fs.writeFile(file, text)
  }
  if (ended !== undefined && fs.lstat(ended) !== undefined) fs.removeTree(ended)
}

/** Makes what `rewriteFiles` wrote durable, and empties the journal. @throws a system error; then the journal is whole */
export function syncRewritten(fs: RootFs, journalPath: string, { values }: Recovery): void {
  for (const file of values.keys()) fs.syncFile(file)
  for (const directory of directoriesAbove(path.posix.dirname(journalPath), values.keys())) fs.syncDirectory(directory)
  emptyJournal(fs, journalPath)
}
