import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FilesystemStore } from '../../src/datastore/filesystem.ts'
import { decodeName, encodeName, keyPath, parseStoredPath } from '../../src/datastore/layout.ts'
import { LIVE, pendingIn } from '../../src/datastore/store.ts'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { keyOf, parseKey } from '../../src/model/key.ts'
import { crashingFs, failingFs } from '../support/faulty-fs.ts'

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

  it('has either all of the last step or nothing of it after a crash anywhere', () => {
    const mutating = step.filter(({ kind }) => kind === 'set' || kind === 'commit')
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), mutating, fc.nat({ max: 40 }), (steps, last, survived) => {
        const fs = newFs()
        const model = new Model()
        const store = new FilesystemStore(fs, BASE)
        for (const action of steps) {
          runStep(store, action)
          model.run(action)
        }
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
