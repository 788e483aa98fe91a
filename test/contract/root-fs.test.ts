/** One contract for every file system port: a directory on disk, memory, and each over an image. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { overlayImage } from '../../src/host/overlay-fs.ts'
import { RootedFs } from '../../src/host/rooted-fs.ts'
import type { ImageTree } from '../../src/lib/image-tree.ts'
import type { FileReplacement, RootFs } from '../../src/lib/ports.ts'
import { encodeUtf8 } from '../../src/lib/utf8.ts'

const roots: string[] = []
afterAll(() => {
  roots.forEach((root) => {
    rmSync(root, { recursive: true, force: true })
  })
})
const newRoot = (): string => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'fs-'))
  roots.push(root)
  return root
}
const image: ImageTree = new Map([
  ['/usr/share/a.txt', { kind: 'file', read: () => encodeUtf8('shipped') }],
  ['/usr/libexec/10-a', { kind: 'symlink', target: '../share/a.txt' }],
])
const codeOf = (action: () => unknown): string | undefined => {
  try {
    action()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return 'nothing thrown'
}

describe.each<[string, () => RootFs]>([
  ['directory', () => new RootedFs(newRoot())],
  ['memory', () => new MemoryFs()],
  ['directory over an image', () => overlayImage(new RootedFs(newRoot()), image)],
  ['memory over an image', () => overlayImage(new MemoryFs(), image)],
])('%s', (_name, make) => {
  it('writes, reads, lists in byte order and removes', () => {
    const fs = make()
    fs.makeDirectory('/etc/x/y')
    fs.writeFile('/etc/x/b', 'B')
    fs.writeFile('/etc/x/B', 'b', 0o600)
    expect(fs.readText('/etc/x/b')).toBe('B')
    expect(fs.stat('/etc/x/B')).toMatchObject({ kind: 'file', mode: 0o600, size: 1 })
    expect(fs.readDirectory('/etc/x')).toEqual([
      { name: 'B', kind: 'file' },
      { name: 'b', kind: 'file' },
      { name: 'y', kind: 'directory' },
    ])
    fs.remove('/etc/x/b')
    fs.remove('/etc/x/b')
    expect(fs.stat('/etc/x/b')).toBeUndefined()
    expect(
      codeOf(() => {
        fs.removeDirectory('/etc/x')
      }),
    ).toBe('ENOTEMPTY')
    fs.removeTree('/etc/x')
    fs.removeTree('/etc/x')
    expect(fs.lstat('/etc/x')).toBeUndefined()
  })

  it('gives a new file a mode exactly, or under the umask', () => {
    const fs = make()
    fs.makeDirectory('/etc')
    fs.writeFile('/etc/probe', '', 0o666)
    fs.replaceFile('/etc/exact', '', { mode: 0o666 })
    fs.replaceFile('/etc/under', '', { mode: 0o666, underUmask: true })
    fs.replaceFile('/etc/under', 'x', { mode: 0o600, underUmask: true })
    expect(fs.stat('/etc/exact')?.mode).toBe(0o666)
    expect(fs.stat('/etc/under')?.mode).toBe(fs.stat('/etc/probe')?.mode)
  })

  it('replaces a file as a whole and keeps its mode', () => {
    const fs = make()
    fs.makeDirectory('/etc')
    fs.replaceFile('/etc/a', 'one', { mode: 0o640 })
    fs.replaceFile('/etc/a', 'two', { mode: 0o600 })
    expect(fs.readText('/etc/a')).toBe('two')
    expect(fs.stat('/etc/a')?.mode).toBe(0o640)
    fs.replaceFile('/etc/a', 'three', { mode: 0o600, forceMode: true })
    expect(fs.stat('/etc/a')?.mode).toBe(0o600)
    expect(fs.readDirectory('/etc').map(({ name }) => name)).toEqual(['a'])
  })

  it('appends and truncates', () => {
    const fs = make()
    fs.makeDirectory('/d')
    fs.appendFile('/d/f', 'one\n', 0o600)
    fs.appendFile('/d/f', 'two\n', 0o644)
    expect(fs.readText('/d/f')).toBe('one\ntwo\n')
    expect(fs.stat('/d/f')?.mode).toBe(0o600)
    fs.truncateFile('/d/f', 4)
    expect(fs.readText('/d/f')).toBe('one\n')
    fs.truncateFile('/d/f', 0)
    expect(fs.readText('/d/f')).toBe('')
    expect(
      codeOf(() => {
        fs.truncateFile('/d/none', 0)
      }),
    ).toBe('ENOENT')
  })

  it('replaces many files, up to the first that cannot be', async () => {
    const fs = make()
    fs.makeDirectory('/etc/directory/x')
    fs.makeDirectory('/etc/y')
    fs.writeFile('/etc/b', 'old', 0o640)
    fs.symlink('/etc/y/target', '/etc/link')
    const file = (path: string): FileReplacement => ({ path, data: `new ${path}`, mode: 0o600 })
    expect(await fs.replaceFiles(['/etc/a', '/etc/b', '/etc/link'].map(file))).toBeUndefined()
    expect([fs.stat('/etc/a')?.mode, fs.stat('/etc/b')?.mode]).toEqual([0o600, 0o640])
    expect(fs.readText('/etc/y/target')).toBe('new /etc/link')
    const failure = await fs.replaceFiles(['/etc/b', '/etc/c', '/etc/directory', '/etc/d'].map(file))
    expect(failure).toMatchObject({ index: 2, cause: { code: 'EISDIR' } })
    expect(fs.readText('/etc/c')).toBe('new /etc/c')
    expect(await fs.replaceFiles([file('/etc/e'), file('/nowhere/f'), file('/etc/g')])).toMatchObject({ index: 1 })
    expect(fs.readDirectory('/etc').map(({ name }) => name)).toEqual(['a', 'b', 'c', 'directory', 'e', 'link', 'y'])
    expect(await fs.replaceFiles([])).toBeUndefined()
  })

  it('syncs files and directories, those that are there', async () => {
    const fs = make()
    fs.makeDirectory('/d')
    fs.writeFile('/d/f', 'x')
    fs.syncFile('/d/f')
    fs.syncDirectory('/d')
    await fs.syncAll(['/d/f', '/d', '/d/gone', '/gone/f'])
    expect(
      codeOf(() => {
        fs.syncFile('/d/gone')
      }),
    ).toBe('ENOENT')
  })

  it('sees what it changed itself at once', () => {
    const fs = make()
    expect(fs.stat('/a/b/c')).toBeUndefined()
    fs.makeDirectory('/a/b')
    fs.writeFile('/a/b/c', '1')
    fs.makeDirectory('/other/b')
    fs.writeFile('/other/b/c', '2')
    expect(fs.readText('/a/b/c')).toBe('1')
    fs.removeTree('/a')
    fs.symlink('/other', '/a')
    expect(fs.readText('/a/b/c')).toBe('2')
    fs.writeFile('/a/b/d', 'through the link')
    expect(fs.readText('/other/b/d')).toBe('through the link')
    fs.remove('/a')
    fs.rename('/other', '/a')
    expect(fs.lstat('/a')?.kind).toBe('directory')
    expect(fs.readText('/a//b/../b/./c')).toBe('2')
    fs.removeTree('/a/b')
    fs.symlink('/elsewhere', '/a/b')
    fs.makeDirectory('/elsewhere')
    fs.appendFile('/a/b/e', '3')
    expect(fs.readText('/elsewhere/e')).toBe('3')
  })

  it('writes through a link to what is not there yet', () => {
    const fs = make()
    fs.makeDirectory('/d')
    fs.symlink('/d/real', '/d/link')
    fs.writeFile('/d/link', 'x')
    expect(fs.lstat('/d/link')?.kind).toBe('symlink')
    expect(fs.readText('/d/real')).toBe('x')
    fs.replaceFile('/d/link', 'y')
    expect(fs.lstat('/d/link')?.kind).toBe('symlink')
    expect(fs.readText('/d/real')).toBe('y')
  })

  it('says what is wrong by system codes', () => {
    const fs = make()
    fs.makeDirectory('/d')
    fs.writeFile('/d/f', '')
    expect(codeOf(() => fs.readBytes('/nope'))).toBe('ENOENT')
    expect(codeOf(() => fs.readBytes('/d'))).toBe('EISDIR')
    expect(codeOf(() => fs.readDirectory('/nope'))).toBe('ENOENT')
    expect(
      codeOf(() => {
        fs.writeFile('/no/such/dir', 'x')
      }),
    ).toBe('ENOENT')
    expect(
      codeOf(() => {
        fs.symlink('a', '/d/f')
      }),
    ).toBe('EEXIST')
    expect(fs.stat('/d/f/below')).toBeUndefined()
    fs.writeFile('/d/bytes', Uint8Array.of(0xff))
    expect(() => fs.readText('/d/bytes')).toThrow(TypeError)
  })

  it('follows links inside the target only', () => {
    const fs = make()
    fs.makeDirectory('/var/real')
    fs.writeFile('/var/real/f', 'data')
    fs.symlink('/var/real', '/var/absolute')
    fs.symlink('real', '/var/relative')
    fs.symlink('../../../../../var/real/f', '/var/far')
    fs.symlink('missing', '/var/dangling')
    expect(fs.readText('/var/absolute/f')).toBe('data')
    expect(fs.readText('/var/relative/f')).toBe('data')
    expect(fs.readText('/var/far')).toBe('data')
    expect(fs.readLink('/var/absolute')).toBe('/var/real')
    expect(fs.lstat('/var/dangling')?.kind).toBe('symlink')
    expect(fs.stat('/var/dangling')).toBeUndefined()
    fs.rename('/var/real/f', '/var/real/g')
    expect(fs.readText('/var/relative/g')).toBe('data')
  })

  it('ends a ring of links with an error', () => {
    const fs = make()
    fs.makeDirectory('/d')
    fs.symlink('b', '/d/a')
    fs.symlink('a', '/d/b')
    expect(codeOf(() => fs.readBytes('/d/a'))).toBe('ELOOP')
  })
})

describe('a directory of this machine', () => {
  it('is not left by a link that was put there from outside', () => {
    const root = newRoot()
    const outside = newRoot()
    writeFileSync(path.join(outside, 'secret'), 'x')
    symlinkSync(outside, path.join(root, 'link'))
    expect(codeOf(() => new RootedFs(root).readBytes('/link/secret'))).toBe('ENOENT')
    expect(codeOf(() => new RootedFs(root).readBytes('/../../link/secret'))).toBe('ENOENT')
    symlinkSync(path.join(outside, 'secret'), path.join(root, 'file'))
    const fs = new RootedFs(root)
    expect(codeOf(() => fs.readText('/file'))).toBe('ENOENT')
    expect(codeOf(() => fs.readText('/file/'))).toBe('ENOENT')
    expect(fs.stat('/link/')).toBeUndefined()
    fs.makeDirectory('/link/sub')
    fs.makeDirectory(path.dirname(path.join(outside, 'secret')))
    fs.appendFile('/file', 'mine')
    expect(readFileSync(path.join(outside, 'secret'), 'utf8')).toBe('x')
    expect(readdirSync(outside)).toEqual(['secret'])
  })

  it('has sockets and child processes inside it too, whatever links say', () => {
    const root = newRoot()
    symlinkSync('/run', path.join(root, 'var-run'))
    symlinkSync('/etc/shadow', path.join(root, 'token'))
    const fs = new RootedFs(root)
    expect(fs.hostPath('/var-run/../var-run/api.sock')).toBe(path.join(root, 'run/api.sock'))
    expect(fs.hostPath('/token')).toBe(path.join(root, 'etc/shadow'))
    expect(fs.hostPath('/')).toBe(root)
    expect(new RootedFs('/').hostPath('/run/../run/api.sock')).toBe('/run/api.sock')
  })
})

describe('an image below', () => {
  it('is read where the root has nothing, and never written', () => {
    const fs = overlayImage(new MemoryFs(), image)
    expect(fs.readText('/usr/share/a.txt')).toBe('shipped')
    expect(fs.readText('/usr/libexec/10-a')).toBe('shipped')
    expect(fs.stat('/usr/libexec/10-a')?.kind).toBe('file')
    expect(fs.lstat('/usr/libexec/10-a')?.kind).toBe('symlink')
    expect(fs.readLink('/usr/libexec/10-a')).toBe('../share/a.txt')
    expect(fs.stat('/usr/share')?.kind).toBe('directory')
    expect(fs.readDirectory('/usr').map(({ name }) => name)).toEqual(['libexec', 'share'])
    fs.makeDirectory('/usr/share')
    fs.writeFile('/usr/share/a.txt', 'own')
    fs.writeFile('/usr/share/b.txt', 'own')
    expect(fs.readText('/usr/share/a.txt')).toBe('own')
    expect(fs.readText('/usr/libexec/10-a')).toBe('own')
    expect(fs.stat('/usr/libexec/10-a')).toMatchObject({ kind: 'file', size: 3 })
    expect(fs.readDirectory('/usr/share').map(({ name }) => name)).toEqual(['a.txt', 'b.txt'])
  })
})
