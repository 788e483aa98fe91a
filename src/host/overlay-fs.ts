import path from 'node:path'
import { compareBytes } from '../lib/byte-order.ts'
import type { ImageEntry, ImageTree } from '../lib/image-tree.ts'
import type { DirectoryEntry, FileStat, RootFs } from '../lib/ports.ts'
import { decodeUtf8 } from '../lib/utf8.ts'

type ImageKind = 'file' | 'symlink' | 'directory'

const MAX_LINKS = 40

/** Names directly below each directory that the image's files imply. */
function indexDirectories(image: ImageTree): Map<string, Map<string, ImageKind>> {
  const directories = new Map<string, Map<string, ImageKind>>()
  for (const [file, entry] of image) {
    let kind: ImageKind = entry.kind
    for (let child = file; child !== '/'; child = path.posix.dirname(child)) {
      const parent = path.posix.dirname(child)
      const names = directories.get(parent) ?? new Map<string, ImageKind>()
      directories.set(parent, names.set(path.posix.basename(child), kind))
      kind = 'directory'
    }
  }
  return directories
}

/** The reading half of the overlay. */
class ImageOverlay {
  private readonly upper: RootFs
  private readonly image: ImageTree
  private readonly directories: Map<string, Map<string, ImageKind>>

  constructor(upper: RootFs, image: ImageTree) {
    this.upper = upper
    this.image = image
    this.directories = indexDirectories(image)
  }

  /** The image's own entry at a path, unless the root has something there. */
  private shipped(target: string): ImageEntry | undefined {
    const entry = this.image.get(path.posix.normalize(target))
    return entry !== undefined && this.upper.lstat(target) === undefined ? entry : undefined
  }

  /** The image's file at a path, with links inside the image followed, and what the image has there. */
  private follow(target: string): { followed: string; entry: ImageEntry | undefined } {
    let followed = path.posix.normalize(target)
    for (let links = 0; ; links++) {
      const entry = this.shipped(followed)
      if (entry?.kind !== 'symlink' || links === MAX_LINKS) return { followed, entry }
      followed = path.posix.resolve(path.posix.dirname(followed), entry.target)
    }
  }

  private imageStat(target: string): FileStat | undefined {
    const entry = this.image.get(target)
    if (entry?.kind === 'file') {
      return { kind: 'file', mode: entry.mode ?? 0o644, size: entry.read().length, uid: 0, gid: 0 }
    }
    if (entry?.kind === 'symlink') return { kind: 'symlink', mode: 0o777, size: entry.target.length, uid: 0, gid: 0 }
    return this.directories.has(target) ? { kind: 'directory', mode: 0o755, size: 0, uid: 0, gid: 0 } : undefined
  }

  /** The image's own file at a path, or where the root is to be asked. */
  private find(target: string): string | (() => Uint8Array) {
    const { followed, entry } = this.follow(target)
    return entry?.kind === 'file' ? entry.read : followed
  }

  readBytes(target: string): Uint8Array {
    const found = this.find(target)
    return typeof found === 'string' ? this.upper.readBytes(found) : found()
  }

  readText(target: string): string {
    const found = this.find(target)
    return typeof found === 'string' ? this.upper.readText(found) : decodeUtf8(found())
  }

  stat(target: string): FileStat | undefined {
    const { followed, entry } = this.follow(target)
    if (entry !== undefined) return this.imageStat(followed)
    const own = this.upper.stat(followed)
    if (own !== undefined || !this.directories.has(followed)) return own
    return this.upper.lstat(followed) === undefined ? this.imageStat(followed) : undefined
  }

  lstat(target: string): FileStat | undefined {
    return this.upper.lstat(target) ?? this.imageStat(path.posix.normalize(target))
  }

  readLink(target: string): string {
    const entry = this.shipped(target)
    return entry?.kind === 'symlink' ? entry.target : this.upper.readLink(target)
  }

  readDirectory(target: string): readonly DirectoryEntry[] {
    const shipped = this.directories.get(path.posix.normalize(target))
    if (shipped === undefined) return this.upper.readDirectory(target)
    const names = new Map<string, DirectoryEntry>()
    for (const [name, kind] of shipped) names.set(name, { name, kind })
    if (this.upper.stat(target) !== undefined) {
      for (const entry of this.upper.readDirectory(target)) names.set(entry.name, entry)
    }
    return [...names.values()].sort((a, b) => compareBytes(a.name, b.name))
  }
}

/** A target's files over the read-only files of its image: what the root lacks is read from the image. */
export function overlayImage(upper: RootFs, image: ImageTree): RootFs {
  const overlay = new ImageOverlay(upper, image)
  const reads: Partial<RootFs> = {
    readBytes: (target) => overlay.readBytes(target),
    readText: (target) => overlay.readText(target),
    stat: (target) => overlay.stat(target),
    lstat: (target) => overlay.lstat(target),
    readLink: (target) => overlay.readLink(target),
    readDirectory: (target) => overlay.readDirectory(target),
  }
  // everything that writes, and whatever the port gains later, is the root's own
  return new Proxy(upper, {
    get(target, name) {
      const own = (reads as Record<string | symbol, unknown>)[name]
      if (own !== undefined) return own
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
