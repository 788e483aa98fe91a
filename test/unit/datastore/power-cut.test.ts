/** A commit that changes 50 keys, cut at every operation of the file system by a loss of power. */
import { describe, expect, it } from 'vitest'
import { FilesystemStore } from '../../../src/datastore/filesystem.ts'
import { LIVE, pendingIn } from '../../../src/datastore/store.ts'
import type { MemoryFs } from '../../../src/host/memory-fs.ts'
import type { RootFs } from '../../../src/lib/ports.ts'
import { crashingAfter, watchedFs } from '../../support/faulty-fs.ts'
import { powerCutFs, type PowerCutFs } from '../../support/power-cut-fs.ts'

const BASE = '/store/v1.24.1_x'
const JOURNAL = '/store/.journal'
const TX = pendingIn('tx')
const KEYS = 50

/** Keys in directories that are there already, in new ones, and with names that have to be encoded. */
const nameOf = (i: number): string =>
  i % 3 === 0
    ? `settings.old.k${String(i)}`
    : i % 3 === 1
      ? `settings.new.g${String(i % 7)}.k${String(i)}`
      : `settings.kernel."a.b/${String(i)}"`
const values = (generation: string): Map<string, string> =>
  new Map(Array.from({ length: KEYS }, (_, i) => [nameOf(i), `"${generation} of ${String(i)} ${'x'.repeat(i * 5)}"`]))

const sorted = (pairs: ReadonlyMap<string, string>): [string, string][] => [...pairs].sort()
/** What is live before: some of the keys, and one that the commit does not touch. */
const OLD = sorted(
  new Map([...[...values('old')].filter((_, i) => i % 3 !== 1), ['settings.kept', '"kept"'] as [string, string]]),
)
const NEW = sorted(new Map([...OLD, ...values('new')]))

const liveOf = (fs: RootFs): [string, string][] => sorted(new FilesystemStore(fs, BASE).getPrefix('', LIVE))

interface Scene {
  readonly power: PowerCutFs
  readonly store: FilesystemStore
  readonly dieAfter: (changes: number) => void
  /** Changes since `dieAfter`. */
  readonly changes: string[]
}

/** A store with a transaction over it. @param earlier commits that are only in the journal and in unsynced files */
function scene(earlier: number): Scene {
  const power = powerCutFs()
  power.fs.makeDirectory(`${BASE}/live`)
  new FilesystemStore(power.fs, BASE).set(new Map(OLD), LIVE)
  power.syncEverything()
  const dying = crashingAfter(power.fs)
  const changes: string[] = []
  const store = new FilesystemStore(
    watchedFs(dying.fs, (operation, path) => changes.push(`${operation} ${path}`)),
    BASE,
  )
  for (let i = 0; i < earlier; i++) {
    store.set(new Map(OLD.map(([key, text]) => [key, i === earlier - 1 ? text : `"${String(i)}"`])), TX)
    store.commit('tx')
  }
  store.set(values('new'), TX)
  changes.length = 0
  return {
    power,
    store,
    dieAfter: (left) => {
      dying.dieAfter(left)
    },
    changes,
  }
}

/** Ways of what a power cut leaves: nothing that is not certain, everything, and any mixture. */
function choosers(seed: number): ((count: number) => number)[] {
  let state = seed
  const random = (count: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % count
  }
  return [() => 0, (count) => count - 1, ...Array.from({ length: 4 }, () => random)]
}

function commitAndStop({ store }: Scene): { acknowledged: boolean; stopped: Promise<void> } {
  try {
    store.commit('tx')
  } catch {
    return { acknowledged: false, stopped: Promise.resolve() }
  }
  return { acknowledged: true, stopped: store.close() }
}

describe.each([
  ['the first commit of a process', 0],
  ['a commit after others', 2],
])('%s', (_, earlier) => {
  it('of 50 keys is all there or not at all after a power cut at any operation', async () => {
    const whole = scene(earlier)
    await commitAndStop(whole).stopped
    const total = whole.changes.length
    expect(total).toBeGreaterThan(40)
    const outcomes = new Map<string, number>()
    for (let survived = 0; survived <= total; survived++) {
      for (const [n, choose] of choosers(survived + 1).entries()) {
        const cut = scene(earlier)
        cut.dieAfter(survived)
        const { acknowledged, stopped } = commitAndStop(cut)
        await stopped
        const disk: MemoryFs = cut.power.cut(choose)
        // the power may fail once more while the first cut is made good
        const again = powerCutFs(disk)
        const dying = crashingAfter(again.fs)
        dying.dieAfter(n * 5)
        try {
          liveOf(dying.fs)
        } catch {
          // dead
        }
        const expected = acknowledged ? [NEW] : [OLD, NEW]
        const place = `${String(survived)} of ${String(total)}, ${String(n)}`
        const found = liveOf(again.cut(choose))
        expect(expected, place).toContainEqual(found)
        const state = found.length === NEW.length ? 'new' : 'old'
        const outcome = `${acknowledged ? 'acknowledged' : 'cut off'}, ${state}`
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
    }
    expect([...outcomes.keys()].sort()).toEqual(['acknowledged, new', 'cut off, new', 'cut off, old'])
  })
})

describe('a commit of 50 keys', () => {
  const syncs = (changes: readonly string[]): string[] => changes.filter((change) => change.startsWith('sync'))

  it('is acknowledged by one sync of the journal', () => {
    const first = scene(0)
    first.store.commit('tx')
    // the name of a new journal has to be on the disk as well, once
    expect(syncs(first.changes)).toEqual([`syncFile ${JOURNAL}`, 'syncDirectory /store'])
    const later = scene(1)
    later.store.commit('tx')
    expect(syncs(later.changes)).toEqual([`syncFile ${JOURNAL}`])
    const at = later.changes.indexOf(`syncFile ${JOURNAL}`)
    expect(later.changes[at - 1]).toBe(`appendFile ${JOURNAL}`)
    // nothing that is live has been touched before
    expect(later.changes.slice(0, at - 1).every((change) => change.startsWith('makeDirectory '))).toBe(true)
  })

  it('is one sync per commit for many commits', () => {
    const { store, changes } = scene(0)
    store.commit('tx')
    changes.length = 0
    for (let i = 0; i < 20; i++) {
      store.set(values(String(i)), TX)
      store.commit('tx')
    }
    expect(syncs(changes)).toEqual(Array.from({ length: 20 }, () => `syncFile ${JOURNAL}`))
  })

  it('is lost in part without the journal: the power cuts do harm', () => {
    let damaged = 0
    for (const choose of choosers(7)) {
      const { power, store } = scene(0)
      store.commit('tx')
      const disk = power.cut(choose)
      disk.removeTree(JOURNAL)
      try {
        const found = JSON.stringify(liveOf(disk))
        if (found !== JSON.stringify(OLD) && found !== JSON.stringify(NEW)) damaged++
      } catch {
        damaged++
      }
    }
    expect(damaged).toBeGreaterThan(3)
  })
})
