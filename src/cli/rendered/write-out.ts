import { RootedFs } from '../../host/rooted-fs.ts'
import { unwritableFile } from '../../lib/file-errors.ts'
import { parseOctalMode } from '../../lib/octal-mode.ts'
import type { FileEvent } from '../report.ts'

/** What a file gets whose mode is not known. */
const PRIVATE_MODE = 0o600

/**
 * Writes files under a directory, each whole, with its own mode.
 *
 * @param directory absolute path on this machine; made if missing
 * @throws PipelineError `HOST_FILE_UNWRITABLE`
 */
export async function writeFiles(directory: string, files: readonly FileEvent[]): Promise<void> {
  const fs = new RootedFs(directory)
  const replacements = files.map(({ path, content, mode }) => ({
    path,
    data: content,
    mode: parseOctalMode(mode) ?? PRIVATE_MODE,
    forceMode: true,
  }))
  for (const { path } of replacements) {
    try {
      fs.makeDirectory(path.slice(0, path.lastIndexOf('/')) || '/')
    } catch (cause) {
      throw unwritableFile(`${directory}${path}`, cause)
    }
  }
  const failure = await fs.replaceFiles(replacements)
  if (failure !== undefined) {
    throw unwritableFile(`${directory}${replacements[failure.index]?.path ?? ''}`, failure.cause)
  }
}

/** The content of a file under a directory; undefined where there is none, or nothing that can be read as text. */
export function readIfAny(directory: string, path: string): string | undefined {
  const fs = new RootedFs(directory)
  try {
    return fs.stat(path)?.kind === 'file' ? fs.readText(path) : undefined
  } catch {
    return undefined
  }
}
