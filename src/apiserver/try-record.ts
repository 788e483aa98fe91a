/**
 * The changes that wait to be confirmed, as they are kept on the disk: beside the version links of the datastore, so
 * that they are found again after a crash or a boot. The file is missing when nothing waits.
 */
import path from 'node:path'
import { messageOf } from '../lib/errors.ts'
import { parseJson } from '../lib/json-parse.ts'
import { isJsonArray, member, printJson, toJson, type JsonValue } from '../lib/json.ts'
import type { RootFs } from '../lib/ports.ts'

/** One key of a change that waits. */
export interface TriedKey {
  readonly key: string
  /** The text before, or null where there was none. */
  readonly before: string | null
  /** Texts that were tried; a key that holds another one has been set by somebody else since. */
  readonly tried: readonly string[]
}

/** A change that is taken back unless it is confirmed in time. */
export interface Try {
  readonly id: string
  /** How long it may take to confirm it. */
  readonly seconds: number
  /** Milliseconds since 1970. */
  readonly deadline: number
  readonly keys: readonly TriedKey[]
}

const FILE_MODE = 0o600

/** The file beside the version links. @param datastore the datastore directory itself, links resolved */
export function triesPath(datastore: string): string {
  return `${path.posix.dirname(datastore)}/.tries`
}

function readKey(value: JsonValue): TriedKey {
  const [key, before, tried] = [member(value, 'key'), member(value, 'before'), member(value, 'tried')]
  if (typeof key !== 'string' || (before !== null && typeof before !== 'string')) throw new TypeError('not a key')
  if (!isJsonArray(tried) || !tried.every((text) => typeof text === 'string')) throw new TypeError(`${key}: no texts`)
  return { key, before, tried }
}

function readTry(value: JsonValue): Try {
  const [id, seconds, deadline, keys] = ['id', 'seconds', 'deadline', 'keys'].map((name) => member(value, name))
  if (typeof id !== 'string' || typeof seconds !== 'bigint' || typeof deadline !== 'bigint') {
    throw new TypeError('neither id nor times')
  }
  if (!isJsonArray(keys)) throw new TypeError(`${id}: no keys`)
  return { id, seconds: Number(seconds), deadline: Number(deadline), keys: keys.map(readKey) }
}

/**
 * The changes that wait.
 *
 * @throws Error if the file is there but cannot be read or understood
 */
export function readTries(fs: RootFs, file: string): Try[] {
  if (fs.stat(file) === undefined) return []
  try {
    const tries = member(parseJson(fs.readText(file)), 'tries')
    if (!isJsonArray(tries)) throw new TypeError('no list')
    return tries.map(readTry)
  } catch (cause) {
    throw new Error(`${file} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

/** Writes the changes that wait, so that a power cut leaves either what was there or this. @throws a system error */
export function writeTries(fs: RootFs, file: string, tries: readonly Try[]): void {
  if (tries.length > 0) {
    fs.replaceFile(file, `${printJson(toJson({ schemaVersion: 1, tries }))}\n`, { mode: FILE_MODE })
    return
  }
  if (fs.stat(file) === undefined) return
  fs.remove(file)
  fs.syncDirectory(path.posix.dirname(file))
}
