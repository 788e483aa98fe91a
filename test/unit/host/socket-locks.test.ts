import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import net from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { processLocks } from '../../../src/host/process-locks.ts'
import { RootedFs } from '../../../src/host/rooted-fs.ts'
import { countListeners, socketLocks } from '../../../src/host/socket-locks.ts'
import type { Lock, Locks, RootFs } from '../../../src/lib/ports.ts'

let root: string
let taken: Lock[]
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'lock-'))
  taken = []
})
afterEach(async () => {
  for (const lock of taken) await lock.release()
  rmSync(root, { recursive: true, force: true })
})

async function acquire(locks: Locks, directory: string, owner = 'a program'): Promise<Lock | string> {
  const result = await locks.acquire(directory, owner)
  if ('heldBy' in result) return result.heldBy
  taken.push(result)
  return result
}

describe('listeners under a name', () => {
  const row = (flags: string, name: string): string =>
    `0000000000000000: 00000002 00000000 ${flags} 0001 01    42 ${name}`

  it('are counted whatever fills their names up', () => {
    const table = [
      'Num       RefCount Protocol Flags    Type St Inode Path',
      row('00010000', '@bottlerocket-datastore-1:2'),
      row('00010000', '@bottlerocket-datastore-1:2@@@@'),
      row('00000000', '@bottlerocket-datastore-1:2'),
      row('00010000', '@bottlerocket-datastore-1:23'),
      row('00010000', '/run/bottlerocket-datastore-1:2'),
      '0000000000000000: 00000003 00000000 00000000 0001 03 43',
      '',
    ].join('\n')
    expect(countListeners(table, 'bottlerocket-datastore-1:2')).toBe(2)
    expect(countListeners(table, 'bottlerocket-datastore-1:23')).toBe(1)
    expect(countListeners(table, 'bottlerocket-datastore-1')).toBe(0)
  })

  it.runIf(process.platform === 'linux')('are those that the kernel tells of', async () => {
    const fs = new RootedFs(root)
    const name = `bottlerocket-datastore-${fs.identity('/')}`
    const count = (): number => countListeners(readFileSync('/proc/net/unix', 'utf8'), name)
    expect(count()).toBe(0)
    const lock = await acquire(socketLocks(fs), '/')
    expect(count()).toBe(1)
    await (lock as Lock).release()
    expect(count()).toBe(0)
  })
})

describe('release', () => {
  it.runIf(process.platform === 'linux')('does not wait for those who ask and do not go away', async () => {
    const fs = new RootedFs(root)
    const lock = await acquire(socketLocks(fs), '/')
    const client = net.connect({ path: `\0bottlerocket-datastore-${fs.identity('/')}`, allowHalfOpen: true })
    await new Promise((resolve) => client.once('data', resolve))
    await (lock as Lock).release()
    expect(await acquire(socketLocks(fs), '/')).toBeTypeOf('object')
    client.destroy()
  })
})

describe.each<[string, () => { fs: RootFs; locks: () => Locks }]>([
  [
    'socketLocks',
    () => {
      const fs = new RootedFs(root)
      return { fs, locks: () => socketLocks(fs) }
    },
  ],
  [
    'processLocks',
    () => {
      const fs = new MemoryFs()
      const locks = processLocks(fs)
      return { fs, locks: () => locks }
    },
  ],
])('%s', (_, make) => {
  it('gives a directory to one at a time, by whatever path', async () => {
    const { fs, locks } = make()
    fs.makeDirectory('/store')
    fs.makeDirectory('/other')
    fs.symlink('store', '/link')
    const first = await acquire(locks(), '/store', 'the first')
    expect(await acquire(locks(), '/store')).toContain('the first')
    expect(await acquire(locks(), '/link/../link')).toContain('the first')
    expect(await acquire(locks(), '/other')).toBeTypeOf('object')
    await (first as Lock).release()
    expect(await acquire(locks(), '/link')).toBeTypeOf('object')
  })

  it('gives a directory to one of many that want it at the same time', async () => {
    const { fs, locks } = make()
    fs.makeDirectory('/store')
    const results = await Promise.all(
      Array.from({ length: 20 }, (_each, i) => acquire(locks(), '/store', `program ${String(i)}`)),
    )
    expect(results.filter((result) => typeof result !== 'string')).toHaveLength(1)
  })

  it('throws for a directory that is not there', async () => {
    const { locks } = make()
    await expect((async () => locks().acquire('/nowhere', 'x'))()).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('a lock that is held', () => {
  it('is the same through another root', async () => {
    mkdirSync(path.join(root, 'a/store'), { recursive: true })
    symlinkSync('a', path.join(root, 'b'))
    await acquire(socketLocks(new RootedFs(path.join(root, 'a'))), '/store', 'the first')
    expect(await acquire(socketLocks(new RootedFs(root)), '/b/store')).toContain('the first')
  })

  it.each<[string, (client: net.Socket) => void]>([
    ['says nothing', (client) => client.end()],
    ['says too much', (client) => client.end('x'.repeat(10_000))],
    ['breaks off', (client) => client.destroy()],
  ])('counts also where its owner %s', async (_, answer) => {
    const fs = new RootedFs(root)
    const other = net.createServer((client) => {
      client.on('error', () => undefined)
      answer(client)
    })
    await new Promise<void>((resolve) => {
      other.listen(`\0bottlerocket-datastore-${fs.identity('/')}`, resolve)
    })
    expect(await acquire(socketLocks(fs), '/')).toBe('another process')
    other.close()
  })
})
