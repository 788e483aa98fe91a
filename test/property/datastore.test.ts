import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FilesystemStore } from '../../src/datastore/filesystem.ts'
import { decodeName, encodeName, keyPath, parseStoredPath } from '../../src/datastore/layout.ts'
import { LIVE, pendingIn } from '../../src/datastore/store.ts'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { keyOf, parseKey } from '../../src/model/key.ts'
import { crashingAfter, crashingFs, failingFs } from '../support/faulty-fs.ts'
import { powerCutFs } from '../support/power-cut-fs.ts'

const BASE = '/store/v1.24.1_x'
const segment = fc.stringMatching(/^[A-Za-z0-9_/.-]{1,12}$/)
const segments = fc.array(segment, { minLength: 1, maxLength: 4 })

describe('file names', () => {
  it('any text has one, and it leads back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(encodeName(name)).toMatch(/^[A-Za-z0-9_%-]*$/)
        expect(decodeName(encodeName(name))).toBe(name)
      }),
    )
  })

  it('any key has one, and it leads back', () => {
    fc.assert(
      fc.property(segments, (list) => {
        expect(parseStoredPath(keyPath(list))).toEqual({ key: keyOf(list).name })
      }),
    )
  })

  it('reading one never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z%.0-9A-F/]*$/)), (path) => {
        const stored = parseStoredPath(path)
        if (stored !== undefined && stored.metadataKey === undefined) {
          expect(keyPath(parseKey(stored.key).segments)).toBe(path)
        }
      }),
    )
  })
})

/** Keys of which none lies below another. */
const leaf = fc.constantFrom(
  'settings.a',
  'settings.b.c',
  'settings.b.d',
  'settings.e."f.g"',
  'settings.h.i.j',
  'other.k',
)
const transaction = fc.constantFrom('t', '..', 'a b')
const text = fc.integer({ min: 0, max: 99 }).map(String)

type Step =
  | { readonly kind: 'set'; readonly tx: string; readonly pairs: [string, string][] }
  | { readonly kind: 'commit' | 'delete'; readonly tx: string }
  | { readonly kind: 'reopen' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    tx: transaction,
    pairs: fc.array(fc.tuple(leaf, text), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constantFrom('commit' as const, 'delete' as const), tx: transaction }),
  fc.constant({ kind: 'reopen' as const }),
)

/** What a store should hold: nothing but maps. */
class Model {
  readonly live = new Map<string, string>()
  readonly pending = new Map<string, Map<string, string>>()

  run(action: Step): string[] | undefined {
    if (action.kind === 'reopen') return undefined
    const pairs = this.pending.get(action.tx) ?? new Map<string, string>()
    if (action.kind === 'set') {
      for (const [key, value] of action.pairs) pairs.set(key, value)
      this.pending.set(action.tx, pairs)
      return undefined
    }
    const settings = [...pairs].filter(([key]) => key.startsWith('settings.')).sort()
    if (action.kind === 'commit') {
      if (settings.length === 0) return []
      for (const [key, value] of settings) this.live.set(key, value)
    }
    this.pending.delete(action.tx)
    return settings.map(([key]) => key)
  }

  state(): unknown {
    const sorted = (map: ReadonlyMap<string, string>): unknown => [...map].sort()
    return { live: sorted(this.live), pending: [...this.pending].sort().map(([tx, pairs]) => [tx, sorted(pairs)]) }
  }

  copy(): Model {
    const other = new Model()
    for (const [key, value] of this.live) other.live.set(key, value)
    for (const [tx, pairs] of this.pending) other.pending.set(tx, new Map(pairs))
    return other
  }
}

function liveOf(from: FilesystemStore | Model): [string, string][] {
  return [...(from instanceof Model ? from.live : from.getPrefix('', LIVE))].sort()
}

function stateOf(store: FilesystemStore): unknown {
  return {
    live: [...store.getPrefix('', LIVE)].sort(),
    // a crash may leave a transaction without keys, which is as good as none
    pending: store
      .transactions()
      .map((tx) => [tx, [...store.getPrefix('', pendingIn(tx))].sort()] as const)
      .filter(([, pairs]) => pairs.length > 0),
  }
}

function runStep(store: FilesystemStore, action: Step): string[] | undefined {
  if (action.kind === 'set') {
    store.set(new Map(action.pairs), pendingIn(action.tx))
    return undefined
  }
  if (action.kind === 'reopen') return undefined
  return action.kind === 'commit' ? store.commit(action.tx) : store.deleteTransaction(action.tx)
}

function newFs(): MemoryFs {
  const fs = new MemoryFs()
  fs.makeDirectory(`${BASE}/live`)
  return fs
}

