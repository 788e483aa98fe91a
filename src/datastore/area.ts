/** The content of one scope of a datastore, as it was read and as it is kept in memory. */
import { messageOf, PipelineError } from '../lib/errors.ts'
import type { RootFs } from '../lib/ports.ts'
import { encodeName, parseStoredPath } from './layout.ts'
import type { StoreChange } from './store.ts'
import type { KnownDirectories } from './write-in-place.ts'

export interface Area {
  readonly data: Map<string, string>
  readonly metadata: Map<string, Map<string, string>>
  /** Reference: metadata whose key has a `.` or `/` is found by its key, but no list has it. */
  readonly unlisted: Map<string, Map<string, string>>
  /** Names of files that could not be read, with the reason; data keys and `key metadata-key`. */
  readonly unreadable: Map<string, string>
  /** Whether there is nothing but data that could be read. */
  onlyData: boolean
}

export const emptyArea = (): Area => ({
  data: new Map(),
  metadata: new Map(),
  unlisted: new Map(),
  unreadable: new Map(),
  onlyData: true,
})

/** The metadata that has all keys like this one. */
function metadataLike(area: Area, metadataKey: string): Map<string, Map<string, string>> {
  return encodeName(metadataKey) === metadataKey ? area.metadata : area.unlisted
}

/** The text of a metadata key, if there is one that could be read. */
export function metadataOf(area: Area, key: string, metadataKey: string): string | undefined {
  return metadataLike(area, metadataKey).get(key)?.get(metadataKey)
}

function setMetadata(area: Area, key: string, metadataKey: string, text: string): void {
  const all = metadataLike(area, metadataKey)
  all.set(key, (all.get(key) ?? new Map<string, string>()).set(metadataKey, text))
}

const unreadableName = (change: StoreChange): string =>
  change.kind === 'data' ? change.key : `${change.key} ${change.metadataKey}`

/** What is at the place of a change, if anything. */
export function contentAt(fs: RootFs, file: string, area: Area, change: StoreChange): string | Uint8Array | undefined {
  if (area.unreadable.has(unreadableName(change))) return fs.readBytes(file)
  return change.kind === 'data' ? area.data.get(change.key) : metadataOf(area, change.key, change.metadataKey)
}

/** Notes what has been written. */
export function remember(area: Area, change: StoreChange): void {
  area.unreadable.delete(unreadableName(change))
  if (change.kind === 'data') area.data.set(change.key, change.text)
  else setMetadata(area, change.key, change.metadataKey, change.text)
}

/** @returns whether the file is data that could be read */
function readInto(area: Area, fs: RootFs, directory: string, relative: string): boolean {
  const stored = parseStoredPath(relative)
  if (stored === undefined) return false
  const { key, metadataKey } = stored
  try {
    const text = fs.readText(`${directory}/${relative}`)
    if (metadataKey === undefined) {
      area.data.set(key, text)
      return true
    }
    setMetadata(area, key, metadataKey, text)
  } catch (error) {
    const name = metadataKey === undefined ? key : `${key} ${metadataKey}`
    area.unreadable.set(name, error instanceof TypeError ? 'it is not UTF-8' : messageOf(error))
  }
  return false
}

/**
 * Reads everything below a directory. Links are not followed; only regular files count.
 *
 * @param directories gets every directory that there is
 * @throws PipelineError `DATASTORE_CORRUPT` if a directory cannot be read
 */
export function readArea(fs: RootFs, directory: string, directories: KnownDirectories): Area {
  const area = emptyArea()
  const walk = (relative: string): void => {
    const here = relative === '' ? directory : `${directory}/${relative}`
    directories.add(here)
    for (const { name, kind } of fs.readDirectory(here)) {
      const child = relative === '' ? name : `${relative}/${name}`
      if (kind === 'directory') walk(child)
      else if (kind !== 'file' || !readInto(area, fs, directory, child)) area.onlyData = false
    }
  }
  try {
    walk('')
  } catch (cause) {
    throw new PipelineError('DATASTORE_CORRUPT', `the datastore cannot be read: ${messageOf(cause)}`, { cause })
  }
  return area
}
