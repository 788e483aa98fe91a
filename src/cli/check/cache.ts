/**
 * Findings of earlier runs, by what they depend on (`keyOf`). One file: a line with what it is and the sum of the rest,
 * then the entries as JSON. It holds no line and no value of any document, only what is told about them.
 */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { Clock, RootFs } from '../../lib/ports.ts'
import type { FileFindings } from './check-file.ts'

/** What an entry was last used on, in days since 1970, and what it holds. */
type Entry = readonly [day: number, findings: FileFindings]

const FORMAT = 'bottlerocket-check-cache-1'
const MS_PER_DAY = 86_400_000
const KEPT_DAYS = 30
const MAX_ENTRIES = 50_000
const MODE = 0o600
const DIRECTORY_MODE = 0o700

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')

function isEntry(value: unknown): value is Entry {
  if (!Array.isArray(value)) return false
  const [day, findings] = value as readonly unknown[]
  if (typeof day !== 'number' || typeof findings !== 'object' || findings === null) return false
  const { verdicts, skipped } = findings as Partial<Record<keyof FileFindings, unknown>>
  return Array.isArray(verdicts) && Array.isArray(skipped)
}

/** The entries of a cache file. One that is missing, damaged, or of another form or build has none. */
function readEntries(fs: RootFs, file: string, build: string): Map<string, Entry> {
  let text: string
  try {
    text = fs.readText(file)
  } catch {
    return new Map()
  }
  const end = text.indexOf('\n')
  const body = text.slice(end + 1)
  if (text.slice(0, end) !== `${FORMAT} ${build} ${sumOf(body)}`) return new Map()
  try {
    const entries = Object.entries(JSON.parse(body) as Record<string, unknown>)
    return new Map(entries.filter((entry): entry is [string, Entry] => isEntry(entry[1])))
  } catch {
    return new Map()
  }
}

export interface CachePlace {
  readonly file: string
  /** Findings of another build are not used. */
  readonly build: string
}

export class FindingsCache {
  private readonly fs: RootFs
  private readonly place: CachePlace
  private readonly today: number
  private readonly known: ReadonlyMap<string, Entry>
  /** What this run has used or found. */
  private readonly current = new Map<string, Entry>()
  private isChanged = false

  constructor(fs: RootFs, clock: Clock, place: CachePlace) {
    this.fs = fs
    this.place = place
    this.today = Math.floor(clock.now() / MS_PER_DAY)
    this.known = readEntries(fs, place.file, place.build)
  }

  get isEmpty(): boolean {
    return this.known.size === 0
  }

  /** What is known of a file. */
  find(key: string): FileFindings | undefined {
    const entry = this.known.get(key)
    if (entry === undefined) return undefined
    const [day, findings] = entry
    this.isChanged ||= day !== this.today
    this.current.set(key, [this.today, findings])
    return findings
  }

  add(key: string, { verdicts, skipped }: FileFindings): void {
    this.isChanged = true
    this.current.set(key, [this.today, { verdicts, skipped }])
  }

  /**
   * Writes what has changed, together with what other runs have written meanwhile. The file is replaced as a whole, so
   * that no run can read half of it.
   *
   * @throws a system error
   */
  write(): void {
    if (!this.isChanged) return
    const { file, build } = this.place
    const merged = new Map([...readEntries(this.fs, file, build), ...this.current])
    const kept = [...merged]
      .filter(([, [day]]) => day > this.today - KEPT_DAYS)
      .sort(([, [a]], [, [b]]) => b - a)
      .slice(0, MAX_ENTRIES)
    const body = JSON.stringify(Object.fromEntries(kept))
    this.fs.makeDirectory(path.dirname(file), DIRECTORY_MODE)
    this.fs.replaceFile(file, `${FORMAT} ${build} ${sumOf(body)}\n${body}`, {
      ...{ mode: MODE, forceMode: true, durable: false },
    })
  }
}
