/** Several files written in place, all or none, as long as this process lives. */
import path from 'node:path'
import { messageOf } from '../lib/errors.ts'
import type { RootFs } from '../lib/ports.ts'
import { encodeUtf8 } from '../lib/utf8.ts'
import { unwritable } from './commit-log.ts'

/** Takes back what was done, last first. */
export class Undo {
  private readonly steps: (() => void)[] = []

  push(step: () => void): void {
    this.steps.push(step)
  }

  /** @returns the error to throw for what went wrong */
  run(cause: unknown): Error {
    try {
      for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) step()
      return unwritable(messageOf(cause), cause)
    } catch (error) {
      return unwritable(`${messageOf(cause)}; and it could not be undone: ${messageOf(error)}`, cause)
    }
  }
}

/** The directories of a datastore that are known to exist. */
export class KnownDirectories {
  private readonly fs: RootFs
  private readonly known = new Set<string>()

  constructor(fs: RootFs) {
    this.fs = fs
  }

  has(directory: string): boolean {
    return this.known.has(directory)
  }

  add(directory: string): void {
    this.known.add(directory)
  }

  /** A directory and those below it, deepest first. */
  below(directory: string): string[] {
    const list = [...this.known].filter((each) => each === directory || each.startsWith(`${directory}/`))
    return list.sort((a, b) => b.length - a.length)
  }

  /** Drops a directory that is gone, with those below it. */
  forget(directory: string): void {
    for (const each of this.below(directory)) this.known.delete(each)
  }

  /** Follows the renaming of what may be a directory. */
  move(from: string, to: string): void {
    if (!this.known.has(from)) return
    for (const each of this.below(from)) {
      this.known.delete(each)
      this.known.add(to + each.slice(from.length))
    }
  }

  clear(): void {
    this.known.clear()
  }

  /** Makes a directory and those above it that are not known, in any case down from `base`. */
  make(directory: string, base: string, undo: Undo): void {
    if (this.known.has(directory) || directory.length < base.length) return
    this.make(path.posix.dirname(directory), base, undo)
    this.fs.makeDirectory(directory)
    this.known.add(directory)
    undo.push(() => {
      this.known.delete(directory)
      if (directory !== base) this.fs.removeDirectory(directory)
    })
  }
}

function readIfThere(fs: RootFs, file: string): Uint8Array | undefined {
  return fs.lstat(file) === undefined ? undefined : fs.readBytes(file)
}

/** Puts back what was at a place; writes only where something else is there now. */
function restore(fs: RootFs, file: string, old: Uint8Array | undefined): void {
  const now = readIfThere(fs, file)
  if (old === undefined) {
    if (now !== undefined) fs.remove(file)
  } else if (now === undefined || Buffer.compare(now, old) !== 0) {
    fs.writeFile(file, old)
  }
}

/** Writes one file whose directory exists. @param old what is there; undefined if nothing is */
export function writeInPlace(
  fs: RootFs,
  file: string,
  text: string,
  old: string | Uint8Array | undefined,
  undo: Undo,
): void {
  if (text === old) return
  undo.push(() => {
    restore(fs, file, typeof old === 'string' ? encodeUtf8(old) : old)
  })
  fs.writeFile(file, text)
}
