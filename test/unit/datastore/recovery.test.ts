/** What the next process finds after one that was killed, on disks that work, that are full, and that are read-only. */
import { describe, expect, it } from 'vitest'
import { crc32 } from 'node:zlib'
import { FilesystemStore } from '../../../src/datastore/filesystem.ts'
import { LIVE, pendingIn } from '../../../src/datastore/store.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import type { RootFs } from '../../../src/lib/ports.ts'
import { crashingAfter, failingFs, snapshot, watchedFs } from '../../support/faulty-fs.ts'

const BASE = '/store/v1.24.1_x'
const JOURNAL = '/store/.journal'
const OLD = { 'settings.motd': '"old"', 'settings.ntp.options': '["o"]' }
const NEW = { 'settings.motd': '"new"', 'settings.aws.region': '"r"' }
const MERGED = { ...OLD, ...NEW }

const pairs = (members: Readonly<Record<string, string>>): Map<string, string> => new Map(Object.entries(members))
const liveOf = (store: FilesystemStore): object => Object.fromEntries(store.getPrefix('', LIVE))

/** A store whose process was killed when a commit was decided, before its files were moved, or after. */
function killed(when: 'before the files' | 'after the files'): MemoryFs {
  const fs = new MemoryFs()
  fs.makeDirectory(`${BASE}/live`)
  const crashing = crashingAfter(fs)
  const store = new FilesystemStore(crashing.fs, BASE)
  store.set(pairs(OLD), LIVE)
  store.set(pairs(NEW), pendingIn('tx'))
  store.set(pairs({ 'settings.motd': '"later"' }), pendingIn('other'))
  // a directory, the line of the journal and two syncs; and then the files
  crashing.dieAfter(when === 'before the files' ? 4 : Infinity)
  store.commit('tx')
  expect(fs.readText(JOURNAL).endsWith('done\n')).toBe(when === 'after the files')
  return fs
}

describe.each(['before the files', 'after the files'] as const)('after a kill %s were moved', (when) => {
  it.each(['ENOSPC', 'EROFS', 'EIO'])('what was committed is read from a disk that fails with %s', async (code) => {
    const fs = killed(when)
    const before = snapshot(fs, '/store')
    let broken = true
    const store = new FilesystemStore(
      failingFs(fs, code, () => broken),
      BASE,
    )
    expect(liveOf(store)).toEqual(MERGED)
    expect(store.transactions()).toEqual(['other'])
    expect(store.getPrefix('', pendingIn('tx')).size).toBe(0)
    expect(store.commit('tx')).toEqual([])
    for (const action of [
      () => store.commit('other'),
      () => {
        store.set(pairs({ 'settings.motd': '1' }), pendingIn('tx'))
      },
      () => store.deleteTransaction('other'),
      () => {
        store.dropTransactions()
      },
    ]) {
      expect(action).toThrow(expect.objectContaining({ code: 'DATASTORE_UNWRITABLE' }))
      expect(liveOf(store)).toEqual(MERGED)
    }
    await store.close()
    expect(snapshot(fs, '/store')).toEqual(before)
    broken = false
    expect(store.commit('other')).toEqual(['settings.motd'])
    expect(liveOf(new FilesystemStore(fs, BASE))).toEqual({ ...MERGED, 'settings.motd': '"later"' })
  })

  it('a disk without room is enough if the files are there', () => {
    const fs = killed(when)
    const store = new FilesystemStore(
      failingFs(fs, 'ENOSPC', (operation) => ['writeFile', 'makeDirectory', 'appendFile'].includes(operation)),
      BASE,
    )
    expect(liveOf(store)).toEqual(MERGED)
    expect(fs.readText(JOURNAL) === '').toBe(when === 'after the files')
    // what can be read can be read again
    expect(liveOf(new FilesystemStore(fs, BASE))).toEqual(MERGED)
    expect(fs.readText(JOURNAL)).toBe('')
  })

  it('files that were cut off are whole again', () => {
    const fs = killed(when)
    fs.makeDirectory(`${BASE}/live/settings/aws`)
    fs.writeFile(`${BASE}/live/settings/motd`, '"ne')
    fs.writeFile(`${BASE}/live/settings/aws/region`, Uint8Array.of(0xff))
    expect(liveOf(new FilesystemStore(fs, BASE))).toEqual(MERGED)
    expect(fs.readText(`${BASE}/live/settings/motd`)).toBe('"new"')
  })
})

