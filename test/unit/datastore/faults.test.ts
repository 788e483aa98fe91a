import { describe, expect, it } from 'vitest'
import { FilesystemStore } from '../../../src/datastore/filesystem.ts'
import { LIVE, pendingIn } from '../../../src/datastore/store.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { messageOf } from '../../../src/lib/errors.ts'
import { Crash, crashingFs, failingFs, snapshot, watchedFs, type Mutation } from '../../support/faulty-fs.ts'

const BASE = '/store/v1.24.1_x'
const TX = pendingIn('tx')
const OLD = { 'settings.motd': '"old"', 'settings.ntp.options': '["o"]' }
const NEW = { 'settings.motd': '"new"', 'settings.aws.region': '"r"', 'settings.kernel.sysctl."a.b"': '"1"' }

/** A store with live settings and a transaction over them. */
function prepared(): MemoryFs {
  const fs = new MemoryFs()
  fs.makeDirectory(`${BASE}/live`)
  const store = new FilesystemStore(fs, BASE)
  store.set(new Map(Object.entries(OLD)), LIVE)
  store.set(new Map(Object.entries(NEW)), TX)
  return fs
}

const liveOf = (store: FilesystemStore): object => Object.fromEntries(store.getPrefix('', LIVE))
const pendingOf = (store: FilesystemStore): object => Object.fromEntries(store.getPrefix('', TX))
const MERGED = { ...OLD, ...NEW }

/** How many changes of the file system an action makes. */
function countChanges(action: (store: FilesystemStore) => void): number {
  let count = 0
  action(
    new FilesystemStore(
      watchedFs(prepared(), () => count++),
      BASE,
    ),
  )
  return count
}

const commit = (store: FilesystemStore): unknown => store.commit('tx')
const patch = (store: FilesystemStore): void => {
  store.set(new Map(Object.entries({ 'settings.motd': '"p"', 'settings.a.b': '1', 'settings.a.c': '2' })), TX)
}

describe.each(['ENOSPC', 'EROFS', 'EACCES'])('when writing fails with %s', (code) => {
  it.each([
    ['a commit', commit],
    ['a write', patch],
  ])('%s changes nothing and says why, wherever it fails', (_, action) => {
    const total = countChanges(action)
    expect(total).toBeGreaterThan(4)
    for (let nth = 0; nth < total; nth++) {
      const fs = prepared()
      const before = snapshot(fs, '/store')
      let count = 0
      const store = new FilesystemStore(
        failingFs(fs, code, () => count++ === nth),
        BASE,
      )
      let error: unknown
      try {
        action(store)
      } catch (thrown) {
        error = thrown
      }
      if (error === undefined) {
        // only cleaning up failed: the changes are made, and the next use finishes
        store.transactions()
        expect(fs.lstat('/store/.journal')).toBeUndefined()
        continue
      }
      expect(error).toMatchObject({ code: 'DATASTORE_UNWRITABLE' })
      expect(messageOf(error)).toContain(code)
      expect(snapshot(fs, '/store')).toEqual(before)
      expect(liveOf(store)).toEqual(OLD)
      expect(pendingOf(store)).toEqual(NEW)
    }
  })

  it('a store on which nothing can be written can still be read', () => {
    const fs = prepared()
    const before = snapshot(fs, '/store')
    const store = new FilesystemStore(failingFs(fs, code), BASE)
    for (const action of [commit, patch]) {
      expect(() => {
        action(store)
      }).toThrow(code)
      expect(liveOf(store)).toEqual(OLD)
      expect(pendingOf(store)).toEqual(NEW)
    }
    expect(snapshot(fs, '/store')).toEqual(before)
    expect(() => store.deleteTransaction('tx')).toThrow(code)
    expect(pendingOf(store)).toEqual(NEW)
  })
})

