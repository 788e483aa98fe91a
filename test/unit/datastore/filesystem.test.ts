import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FilesystemStore } from '../../../src/datastore/filesystem.ts'
import { LIVE, pendingIn } from '../../../src/datastore/store.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { RootedFs } from '../../../src/host/rooted-fs.ts'
import { parseKey } from '../../../src/model/key.ts'
import type { RootFs } from '../../../src/lib/ports.ts'
import { snapshot } from '../../support/faulty-fs.ts'

const BASE = '/store/v1.24.1_x'
const TX = pendingIn('tx')
const pairs = (members: Record<string, string>): Map<string, string> => new Map(Object.entries(members))

const temporary: string[] = []
afterEach(() => {
  for (const directory of temporary.splice(0)) rmSync(directory, { recursive: true, force: true })
})

const makers: [string, () => RootFs][] = [
  ['in memory', () => new MemoryFs()],
  [
    'on disk',
    () => {
      const directory = mkdtempSync(path.join(tmpdir(), 'store-'))
      temporary.push(directory)
      return new RootedFs(directory)
    },
  ],
]

describe.each(makers)('a datastore %s', (_, makeFs) => {
  let fs: RootFs
  let store: FilesystemStore
  const reopen = (): FilesystemStore => new FilesystemStore(fs, BASE)
  beforeEach(() => {
    fs = makeFs()
    fs.makeDirectory(`${BASE}/live`)
    store = reopen()
  })

  it('keeps one file per key, and reads them back', () => {
    store.set(pairs({ 'settings.motd': '"hi"', 'settings.kernel.sysctl."a.b"': '"1"' }), TX)
    store.apply([
      { kind: 'data', scope: LIVE, key: 'services.ntp.restart-commands', text: '[]' },
      { kind: 'metadata', key: 'settings.ntp', metadataKey: 'affected-services', text: '["ntp"]' },
    ])
    expect(snapshot(fs, BASE)).toEqual({
      [`${BASE}/live/services/ntp/restart-commands`]: '[]',
      [`${BASE}/live/settings/ntp.affected-services`]: '["ntp"]',
      [`${BASE}/pending/tx/settings/kernel/sysctl/a%2Eb`]: '"1"',
      [`${BASE}/pending/tx/settings/motd`]: '"hi"',
    })
    for (const each of [store, reopen()]) {
      expect([...each.getPrefix('settings.', TX)]).toEqual([
        ['settings.kernel.sysctl."a.b"', '"1"'],
        ['settings.motd', '"hi"'],
      ])
      expect(each.get(parseKey('settings.mo"t"d'), TX)).toBe('"hi"')
      expect(each.get(parseKey('settings.motd'), LIVE)).toBeUndefined()
      expect(each.getMetadata('affected-services', parseKey('settings.ntp'))).toBe('["ntp"]')
      expect(each.keys('', LIVE)).toEqual(['services.ntp.restart-commands'])
      expect(each.transactions()).toEqual(['tx'])
    }
  })

  it('matches prefixes as plain text', () => {
    store.set(pairs({ 'settings.ntp.a': '1', 'settings.network.b': '2', 'settings.motd': '3' }), TX)
    expect(store.keys('settings.n', TX)).toEqual(['settings.network.b', 'settings.ntp.a'])
    expect(store.keys('settings.ntp.a', TX)).toEqual(['settings.ntp.a'])
    expect(store.keys('nope', TX)).toEqual([])
  })

  it('tells values, groups, and what lies below a value apart', () => {
    store.set(pairs({ 'settings.ntp.options': '[]' }), TX)
    expect(store.get(parseKey('settings.nt'), TX)).toBeUndefined()
    expect(() => store.get(parseKey('settings.ntp'), TX)).toThrow(/settings\.ntp has no value of its own/)
    expect(() => store.get(parseKey('settings.ntp.options.x'), TX)).toThrow(/settings\.ntp\.options has a value/)
  })

  it('commits settings only, keeps other live keys, and ends the transaction', async () => {
    store.apply([
      { kind: 'data', scope: LIVE, key: 'settings.motd', text: '"old"' },
      { kind: 'data', scope: LIVE, key: 'settings.ntp.options', text: '[]' },
    ])
    store.set(pairs({ 'settings.motd': '"new"', 'settings.aws.region': '"r"', 'other.key': '1' }), TX)
    expect(store.commit('tx')).toEqual(['settings.aws.region', 'settings.motd'])
    for (const each of [store, reopen()]) {
      expect(Object.fromEntries(each.getPrefix('', LIVE))).toEqual({
        'settings.aws.region': '"r"',
        'settings.motd': '"new"',
        'settings.ntp.options': '[]',
      })
      expect(each.getPrefix('', TX).size).toBe(0)
      expect(each.transactions()).toEqual([])
      expect(each.commit('tx')).toEqual([])
    }
    expect(fs.stat(`${BASE}/pending`)?.kind).toBe('directory')
    await store.close()
    expect(Object.entries(snapshot(fs, '/store')).filter(([file]) => file.includes('/.'))).toEqual([
      ['/store/.journal', ''],
    ])
  })

  it('reports a key as committed although its value stays the same', () => {
    store.set(pairs({ 'settings.motd': '1' }), LIVE)
    store.set(pairs({ 'settings.motd': '1' }), TX)
    expect(store.commit('tx')).toEqual(['settings.motd'])
  })

  it('leaves a transaction without settings alone', () => {
    store.set(pairs({ 'other.key': '1' }), TX)
    expect(store.commit('tx')).toEqual([])
    expect(store.transactions()).toEqual(['tx'])
  })

  it('deletes a transaction, and all of them', () => {
    store.set(pairs({ 'settings.motd': '1', other: '2' }), pendingIn('..'))
    store.set(pairs({ 'settings.motd': '1' }), pendingIn('a/b'))
    store.set(pairs({ 'settings.motd': '1' }), pendingIn('\0'))
    expect(store.transactions()).toEqual(['\0', '..', 'a/b'])
    expect(store.deleteTransaction('..')).toEqual(['settings.motd'])
    expect(store.deleteTransaction('..')).toEqual([])
    expect(store.transactions()).toEqual(['\0', 'a/b'])
    store.dropTransactions()
    expect(store.transactions()).toEqual([])
    expect(store.getPrefix('', pendingIn('a/b')).size).toBe(0)
  })

  it('inherits metadata from the nearest key above, without merging', () => {
    const set = (key: string, text: string): void => {
      store.apply([{ kind: 'metadata', key, metadataKey: 'affected-services', text }])
    }
    set('settings.ntp', '["x"]')
    const lookUp = (name: string): string | undefined => store.inheritedMetadata('affected-services', parseKey(name))
    expect(lookUp('settings.ntp.time-servers')).toBe('["x"]')
    set('settings.ntp.options', '["y"]')
    expect(lookUp('settings.ntp.options')).toBe('["y"]')
    expect(lookUp('settings.ntp.options.z')).toBe('["y"]')
    expect(lookUp('settings.ntp')).toBe('["x"]')
    expect(lookUp('settings.motd')).toBeUndefined()
    expect(lookUp('settings')).toBeUndefined()
    expect([...store.listMetadata('settings.ntp.').keys()]).toEqual(['settings.ntp.options'])
  })

  it('leaves what was written after a clean stop alone', async () => {
    store.set(pairs({ 'settings.motd': '"ours"' }), TX)
    store.commit('tx')
    await store.close()
    fs.writeFile(`${BASE}/live/settings/motd`, '"theirs"')
    expect(reopen().get(parseKey('settings.motd'), LIVE)).toBe('"theirs"')
  })

  it('does not write a value again that is there already', () => {
    store.set(pairs({ 'settings.motd': '"a"' }), TX)
    fs.remove(`${BASE}/pending/tx/settings/motd`)
    store.set(pairs({ 'settings.motd': '"a"' }), TX)
    expect(fs.stat(`${BASE}/pending/tx/settings/motd`)).toBeUndefined()
  })

  it('what is written past the journal is not undone by it', () => {
    store.set(pairs({ 'settings.motd': '1', 'settings.ntp.options': '2' }), TX)
    store.commit('tx')
    store.set(pairs({ 'settings.motd': '3' }), LIVE)
    store.unset(parseKey('settings.ntp.options'), LIVE)
    expect([...reopen().getPrefix('', LIVE)]).toEqual([['settings.motd', '3']])
  })

  it('removes a key and the directories that are empty then', () => {
    store.set(pairs({ 'settings.a.b.c': '1', 'settings.d': '2' }), LIVE)
    store.unset(parseKey('settings.a.b.c'), LIVE)
    store.unset(parseKey('settings.a.b.c'), LIVE)
    expect(fs.stat(`${BASE}/live/settings/a`)).toBeUndefined()
    expect(store.keys('', LIVE)).toEqual(['settings.d'])
    store.unset(parseKey('settings.d'), LIVE)
    expect(fs.stat(`${BASE}/live/settings`)).toBeUndefined()
    expect(fs.stat(`${BASE}/live`)?.kind).toBe('directory')
  })

  it('reads only regular files with names of keys', () => {
    fs.makeDirectory(`${BASE}/live/settings`)
    fs.writeFile(`${BASE}/live/settings/motd`, ' "spaced" ')
    fs.writeFile(`${BASE}/live/settings/not a key`, '1')
    fs.writeFile(`${BASE}/live/.new-3`, '1')
    fs.symlink('motd', `${BASE}/live/settings/link`)
    fs.symlink('/', `${BASE}/live/loop`)
    fs.makeDirectory(`${BASE}/pending`)
    fs.writeFile(`${BASE}/pending/file`, '')
    expect(store.keys('', LIVE)).toEqual(['settings.motd'])
    expect(store.get(parseKey('settings.motd'), LIVE)).toBe(' "spaced" ')
    expect(store.transactions()).toEqual([])
  })

  it('names a value that is not UTF-8, and serves the others', () => {
    fs.makeDirectory(`${BASE}/live/settings/ntp`)
    fs.writeFile(`${BASE}/live/settings/motd`, Uint8Array.of(0x22, 0xff, 0x22))
    fs.writeFile(`${BASE}/live/settings/ntp/options`, '[]')
    expect(() => store.getPrefix('settings.', LIVE)).toThrow('the value of settings.motd cannot be read')
    expect(() => store.get(parseKey('settings.motd'), LIVE)).toThrow('settings.motd')
    expect([...store.getPrefix('settings.ntp', LIVE)]).toEqual([['settings.ntp.options', '[]']])
    expect(store.keys('settings.', LIVE)).toEqual(['settings.motd', 'settings.ntp.options'])
  })

  it('is corrupt without a live directory, and empty without a pending one', () => {
    fs.removeTree(`${BASE}/live`)
    expect(() => store.getPrefix('', LIVE)).toThrow(expect.objectContaining({ code: 'DATASTORE_CORRUPT' }))
    expect(store.getPrefix('', TX).size).toBe(0)
  })

  it('refuses names that are too long for a file', () => {
    const long = pendingIn('é'.repeat(43))
    expect(store.getPrefix('', long).size).toBe(0)
    expect(store.commit('é'.repeat(43))).toEqual([])
    expect(() => {
      store.set(pairs({ 'settings.motd': '1' }), long)
    }).toThrow(expect.objectContaining({ code: 'DATASTORE_KEY_TOO_LONG' }))
    expect(() => {
      store.set(pairs({ [`settings.kernel.sysctl."${'a.'.repeat(100)}b"`]: '1', 'settings.motd': '1' }), TX)
    }).toThrow(expect.objectContaining({ code: 'DATASTORE_KEY_TOO_LONG' }))
    expect(store.transactions()).toEqual([])
  })
})