describe('a datastore', () => {
  it('behaves as two maps, also when it is opened again', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const fs = newFs()
        const model = new Model()
        let store = new FilesystemStore(fs, BASE)
        for (const action of steps) {
          if (action.kind === 'reopen') store = new FilesystemStore(fs, BASE)
          expect(runStep(store, action)).toEqual(model.run(action))
          expect(stateOf(store)).toEqual(model.state())
        }
        expect(stateOf(new FilesystemStore(fs, BASE))).toEqual(model.state())
      }),
    )
  })

  it('has either all of a commit or nothing of it after a crash anywhere', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), transaction, fc.nat({ max: 40 }), (steps, tx, survived) => {
        const fs = newFs()
        const model = new Model()
        const store = new FilesystemStore(fs, BASE)
        for (const action of steps) {
          runStep(store, action)
          model.run(action)
        }
        const last: Step = { kind: 'commit', tx }
        const after = model.copy()
        after.run(last)
        try {
          runStep(new FilesystemStore(crashingFs(fs, survived), BASE), last)
        } catch {
          // the process is dead
        }
        expect([model.state(), after.state()]).toContainEqual(stateOf(new FilesystemStore(fs, BASE)))
      }),
    )
  })

  it('has what is live untouched by a write that a crash interrupts', () => {
    const write = step.filter(({ kind }) => kind === 'set' || kind === 'delete')
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), write, fc.nat({ max: 20 }), (steps, last, survived) => {
        const fs = newFs()
        const model = new Model()
        const store = new FilesystemStore(fs, BASE)
        for (const action of steps) {
          runStep(store, action)
          model.run(action)
        }
        try {
          runStep(new FilesystemStore(crashingFs(fs, survived), BASE), last)
        } catch {
          // the process is dead
        }
        const next = new FilesystemStore(fs, BASE)
        expect(liveOf(next)).toEqual(liveOf(model))
        next.dropTransactions()
        expect(next.transactions()).toEqual([])
      }),
    )
  })

  it('has all that was committed, and all or nothing of the last commit, after a power cut anywhere', async () => {
    const outcomes = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(step, fc.constant({ kind: 'checkpoint' as const })), { maxLength: 10 }),
        transaction,
        fc.nat({ max: 40 }),
        fc.infiniteStream(fc.nat({ max: 1_000_000 })),
        async (steps, tx, survived, choices) => {
          const { fs, cut, syncEverything } = powerCutFs()
          fs.makeDirectory(`${BASE}/live`)
          syncEverything()
          const model = new Model()
          const crashing = crashingAfter(fs)
          let store = new FilesystemStore(crashing.fs, BASE)
          for (const action of steps) {
            if (action.kind === 'checkpoint') await store.close()
            else if (action.kind === 'reopen') store = new FilesystemStore(crashing.fs, BASE)
            else {
              runStep(store, action)
              model.run(action)
            }
          }
          const after = model.copy()
          after.run({ kind: 'commit', tx })
          crashing.dieAfter(survived)
          let acknowledged = false
          try {
            store.commit(tx)
            acknowledged = true
            void store.close()
          } catch {
            // the power is gone
          }
          const disk = cut((count) => (choices.next().value as number) % count)
          const expected = acknowledged ? [liveOf(after)] : [liveOf(model), liveOf(after)]
          const next = new FilesystemStore(disk, BASE)
          expect(expected).toContainEqual(liveOf(next))
          expect(expected).toContainEqual(liveOf(new FilesystemStore(disk, BASE)))
          outcomes.add(`${String(acknowledged)} ${String(steps.length > 0)}`)
        },
      ),
      { numRuns: 1000 },
    )
    expect(outcomes.size).toBeGreaterThan(2)
  })

  it('has all that was committed after a power cut while another one is made good', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 8 }),
        fc.nat({ max: 30 }),
        fc.infiniteStream(fc.nat({ max: 1_000_000 })),
        (steps, survived, choices) => {
          const choose = (count: number): number => (choices.next().value as number) % count
          const first = powerCutFs()
          first.fs.makeDirectory(`${BASE}/live`)
          first.syncEverything()
          const model = new Model()
          const store = new FilesystemStore(first.fs, BASE)
          for (const action of steps) {
            runStep(store, action)
            model.run(action)
          }
          const second = powerCutFs(first.cut(choose))
          try {
            new FilesystemStore(crashingFs(second.fs, survived), BASE).transactions()
          } catch {
            // the power is gone again
          }
          expect(liveOf(new FilesystemStore(second.cut(choose), BASE))).toEqual(liveOf(model))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is as it was after a step that fails, or as it should be after one that succeeds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), step, fc.nat({ max: 40 }), (steps, last, nth) => {
        const fs = newFs()
        const model = new Model()
        const plain = new FilesystemStore(fs, BASE)
        for (const action of steps) {
          runStep(plain, action)
          model.run(action)
        }
        let count = 0
        const store = new FilesystemStore(
          failingFs(fs, 'ENOSPC', () => count++ === nth),
          BASE,
        )
        try {
          store.transactions() // makes good what is in the journal
          runStep(store, last)
          model.run(last)
        } catch (error) {
          expect(error).toMatchObject({ code: 'DATASTORE_UNWRITABLE' })
        }
        expect(stateOf(store)).toEqual(model.state())
        expect(stateOf(new FilesystemStore(fs, BASE))).toEqual(model.state())
      }),
    )
  })
})
