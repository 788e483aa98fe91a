/**
 * Changes of several files that happen as a whole or not at all.
 *
 * Everything that needs space is done first: directories, and new contents under temporary names. Then a journal names
 * the renames and removals that are left, and from then on the changes are decided. A failure before or during the
 * renames undoes them; a crash is finished from the journal when the store is opened again.
 */
import path from 'node:path'
import { parseJson } from '../lib/json-parse.ts'
import { isJsonArray, member, printJson, toJson, type JsonValue } from '../lib/json.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import type { RootFs } from '../lib/ports.ts'

export interface ChangeSet {
  /** Path to new content. */
  readonly writes: ReadonlyMap<string, string>
  /** Path of a file to the path that it is to have. */
  readonly moves: ReadonlyMap<string, string>
  /** Files or trees that go away at the end. */
  readonly removals: readonly string[]
  /** Whether the changes have to outlive a power cut, not only the end of this process. */
  readonly durable: boolean
}

interface Move {
  readonly from: string
  readonly to: string
  /** Where the file that was at `to` waits until the changes are done. */
  readonly old: string
}

interface Journal {
  readonly moves: readonly Move[]
  readonly removals: readonly string[]
}

const ancestorsOf = (file: string): string[] => {
  const list: string[] = []
  for (let directory = path.posix.dirname(file); directory !== '/'; directory = path.posix.dirname(directory)) {
    list.push(directory)
  }
  return list
}

/** Takes back what was done, last first. */
class Undo {
  private readonly steps: (() => void)[] = []

  push(step: () => void): void {
    this.steps.push(step)
  }

  run(): void {
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) step()
  }
}

/** Unlinking on a read-only file system fails even where nothing is there, so look first. */
function removeIfThere(fs: RootFs, file: string): void {
  if (fs.lstat(file) !== undefined) fs.remove(file)
}

function makeParent(fs: RootFs, undo: Undo, file: string): void {
  const missing: string[] = []
  for (const directory of ancestorsOf(file)) {
    if (fs.stat(directory) !== undefined) break
    missing.unshift(directory)
  }
  for (const directory of missing) {
    fs.makeDirectory(directory)
    undo.push(() => {
      fs.removeDirectory(directory)
    })
  }
}

function stage(fs: RootFs, undo: Undo, changes: ChangeSet): Move[] {
  const moves: Move[] = []
  const add = (from: string, to: string): void => {
    moves.push({ from, to, old: `${path.posix.dirname(to)}/.old-${String(moves.length)}` })
  }
  for (const [to, text] of changes.writes) {
    makeParent(fs, undo, to)
    const from = `${path.posix.dirname(to)}/.new-${String(moves.length)}`
    undo.push(() => {
      removeIfThere(fs, from)
    })
    fs.writeFile(from, text)
    add(from, to)
  }
  for (const [from, to] of changes.moves) {
    makeParent(fs, undo, to)
    add(from, to)
  }
  return moves
}

/** Makes the names of files, and of the directories on the way to them from `base` on, outlive a power cut. */
function syncNames(fs: RootFs, base: string, files: readonly string[]): void {
  const directories = new Set(files.flatMap(ancestorsOf).filter((directory) => directory.startsWith(`${base}/`)))
  for (const directory of [...directories, base]) fs.syncDirectory(directory)
}

function writeJournal(fs: RootFs, journalPath: string, journal: Journal, durable: boolean): void {
  const base = path.posix.dirname(journalPath)
  const relative = (file: string): string => path.posix.relative(base, file)
  const text = printJson(
    toJson({
      schemaVersion: 1,
      moves: journal.moves.map(({ from, to, old }) => ({ from: relative(from), to: relative(to), old: relative(old) })),
      removals: journal.removals.map(relative),
    }),
  )
  if (durable) {
    fs.replaceFile(journalPath, text, { mode: 0o600 })
  } else {
    fs.writeFile(`${journalPath}.new`, text, 0o600)
    fs.rename(`${journalPath}.new`, journalPath)
  }
}

/** @returns the files that were put aside */
function carryOut(fs: RootFs, undo: Undo, { moves, removals }: Journal): string[] {
  const aside: string[] = []
  for (const { from, to, old } of moves) {
    if (fs.lstat(to) !== undefined) {
      fs.rename(to, old)
      aside.push(old)
      undo.push(() => {
        fs.rename(old, to)
      })
    }
    fs.rename(from, to)
    undo.push(() => {
      fs.makeDirectory(path.posix.dirname(from))
      fs.rename(to, from)
    })
  }
  for (const removal of removals) fs.removeTree(removal)
  return aside
}

