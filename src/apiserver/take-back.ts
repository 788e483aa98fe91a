/** Taking back a change: the pairs that were there before, absence included. */
import path from 'node:path'
import { keyPath } from '../datastore/layout.ts'
import { LIVE, pendingIn, type DataStore } from '../datastore/store.ts'
import type { RootFs } from '../lib/ports.ts'
import { KeyError, parseKey, parseSegments } from '../model/key.ts'
import type { ModelProblem, SettingsModel } from '../model/models.ts'
import { buildTree, type Pairs } from '../model/pairs.ts'
import type { TriedKey } from './try-record.ts'

export interface TakeBackPlan {
  /** Keys to restore. */
  readonly restored: readonly TriedKey[]
  /** Keys that stay, because settings that were committed since cannot do without them. */
  readonly kept: readonly TriedKey[]
}

/** The pairs as they are after some keys were restored. */
function after(live: Pairs, keys: readonly TriedKey[]): Map<string, string> {
  const pairs = new Map(live)
  for (const { key, before } of keys) {
    if (before === null) pairs.delete(key)
    else pairs.set(key, before)
  }
  return pairs
}

function problemsOf(model: SettingsModel, pairs: Pairs): readonly ModelProblem[] {
  try {
    const result = model.parse(buildTree(pairs, ['settings']))
    return result.ok ? [] : result.problems
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    return [{ code: 'SETTINGS_BAD_KEY', path: [], message: error.message }]
  }
}

const startsWith = (list: readonly (string | number)[], start: readonly (string | number)[]): boolean =>
  start.every((step, i) => String(step) === String(list[i]))

/** Whether a problem may come from restoring a key: it is the key's own, its neighbours', or that of the whole above. */
function mayCause({ key }: TriedKey, { path: place }: ModelProblem): boolean {
  const segments = parseSegments(key).slice(1)
  const above = segments.slice(0, -1)
  return startsWith(segments, place) || (above.length > 0 && startsWith(place, above))
}

/**
 * Plans what to restore. A key that holds neither of the texts that were tried belongs to somebody else by now and is
 * left out. If the settings were valid, they stay so: what later settings need, such as the source of a container that
 * was configured further, is kept.
 */
export function planTakeBack(model: SettingsModel, live: Pairs, keys: readonly TriedKey[]): TakeBackPlan {
  const own = keys.filter(({ key, tried }) => tried.includes(live.get(key) ?? ''))
  if (problemsOf(model, live).length > 0) return { restored: own, kept: [] }
  let restored = own
  while (restored.length > 0) {
    const problems = problemsOf(model, after(live, restored))
    if (problems.length === 0) break
    const innocent = restored.filter((key) => !problems.some((problem) => mayCause(key, problem)))
    restored = innocent.length < restored.length ? innocent : []
  }
  return { restored, kept: own.filter((key) => !restored.includes(key)) }
}

/** Has the removal of a key's file on the disk. */
function syncRemoval(fs: RootFs, datastore: string, key: string): void {
  const live = `${datastore}/live`
  let directory = path.posix.dirname(`${live}/${keyPath(parseSegments(key))}`)
  while (directory.length > live.length && fs.stat(directory) === undefined) directory = path.posix.dirname(directory)
  fs.syncDirectory(directory)
}

/**
 * Restores keys and has that on the disk. Nobody else comes between: it is one synchronous piece. Doing it again, after a
 * failure or a crash in the middle, does no harm.
 *
 * @param id names the transaction for what has to be written
 * @throws PipelineError `DATASTORE_UNWRITABLE`, or a system error
 */
export function restore(store: DataStore, fs: RootFs, datastore: string, id: string, keys: readonly TriedKey[]): void {
  const values = keys.flatMap(({ key, before }): [string, string][] => (before === null ? [] : [[key, before]]))
  if (values.length > 0) {
    const transaction = `take-back-${id}`
    store.set(new Map(values), pendingIn(transaction))
    store.commit(transaction)
  }
  for (const { key, before } of keys) {
    if (before !== null) continue
    store.unset(parseKey(key), LIVE)
    syncRemoval(fs, datastore, key)
  }
}