describe('when the process dies', () => {
  it('in a commit, the next process finds all of it or nothing', () => {
    const total = countChanges(commit)
    const outcomes = new Set<string>()
    for (let survived = 0; survived <= total; survived++) {
      const fs = prepared()
      const store = new FilesystemStore(crashingFs(fs, survived), BASE)
      try {
        commit(store)
      } catch (error) {
        expect(String(error)).toContain('the process is dead')
      }
      const next = new FilesystemStore(fs, BASE)
      const live = liveOf(next)
      expect([OLD, MERGED], `after ${String(survived)} changes`).toContainEqual(live)
      const isDone = 'settings.aws.region' in live
      expect(pendingOf(next)).toEqual(isDone ? {} : NEW)
      expect(fs.lstat('/store/.journal')).toBeUndefined()
      outcomes.add(isDone ? 'new' : 'old')
      // the store works on
      patch(next)
      next.commit('tx')
      expect(liveOf(next)).toMatchObject({ 'settings.motd': '"p"', 'settings.ntp.options': '["o"]' })
    }
    expect(outcomes).toEqual(new Set(['old', 'new']))
  })

  it('while it finishes what another left, nothing is lost either', () => {
    const total = countChanges(commit)
    for (let survived = 0; survived <= total; survived++) {
      for (let again = 0; again < 6; again++) {
        const fs = prepared()
        for (const each of [survived, again]) {
          try {
            const store = new FilesystemStore(crashingFs(fs, each), BASE)
            if (each === survived) commit(store)
            else store.transactions()
          } catch (error) {
            expect(String(error)).toContain('the process is dead')
          }
        }
        const live = liveOf(new FilesystemStore(fs, BASE))
        expect([OLD, MERGED]).toContainEqual(live)
      }
    }
  })

  it('in a write, the next process finds all of it or nothing', () => {
    const total = countChanges(patch)
    for (let survived = 0; survived <= total; survived++) {
      const fs = prepared()
      try {
        patch(new FilesystemStore(crashingFs(fs, survived), BASE))
      } catch (error) {
        expect(String(error)).toContain('the process is dead')
      }
      const all = { ...NEW, 'settings.motd': '"p"', 'settings.a.b': '1', 'settings.a.c': '2' }
      expect([NEW, all]).toContainEqual(pendingOf(new FilesystemStore(fs, BASE)))
    }
  })
})

describe('a journal', () => {
  it.each(['', '{', '{"moves":[]}', '{"schemaVersion":1,"moves":[{"from":1}],"removals":[]}', 'null'])(
    'that says %j was never decided',
    (text) => {
      const fs = prepared()
      fs.writeFile('/store/.journal', text)
      const store = new FilesystemStore(fs, BASE)
      expect(liveOf(store)).toEqual(OLD)
      expect(pendingOf(store)).toEqual(NEW)
      expect(fs.lstat('/store/.journal')).toBeUndefined()
    },
  )

  it('is finished by a running store whose undo failed', () => {
    const fs = prepared()
    let renames = 0
    let broken = true
    const isFatal = (operation: Mutation): boolean => operation === 'rename' && broken && ++renames > 2
    const store = new FilesystemStore(
      failingFs(fs, 'EIO', (operation) => isFatal(operation)),
      BASE,
    )
    expect(() => store.commit('tx')).toThrow('could not be undone')
    broken = false
    expect(liveOf(store)).toEqual(MERGED)
    expect(pendingOf(store)).toEqual({})
  })
})

describe('a live value where the transaction has a group', () => {
  it('makes the commit fail as a whole', () => {
    const fs = prepared()
    const store = new FilesystemStore(fs, BASE)
    store.set(new Map([['settings.motd.deep', '1']]), pendingIn('other'))
    expect(() => store.commit('other')).toThrow(expect.objectContaining({ code: 'DATASTORE_UNWRITABLE' }))
    expect(liveOf(store)).toEqual(OLD)
    expect(store.transactions()).toEqual(['other', 'tx'])
  })
})

describe('crashingFs', () => {
  it('throws what is no system error', () => {
    expect(() => {
      crashingFs(new MemoryFs(), 0).makeDirectory('/x')
    }).toThrow(Crash)
  })
})
