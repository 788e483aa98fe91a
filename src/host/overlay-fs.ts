import path from 'node:path'
import { compareBytes } from '../lib/byte-order.ts'
import type { ImageEntry, ImageTree } from '../lib/image-tree.ts'
import type { DirectoryEntry, FileStat, RootFs } from '../lib/ports.ts'
import { decodeUtf8 } from '../lib/utf8.ts'

const MAX_LINKS = 40

/** Names directly below each directory that the image's files imply. */
function indexDirectories(image: ImageTree): Map<string, Map<string, 'file' | 'symlink' | 'directory'>> {
  const directories = new Map<string, Map<string, 'file' | 'symlink' | 'directory'>>()
  for (const [file, entry] of image) {
    let kind: 'file' | 'symlink' | 'directory' = entry.kind
    for (let child = file; child !== '/'; child = path.posix.dirname(child)) {
      const parent = path.posix.dirname(child)
      const names = directories.get(parent) ?? new Map<string, 'file' | 'symlink' | 'directory'>()
      directories.set(parent, names.set(path.posix.basename(child), kind))
      kind = 'directory'
    }
  }
  return directories
}

/** A target's files over the read-only files of its image: what the root lacks is read from the image. */
export function overlayImage(upper: RootFs, image: ImageTree): RootFs {
  const directories = indexDirectories(image)

  const find = (target: string): { entry: ImageEntry; path: string } | undefined => {
    let current = path.posix.normalize(target)
    for (let links = 0; links < MAX_LINKS; links++) {
      const entry = image.get(current)
      if (entry?.kind !== 'symlink') return entry === undefined ? undefined : { entry, path: current }
      current = path.posix.resolve(path.posix.dirname(current), entry.target)
    }
    return undefined
  }
  const imageStat = (target: string, entry: ImageEntry | undefined): FileStat | undefined => {
    if (entry?.kind === 'file') {
      return { kind: 'file', mode: entry.mode ?? 0o644, size: entry.read().length, uid: 0, gid: 0 }
    }
    if (entry?.kind === 'symlink') {
      return { kind: 'symlink', mode: 0o777, size: entry.target.length, uid: 0, gid: 0 }
    }
    return directories.has(path.posix.normalize(target))
      ? { kind: 'directory', mode: 0o755, size: 0, uid: 0, gid: 0 }
      : undefined
  }
  const readBytes = (target: string): Uint8Array => {
    const shipped = upper.lstat(target) === undefined ? find(target)?.entry : undefined
    return shipped?.kind === 'file' ? shipped.read() : upper.readBytes(target)
  }

  const read: Pick<RootFs, 'readBytes' | 'readText' | 'stat' | 'lstat' | 'readDirectory' | 'readLink'> = {
    readBytes,
    readText: (target) => decodeUtf8(readBytes(target)),
    stat: (target) => {
      const own = upper.stat(target)
      if (own !== undefined || upper.lstat(target) !== undefined) return own
      const found = find(target)
      return imageStat(found?.path ?? target, found?.entry)
    },
    lstat: (target) => upper.lstat(target) ?? imageStat(target, image.get(path.posix.normalize(target))),
    readLink: (target) => {
      const entry = image.get(path.posix.normalize(target))
      return entry?.kind === 'symlink' && upper.lstat(target) === undefined ? entry.target : upper.readLink(target)
    },
    readDirectory: (target) => {
      const shipped = directories.get(path.posix.normalize(target))
      if (shipped === undefined) return upper.readDirectory(target)
      const names = new Map<string, DirectoryEntry>()
      for (const [name, kind] of shipped) names.set(name, { name, kind })
      if (upper.stat(target) !== undefined) {
        for (const entry of upper.readDirectory(target)) names.set(entry.name, entry)
      }
      return [...names.values()].sort((a, b) => compareBytes(a.name, b.name))
    },
  }
  return {
    ...read,
    makeDirectory: (target, mode) => {
      upper.makeDirectory(target, mode)
    },
    writeFile: (target, data, mode) => {
      upper.writeFile(target, data, mode)
    },
    replaceFile: (target, data, options) => {
      upper.replaceFile(target, data, options)
    },
    rename: (from, to) => {
      upper.rename(from, to)
    },
    symlink: (text, target) => {
      upper.symlink(text, target)
    },
    changeMode: (target, mode) => {
      upper.changeMode(target, mode)
    },
    changeGroup: (target, gid) => {
      upper.changeGroup(target, gid)
    },
    remove: (target) => {
      upper.remove(target)
    },
    removeDirectory: (target) => {
      upper.removeDirectory(target)
    },
    removeTree: (target) => {
      upper.removeTree(target)
    },
    syncFile: (target) => {
      upper.syncFile(target)
    },
    syncDirectory: (target) => {
      upper.syncDirectory(target)
    },
    hostPath: (target) => upper.hostPath(target),
  }
}