function cleanUp(fs: RootFs, journalPath: string, aside: readonly string[], durable: boolean): void {
  for (const old of aside) fs.remove(old)
  fs.remove(journalPath)
  if (durable) fs.syncDirectory(path.posix.dirname(journalPath))
}

function unwritable(reason: string, cause: unknown): PipelineError {
  return new PipelineError('DATASTORE_UNWRITABLE', `the datastore could not be written: ${reason}`, {
    hint: 'Check free space and inodes, permissions, and whether the file system is mounted read-only.',
    cause,
  })
}

function undoAll(fs: RootFs, undo: Undo, journalPath: string, cause: unknown): PipelineError {
  try {
    undo.run()
    removeIfThere(fs, journalPath)
    removeIfThere(fs, `${journalPath}.new`)
    return unwritable(messageOf(cause), cause)
  } catch (error) {
    // the journal stays and decides when the store is next used
    return unwritable(`${messageOf(cause)}; and it could not be undone: ${messageOf(error)}`, cause)
  }
}

/**
 * Makes all of the changes, or none.
 *
 * @param journalPath where the journal lies; absent when nothing is under way
 * @returns whether nothing is left to clean up; if not, `recoverChanges` has to run before the next changes
 * @throws PipelineError `DATASTORE_UNWRITABLE`; then everything is as it was, or `recoverChanges` makes it whole
 */
export function applyChanges(fs: RootFs, journalPath: string, changes: ChangeSet): boolean {
  const base = path.posix.dirname(journalPath)
  const undo = new Undo()
  let aside: string[]
  try {
    const moves = stage(fs, undo, changes)
    const journal = { moves, removals: changes.removals }
    const sync = (files: readonly string[]): void => {
      if (changes.durable) syncNames(fs, base, files)
    }
    if (changes.durable) for (const { from } of moves) fs.syncFile(from)
    sync(moves.map(({ from }) => from))
    writeJournal(fs, journalPath, journal, changes.durable)
    aside = carryOut(fs, undo, journal)
    sync(moves.map(({ to }) => to))
  } catch (cause) {
    throw undoAll(fs, undo, journalPath, cause)
  }
  try {
    cleanUp(fs, journalPath, aside, changes.durable)
    return true
  } catch {
    return false
  }
}

const textAt = (value: JsonValue | undefined, name: string): string => {
  const text = member(value, name)
  if (typeof text !== 'string') throw new TypeError(`no ${name}`)
  return text
}

function listAt(value: JsonValue, name: string): readonly JsonValue[] {
  const list = member(value, name)
  if (!isJsonArray(list)) throw new TypeError(`no ${name}`)
  return list
}

/** A journal that was cut off was never decided, and neither was an empty one. */
function readJournal(fs: RootFs, journalPath: string): Journal | undefined {
  if (fs.stat(journalPath) === undefined) return undefined
  const base = path.posix.dirname(journalPath)
  const absolute = (relative: string): string => path.posix.join(base, relative)
  try {
    const value = parseJson(fs.readText(journalPath))
    return {
      moves: listAt(value, 'moves').map((move) => ({
        from: absolute(textAt(move, 'from')),
        to: absolute(textAt(move, 'to')),
        old: absolute(textAt(move, 'old')),
      })),
      removals: listAt(value, 'removals').map((removal) => {
        if (typeof removal !== 'string') throw new TypeError('no path')
        return absolute(removal)
      }),
    }
  } catch {
    return undefined
  }
}

/**
 * Finishes changes that a crash or power cut interrupted. Doing it again does no harm.
 *
 * @returns whether there was anything to finish
 * @throws PipelineError `DATASTORE_UNWRITABLE`
 */
export function recoverChanges(fs: RootFs, journalPath: string): boolean {
  const journal = readJournal(fs, journalPath)
  try {
    if (journal === undefined) {
      removeIfThere(fs, journalPath)
      return false
    }
    for (const { from, to } of journal.moves) {
      if (fs.lstat(from) === undefined) continue // already moved
      fs.makeDirectory(path.posix.dirname(to))
      fs.rename(from, to)
    }
    for (const removal of journal.removals) fs.removeTree(removal)
    syncNames(
      fs,
      path.posix.dirname(journalPath),
      journal.moves.map(({ to }) => to),
    )
    const aside = journal.moves.map(({ old }) => old).filter((old) => fs.lstat(old) !== undefined)
    cleanUp(fs, journalPath, aside, true)
    return true
  } catch (cause) {
    throw unwritable(messageOf(cause), cause)
  }
}
