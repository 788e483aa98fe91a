import { unwritableFile } from '../lib/file-errors.ts'
import type { RootFs } from '../lib/ports.ts'

/** A file to write. */
export interface TextFile {
  readonly path: string
  readonly content: string
}

function isAsWanted(fs: RootFs, { path, content }: TextFile): boolean {
  try {
    return fs.lstat(path)?.kind === 'file' && fs.readText(path) === content
  } catch {
    return false // unreadable, so it is replaced
  }
}

/**
 * Replaces a file as a whole, unless it has that content already.
 *
 * @param durable whether it has to outlive a power cut
 * @throws PipelineError `HOST_FILE_UNWRITABLE`
 */
export function writeTextFile(fs: RootFs, file: TextFile, durable: boolean): void {
  if (isAsWanted(fs, file)) return
  try {
    fs.replaceFile(file.path, file.content, { durable })
  } catch (cause) {
    throw unwritableFile(file.path, cause)
  }
}

/** Makes a directory with its parents. @throws PipelineError `HOST_FILE_UNWRITABLE` */
export function makeDirectory(fs: RootFs, path: string): void {
  try {
    fs.makeDirectory(path)
  } catch (cause) {
    throw unwritableFile(path, cause)
  }
}
