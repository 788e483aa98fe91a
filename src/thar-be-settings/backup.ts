/**
 * What files held before a change that has to be confirmed. Taking the change back renders them anew; only a file that
 * the earlier settings cannot render needs its old content.
 */
import { parseJson } from '../lib/json-parse.ts'
import { isJsonArray, member, printJson, toJson, type JsonValue } from '../lib/json.ts'
import { formatOctalMode } from '../lib/octal-mode.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, ReadFs, RootFs } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import type { WriteStep } from './plan-writes.ts'
import type { RenderFailure } from './render-files.ts'

const BACKUP_MODE = 0o600

const backupPath = (id: string): string => `${PATHS.tryBackups}/${id}.json`

/** Content before the change, or null for a file that was not there. */
type Contents = ReadonlyMap<string, Uint8Array | null>

/** Keeps the content of files that are about to be written. Without room for that the change goes on. */
export function saveBackup(id: string, writes: readonly WriteStep[], fs: RootFs): void {
  try {
    const files = writes
      .filter((step) => step.changed)
      .map(({ file: { path }, oldMode }) => ({
        path,
        content: oldMode === undefined ? null : Buffer.from(fs.readBytes(path)).toString('base64'),
      }))
    fs.makeDirectory(PATHS.tryBackups)
    fs.replaceFile(backupPath(id), printJson(toJson(files)), { mode: BACKUP_MODE, durable: false })
  } catch {
    // rendering anew does for nearly every file
  }
}

function readBackup(id: string, fs: ReadFs): Contents {
  const contents = new Map<string, Uint8Array | null>()
  let entries: JsonValue
  try {
    entries = parseJson(fs.readText(backupPath(id)))
  } catch {
    return contents
  }
  for (const entry of isJsonArray(entries) ? entries : []) {
    const [path, content] = [member(entry, 'path'), member(entry, 'content')]
    if (typeof path !== 'string') continue
    contents.set(path, typeof content === 'string' ? Buffer.from(content, 'base64') : null)
  }
  return contents
}

/**
 * Gives files that cannot be rendered any more the content that they had before the change.
 *
 * @returns the files for which that is not known or not possible
 */
export function putBack(
  id: string,
  failures: readonly RenderFailure[],
  { fs, events }: Pick<Host, 'fs' | 'events'>,
): RenderFailure[] {
  const contents = readBackup(id, fs)
  const left = failures.filter(({ file }) => {
    const content = contents.get(file.path)
    if (content === undefined) return true
    try {
      if (content === null) fs.remove(file.path)
      else fs.replaceFile(file.path, content)
    } catch {
      return true
    }
    const { name, path, services } = file
    const mode = formatOctalMode(fs.stat(path)?.mode ?? file.mode)
    events.emit({
      kind: 'file',
      name,
      path,
      mode,
      content: decodeUtf8Lossy(content ?? new Uint8Array()),
      changed: true,
      services,
    })
    return false
  })
  fs.remove(backupPath(id))
  return left
}
