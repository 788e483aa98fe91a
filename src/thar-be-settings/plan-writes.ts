/** Which rendered files differ from what is there, and whether systemd has to read its units again. */
import { systemCode } from '../lib/errors.ts'
import type { FileStat, ReadFs } from '../lib/ports.ts'
import { encodeUtf8 } from '../lib/utf8.ts'
import type { PlannedFile } from './plan-apply.ts'
import type { RenderedFile } from './render-files.ts'

const SYSTEMD_DIRECTORY = '/etc/systemd/'

export interface WriteStep {
  readonly file: PlannedFile
  readonly content: string
  /** Whether the file is missing or holds something else. */
  readonly changed: boolean
  /** The mode that the file has, and keeps; undefined if it is missing. */
  readonly oldMode: number | undefined
}

function holds(fs: ReadFs, path: string, content: Uint8Array): boolean {
  try {
    return Buffer.compare(fs.readBytes(path), content) === 0
  } catch (error) {
    // whatever cannot be read is written, and the write tells what is wrong
    if (systemCode(error) !== undefined) return false
    throw error
  }
}

function statIfAny(fs: ReadFs, path: string): FileStat | undefined {
  try {
    return fs.stat(path)
  } catch (error) {
    if (systemCode(error) !== undefined) return undefined
    throw error
  }
}

/** Compares rendered files with the target's. */
export function planWrites(rendered: readonly RenderedFile[], fs: ReadFs): WriteStep[] {
  return rendered.map(({ file, content }) => {
    const old = statIfAny(fs, file.path)
    const bytes = encodeUtf8(content)
    const isSame = old?.kind === 'file' && old.size === bytes.length && holds(fs, file.path, bytes)
    return { file, content, changed: !isSame, oldMode: old?.mode }
  })
}

/** Whether `systemctl daemon-reload` is due. Asked of all rendered files, also of those left alone as identical. */
export function needsDaemonReload(steps: readonly WriteStep[]): boolean {
  return steps.some(({ file }) => file.path.startsWith(SYSTEMD_DIRECTORY))
}
