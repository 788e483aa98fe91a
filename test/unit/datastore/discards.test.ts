import { describe, expect, it } from 'vitest'
import { Discards } from '../../../src/datastore/discards.ts'
import { FilesystemStore } from '../../../src/datastore/filesystem.ts'
import { LIVE, pendingIn } from '../../../src/datastore/store.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { failingFs } from '../../support/faulty-fs.ts'

const BASE = '/store/v1.24.1_x'
const namesIn = (fs: MemoryFs, directory: string): string[] => fs.readDirectory(directory).map(({ name }) => name)

describe('discards', () => {
  it('are away at once, and removed later', async () => {
    const fs = new MemoryFs()
    fs.makeDirectory('/a/b/c')
    const discards = new Discards(fs, '/gone')
    discards.prepare()
    discards.add('/a/b')
    expect([namesIn(fs, '/a'), namesIn(fs, '/gone')]).toEqual([[], ['0']])
    await discards.close()
    expect(fs.stat('/gone')).toBeUndefined()
    // and it can go on
    discards.prepare()
    discards.add('/a')
    await discards.close()
    expect(fs.stat('/a')).toBeUndefined()
  })

  it('of a process that was killed are removed by the next, and do not stand in its way', async () => {
    const fs = new MemoryFs()
    for (const name of ['0', '7', 'odd']) fs.makeDirectory(`/gone/${name}/x`)
    fs.makeDirectory('/a')
    const discards = new Discards(fs, '/gone')
    discards.prepare()
    discards.add('/a')
    expect(namesIn(fs, '/gone')).toEqual(['0', '7', '8', 'odd'])
    await discards.close()
    expect(fs.stat('/gone')).toBeUndefined()
  })

  it('that cannot be removed stay, and no one else suffers', async () => {
    const fs = new MemoryFs()
    fs.makeDirectory(`${BASE}/live`)
    let broken = true
    const store = new FilesystemStore(
      failingFs(fs, 'EIO', (operation) => broken && operation === 'removeTreeLater'),
      BASE,
    )
    for (const value of ['1', '2']) {
      store.set(new Map([['settings.motd', value]]), pendingIn('t'))
      expect(store.commit('t')).toEqual(['settings.motd'])
      expect(store.transactions()).toEqual([])
    }
    await store.close()
    expect(namesIn(fs, `${BASE}/.discarded`)).toEqual(['0', '1'])
    broken = false
    const next = new FilesystemStore(fs, BASE)
    expect(next.getPrefix('', LIVE).get('settings.motd')).toBe('2')
    next.set(new Map([['settings.motd', '3']]), pendingIn('t'))
    next.deleteTransaction('t')
    await next.close()
    expect(namesIn(fs, BASE)).toEqual(['live', 'pending'])
  })

  it('are removed at once where a full disk has no room for their directory', () => {
    const fs = new MemoryFs()
    fs.makeDirectory(`${BASE}/live`)
    new FilesystemStore(fs, BASE).set(new Map([['settings.motd', '1']]), pendingIn('t'))
    const store = new FilesystemStore(
      failingFs(fs, 'ENOSPC', (operation) => operation === 'makeDirectory'),
      BASE,
    )
    store.dropTransactions()
    expect(store.transactions()).toEqual([])
    expect(namesIn(fs, BASE)).toEqual(['live'])
  })
})
