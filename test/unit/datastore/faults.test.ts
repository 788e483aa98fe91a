import { describe, expect, it } from 'vitest'
import { FilesystemStore } from '../../../src/datastore/filesystem.ts'
import { LIVE, pendingIn } from '../../../src/datastore/store.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { messageOf } from '../../../src/lib/errors.ts'
import { Crash, crashingFs, failingFs, snapshot, watchedFs } from '../../support/faulty-fs.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

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

/** An empty journal is as good as none. */
function withoutJournal({ '/store/.journal': journal = '', ...files }: Record<string, string>): object {
  expect(journal).toBe('')
  return files
}

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
    expect(total).toBeGreaterThan(3)
    const undisturbed = prepared()
    action(new FilesystemStore(undisturbed, BASE))
    const journalSize = undisturbed.stat('/store/.journal')?.size
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
        // decided: what was left to do is done by whoever comes next
        expect(liveOf(store)).toEqual(MERGED)
        expect(store.transactions()).toEqual([])
        for (const next of [new FilesystemStore(fs, BASE), store]) {
          expect(liveOf(next)).toEqual(MERGED)
          expect(pendingOf(next)).toEqual({})
          expect(next.transactions()).toEqual([])
        }
        continue
      }
      expect(error).toMatchObject({ code: 'DATASTORE_UNWRITABLE' })
      expect(messageOf(error)).toContain(code)
      expect(withoutJournal(snapshot(fs, '/store'))).toEqual(before)
      for (const each of [store, new FilesystemStore(fs, BASE)]) {
        expect(liveOf(each)).toEqual(OLD)
        expect(pendingOf(each)).toEqual(NEW)
      }
      // and once there is room again it works
      action(store)
      expect(fs.stat('/store/.journal')?.size ?? 0).toBe(action === commit ? journalSize : 0)
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
      expect(fs.stat('/store/.journal')?.size ?? 0).toBe(0)
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

  it('in a write, what is live is untouched, and the next boot drops the rest', () => {
    const total = countChanges(patch)
    for (let survived = 0; survived <= total; survived++) {
      const fs = prepared()
      try {
        patch(new FilesystemStore(crashingFs(fs, survived), BASE))
      } catch (error) {
        expect(String(error)).toContain('the process is dead')
      }
      const next = new FilesystemStore(fs, BASE)
      expect(liveOf(next)).toEqual(OLD)
      next.dropTransactions()
      expect(pendingOf(next)).toEqual({})
      patch(next)
      expect(next.commit('tx')).toEqual(['settings.a.b', 'settings.a.c', 'settings.motd'])
    }
  })
})

/** A store with one commit in its journal, as if the process had died right after it. */
function committed(): { fs: MemoryFs; journal: string } {
  const fs = prepared()
  commit(new FilesystemStore(fs, BASE))
  return { fs, journal: fs.readText('/store/.journal') }
}