describe('a sync that failed', () => {
  it('has everything written again, since the next sync may claim success', async () => {
    const fs = new MemoryFs()
    fs.makeDirectory(`${BASE}/live`)
    let broken = false
    const written: string[] = []
    const watched = watchedFs(fs, (operation, path) => {
      if (operation === 'writeFile') written.push(path)
    })
    const failing: RootFs = new Proxy(watched, {
      get: (target, name) => {
        if (name === 'syncAll' && broken) return () => Promise.reject(new Error('EIO: i/o error, fsync'))
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value
      },
    })
    const store = new FilesystemStore(failing, BASE)
    store.set(pairs(NEW), pendingIn('tx'))
    store.commit('tx')
    broken = true
    await store.close()
    expect(fs.readText(JOURNAL)).not.toBe('')
    written.length = 0
    broken = false
    await store.close()
    expect(written.sort()).toEqual([`${BASE}/live/settings/aws/region`, `${BASE}/live/settings/motd`])
    expect(fs.readText(JOURNAL)).toBe('')
  })
})

/** A line of the journal with the right checksum. */
const line = (record: unknown): string => {
  const json = JSON.stringify(record)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}
const ENDED = 'v1.24.1_x/pending/tx'
const FILE = 'v1.24.1_x/live/settings/motd'

describe('a journal that was edited by hand', () => {
  it('is believed where it says what a commit says', () => {
    const fs = killed('after the files')
    fs.writeFile(JOURNAL, line({ ended: ENDED, values: { [FILE]: '"edited"' } }))
    expect(liveOf(new FilesystemStore(fs, BASE))).toMatchObject({ 'settings.motd': '"edited"' })
  })

  it.each<[string, unknown]>([
    ['a file outside', { ended: ENDED, values: { '../outside': '1' } }],
    ['a file outside behind a live one', { ended: ENDED, values: { 'v1.24.1_x/live/../../../outside': '1' } }],
    ['an absolute file', { ended: ENDED, values: { '/outside': '1' } }],
    ['metadata', { ended: ENDED, values: { 'v1.24.1_x/live/settings/motd.template': '1' } }],
    ['another store', { ended: ENDED, values: { 'v1.24.0_y/live/settings/motd': '1' } }],
    ['the live directory', { ended: ENDED, values: { 'v1.24.1_x/live': '1' } }],
    ['a value that is no text', { ended: ENDED, values: { [FILE]: 5 } }],
    ['no values', { ended: ENDED }],
    ['the end of everything pending', { ended: 'v1.24.1_x/pending', values: {} }],
    ['the end of live data', { ended: 'v1.24.1_x/live', values: {} }],
    ['the end of something outside', { ended: '../pending/x', values: {} }],
    ['the end of something above', { ended: 'v1.24.1_x/pending/..', values: {} }],
    ['a list', [ENDED, {}]],
    ['nothing', null],
  ])('is no commit where it names %s', (_, record) => {
    const fs = killed('after the files')
    const before = { ...snapshot(fs, '/'), [`/${JOURNAL}`]: '' }
    fs.writeFile(JOURNAL, line(record))
    expect(liveOf(new FilesystemStore(fs, BASE))).toEqual(MERGED)
    expect(snapshot(fs, '/')).toEqual(before)
  })

  it.each<[string, (fs: MemoryFs) => void]>([
    [
      'a directory',
      (fs) => {
        fs.makeDirectory(`${JOURNAL}/x`)
      },
    ],
    [
      'unreadable',
      () => {
        // by the file system below
      },
    ],
  ])('that is %s is a clear error, not an old state', (_, damage) => {
    const fs = new MemoryFs()
    fs.makeDirectory(`${BASE}/live`)
    damage(fs)
    const unreadable = new Proxy<RootFs>(fs, {
      get: (target, name) => {
        if (name === 'stat') return (path: string) => (path === JOURNAL ? { size: 5 } : target.stat(path))
        if (name === 'readBytes') {
          return (path: string) => {
            if (path === JOURNAL) throw new Error('EIO: i/o error, read')
            return target.readBytes(path)
          }
        }
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value
      },
    })
    const store = new FilesystemStore(unreadable, BASE)
    for (let i = 0; i < 2; i++) {
      expect(() => liveOf(store)).toThrow(
        expect.objectContaining({ code: 'DATASTORE_CORRUPT', message: expect.stringContaining(JOURNAL) }),
      )
    }
  })
})
