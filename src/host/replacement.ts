/** Replacing files of this machine as a whole: a temporary name in the same directory, fsync, rename. */
import fs from 'node:fs'
import path from 'node:path'
import type { ReplaceOptions } from '../lib/ports.ts'

/** New content under its temporary name. */
export interface Staged {
  readonly full: string
  readonly temporary: string
  readonly descriptor: number
}

let serial = 0

function fill(staged: Staged, data: string | Uint8Array, mode: number | undefined, old: fs.Stats | undefined): void {
  fs.writeFileSync(staged.descriptor, data)
  if (mode !== undefined) fs.fchmodSync(staged.descriptor, mode)
  if (old !== undefined && (old.uid !== process.getuid?.() || old.gid !== process.getgid?.())) {
    fs.fchownSync(staged.descriptor, old.uid, old.gid)
  }
}

/**
 * Writes new content beside a file. The descriptor stays open.
 *
 * @param old the file that is there, whose mode and owner are kept
 */
export function stage(
  full: string,
  data: string | Uint8Array,
  options: ReplaceOptions,
  old: fs.Stats | undefined,
): Staged {
  const kept = options.forceMode === true ? undefined : old
  const mode = kept === undefined ? options.mode : kept.mode & 0o7777
  const name = `.${path.basename(full)}.${String(process.pid)}.${String(serial++)}`
  const temporary = path.join(path.dirname(full), name)
  const staged: Staged = { full, temporary, descriptor: fs.openSync(temporary, 'wx', mode ?? 0o666) }
  try {
    fill(staged, data, kept === undefined && options.underUmask === true ? undefined : mode, kept)
    return staged
  } catch (error) {
    fs.closeSync(staged.descriptor)
    discard(staged)
    throw error
  }
}

/** Removes the temporary file. */
export function discard({ temporary }: Staged): void {
  fs.rmSync(temporary, { force: true })
}

/** Puts the new content, whose descriptor is closed, into its place. */
export function putInPlace(staged: Staged): void {
  try {
    fs.renameSync(staged.temporary, staged.full)
  } catch (error) {
    discard(staged)
    throw error
  }
}

/** fsync in the background; the descriptor is closed in any case. */
export function syncAndClose(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fsync(descriptor, (error) => {
      fs.closeSync(descriptor)
      if (error === null) resolve()
      else reject(error)
    })
  })
}

/** fsync of a file or directory. */
export function syncPath(full: string, flags = fs.constants.O_RDONLY): void {
  const file = fs.openSync(full, flags)
  try {
    fs.fsyncSync(file)
  } finally {
    fs.closeSync(file)
  }
}