describe('a journal', () => {
  it.each(['', '{', 'done\n', '00000000 {}\n', '{"moves":[],"removals":[]}\n', '\0\0\0\0', 'ffff\n\n'])(
    'that says %j was never decided',
    (text) => {
      const fs = prepared()
      fs.writeFile('/store/.journal', text)
      const store = new FilesystemStore(fs, BASE)
      expect(liveOf(store)).toEqual(OLD)
      expect(pendingOf(store)).toEqual(NEW)
      expect(fs.readText('/store/.journal')).toBe('')
    },
  )

  it('that was cut off anywhere was never decided', () => {
    const { journal } = committed()
    const record = journal.slice(0, journal.indexOf('\n') + 1)
    for (let length = 0; length <= record.length; length++) {
      const fs = prepared()
      fs.writeFile('/store/.journal', record.slice(0, length))
      const store = new FilesystemStore(fs, BASE)
      const isWhole = length === record.length
      expect(liveOf(store)).toEqual(isWhole ? MERGED : OLD)
      expect(pendingOf(store)).toEqual(isWhole ? {} : NEW)
    }
  })

  it('leaves a transaction alone that was begun after the commit', () => {
    const fs = prepared()
    const store = new FilesystemStore(fs, BASE)
    store.commit('tx')
    patch(store)
    expect(fs.readText('/store/.journal')).not.toBe('')
    const next = new FilesystemStore(fs, BASE)
    expect(liveOf(next)).toEqual(MERGED)
    expect(Object.keys(pendingOf(next))).toEqual(['settings.a.b', 'settings.a.c', 'settings.motd'])
  })

  it('does not bring back a datastore that was taken away', () => {
    const { fs } = committed()
    fs.removeTree(BASE)
    fs.makeDirectory('/store/v2/live')
    expect(liveOf(new FilesystemStore(fs, '/store/v2'))).toEqual({})
    expect(fs.stat(BASE)).toBeUndefined()
    expect(fs.readText('/store/.journal')).toBe('')
  })

  it('is emptied when it holds very many commits', () => {
    const fs = prepared()
    const store = new FilesystemStore(fs, BASE)
    const sizes: number[] = []
    for (let i = 0; i < 450; i++) {
      store.set(new Map([['settings.motd', String(i)]]), TX)
      store.commit('tx')
      sizes.push(fs.stat('/store/.journal')?.size ?? 0)
    }
    expect(Math.max(...sizes)).toBeLessThan(200 * 200)
    expect(sizes.filter((size) => size === 0)).toHaveLength(2)
    expect(new FilesystemStore(fs, BASE).getPrefix('settings.motd', LIVE).get('settings.motd')).toBe('449')
  })

  it('is emptied when nothing is committed for a while, and not before', async () => {
    const clock = virtualClock()
    const fs = prepared()
    const store = new FilesystemStore(fs, BASE, clock)
    store.commit('tx')
    await clock.sleep(2000)
    expect(fs.readText('/store/.journal')).not.toBe('')
    patch(store)
    store.commit('tx')
    await clock.sleep(2000)
    expect(fs.readText('/store/.journal')).not.toBe('')
    await clock.sleep(10_000)
    expect(fs.readText('/store/.journal')).toBe('')
    await store.close()
  })

  it('that says what could not be written is served from memory and made good later', async () => {
    const fs = prepared()
    let broken = true
    const store = new FilesystemStore(
      failingFs(fs, 'EIO', (operation, path) => broken && path.startsWith(`${BASE}/`) && operation !== 'makeDirectory'),
      BASE,
    )
    expect(store.commit('tx')).toEqual(Object.keys(NEW).sort())
    expect(liveOf(store)).toEqual(MERGED)
    expect(store.transactions()).toEqual([])
    expect(() => {
      patch(store)
    }).toThrow(expect.objectContaining({ code: 'DATASTORE_UNWRITABLE' }))
    await store.close()
    expect(fs.readText('/store/.journal')).not.toBe('')
    expect(liveOf(store)).toEqual(MERGED)
    broken = false
    patch(store)
    expect(liveOf(new FilesystemStore(fs, BASE))).toEqual(MERGED)
    expect(Object.keys(pendingOf(store))).toHaveLength(3)
    await store.close()
  })
})

describe('a commit whose place is taken', () => {
  it.each<[string, string, (fs: MemoryFs) => void]>([
    ['by a value, where there is a group', 'settings.motd.deep', () => undefined],
    ['by a group, where there is a value', 'settings.ntp', () => undefined],
    [
      'by a link',
      'settings.link.deep',
      (fs) => {
        fs.symlink('motd', `${BASE}/live/settings/link`)
      },
    ],
    [
      'by an empty directory',
      'settings.empty',
      (fs) => {
        fs.makeDirectory(`${BASE}/live/settings/empty`)
      },
    ],
  ])('fails as a whole: %s', (_, key, prepare) => {
    const fs = prepared()
    prepare(fs)
    const store = new FilesystemStore(fs, BASE)
    store.set(
      new Map([
        [key, '1'],
        ['settings.aa', '2'],
      ]),
      pendingIn('other'),
    )
    const before = snapshot(fs, '/store')
    expect(() => store.commit('other')).toThrow(expect.objectContaining({ code: 'DATASTORE_UNWRITABLE' }))
    expect(withoutJournal(snapshot(fs, '/store'))).toEqual(before)
    expect(liveOf(store)).toEqual(OLD)
    expect(store.transactions()).toEqual(['other', 'tx'])
  })

  it('takes only settings of a directory that holds more', () => {
    const fs = prepared()
    fs.makeDirectory(`${BASE}/pending/other/settings/new`)
    fs.writeFile(`${BASE}/pending/other/settings/new/value`, '1')
    fs.writeFile(`${BASE}/pending/other/settings/new/no key`, '2')
    const store = new FilesystemStore(fs, BASE)
    expect(store.commit('other')).toEqual(['settings.new.value'])
    expect(fs.readDirectory(`${BASE}/live/settings/new`).map(({ name }) => name)).toEqual(['value'])
    expect(fs.stat(`${BASE}/pending/other`)).toBeUndefined()
  })
})

describe('crashingFs', () => {
  it('throws what is no system error', () => {
    expect(() => {
      crashingFs(new MemoryFs(), 0).makeDirectory('/x')
    }).toThrow(Crash)
  })
})
