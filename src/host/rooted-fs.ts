/**
 * Files of a target host that live under a directory of this machine.
 *
 * Links are resolved inside the root: an absolute link target means a path of the target, so nothing outside the root
 * is reached, whatever a link says.
 */
import fs from 'node:fs'
import path from 'node:path'
import { compareBytes } from '../lib/byte-order.ts'
import type { DirectoryEntry, FileKind, FileStat, RootFs } from '../lib/ports.ts'
import { decodeUtf8 } from '../lib/utf8.ts'

const MAX_LINKS = 40

const kindOf = (stat: fs.Stats | fs.Dirent): FileKind =>
  stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'other'

const toStat = (stat: fs.Stats): FileStat => ({
  kind: kindOf(stat),
  mode: stat.mode & 0o7777,
  size: stat.size,
  uid: stat.uid,
  gid: stat.gid,
})

function missing(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === 'ENOENT' || code === 'ENOTDIR'
}

function systemError(code: string, operation: string, target: string): Error {
  return Object.assign(new Error(`${code}: ${operation} '${target}'`), { code })
}

/** The file system of a target whose root is the directory `root` of this machine. */
export class RootedFs implements RootFs {
  private readonly root: string
  private readonly plain = new Set<string>()
  private serial = 0

  constructor(root: string) {
    this.root = realIfAny(path.resolve(root))
  }

  hostPath(target: string): string {
    return this.root === '/' ? path.posix.normalize(target) : path.join(this.root, path.posix.normalize(target))
  }

  /** Path on this machine with every link of the directory part (and of the last part, if asked) resolved in the root. */
  private resolve(target: string, followLast: boolean): string {
    if (this.root === '/') return target
    const direct = path.join(this.root, path.posix.normalize(target))
    if (direct === this.root || direct === `${this.root}/`) return this.root
    if (this.isPlain(path.dirname(direct)) && !(followLast && readLinkIfAny(direct) !== undefined)) return direct
    return this.follow(target, followLast)
  }

  /** Whether there is no link on the way to a directory of this machine, as nearly all are. */
  private isPlain(directory: string): boolean {
    if (this.plain.has(directory)) return true
    let real: string
    try {
      real = fs.realpathSync.native(directory)
    } catch {
      return false
    }
    if (real !== directory) return false
    // what was seen holds until other code of this process, or the next tick, can have changed it
    if (this.plain.size === 0)
      setImmediate(() => {
        this.plain.clear()
      }).unref()
    this.plain.add(directory)
    return true
  }

  /** `resolve` link by link. */
  private follow(target: string, followLast: boolean): string {
    let pending = path.posix.normalize(target).split('/').filter(Boolean)
    let resolved: string[] = []
    let links = 0
    while (pending.length > 0) {
      const name = pending.shift() as string
      if (name === '..') {
        resolved.pop()
        continue
      }
      const full = path.join(this.root, ...resolved, name)
      const link = pending.length > 0 || followLast ? readLinkIfAny(full) : undefined
      if (link === undefined) {
        resolved.push(name)
        continue
      }
      if (++links > MAX_LINKS) throw systemError('ELOOP', 'too many links', target)
      if (link.startsWith('/')) resolved = []
      pending = [...link.split('/').filter((part) => part !== '' && part !== '.'), ...pending]
    }
    return path.join(this.root, ...resolved)
  }

  readBytes(target: string): Uint8Array {
    return fs.readFileSync(this.resolve(target, true))
  }

  readText(target: string): string {
    return decodeUtf8(this.readBytes(target))
  }

  stat(target: string): FileStat | undefined {
    return statOf(() => fs.statSync(this.resolve(target, true)))
  }

  lstat(target: string): FileStat | undefined {
    return statOf(() => fs.lstatSync(this.resolve(target, false)))
  }

  readDirectory(target: string): readonly DirectoryEntry[] {
    return fs
      .readdirSync(this.resolve(target, true), { withFileTypes: true })
      .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
      .sort((a, b) => compareBytes(a.name, b.name))
  }

  readLink(target: string): string {
    return fs.readlinkSync(this.resolve(target, false))
  }

  makeDirectory(target: string, mode?: number): void {
    makeDirectories(this.resolve(target, true), mode === undefined ? {} : { mode })
  }

  writeFile(target: string, data: string | Uint8Array, mode = 0o666): void {
    fs.writeFileSync(this.resolve(target, true), data, { mode })
  }

  replaceFile(target: string, data: string | Uint8Array, options: { mode?: number; forceMode?: boolean } = {}): void {
    const full = this.resolve(target, true)
    const directory = path.dirname(full)
    const temporary = path.join(directory, `.${path.basename(full)}.${String(process.pid)}.${String(this.serial++)}`)
    const old = options.forceMode === true ? undefined : statOf(() => fs.statSync(full))
    const mode = old?.mode ?? options.mode
    try {
      const file = fs.openSync(temporary, 'wx', mode ?? 0o666)
      try {
        fs.writeFileSync(file, data)
        if (mode !== undefined) fs.fchmodSync(file, mode)
        if (old !== undefined && (old.uid !== process.getuid?.() || old.gid !== process.getgid?.())) {
          fs.fchownSync(file, old.uid, old.gid)
        }
        fs.fsyncSync(file)
      } finally {
        fs.closeSync(file)
      }
      fs.renameSync(temporary, full)
    } catch (error) {
      fs.rmSync(temporary, { force: true })
      throw error
    }
    syncPath(directory)
  }

  rename(from: string, to: string): void {
    this.plain.clear()
    fs.renameSync(this.resolve(from, false), this.resolve(to, false))
  }

  symlink(linkText: string, target: string): void {
    this.plain.clear()
    fs.symlinkSync(linkText, this.resolve(target, false))
  }

  changeMode(target: string, mode: number): void {
    fs.chmodSync(this.resolve(target, true), mode)
  }

  changeGroup(target: string, gid: number): void {
    fs.chownSync(this.resolve(target, true), process.getuid?.() ?? 0, gid)
  }

  remove(target: string): void {
    try {
      fs.unlinkSync(this.resolve(target, false))
    } catch (error) {
      if (!missing(error)) throw error
    }
  }

  removeDirectory(target: string): void {
    this.plain.clear()
    fs.rmdirSync(this.resolve(target, false))
  }

  removeTree(target: string): void {
    this.plain.clear()
    fs.rmSync(this.resolve(target, false), { recursive: true, force: true })
  }

  syncFile(target: string): void {
    syncPath(this.resolve(target, true))
  }

  syncDirectory(target: string): void {
    syncPath(this.resolve(target, true))
  }
}

function readLinkIfAny(full: string): string | undefined {
  try {
    // asking first is much cheaper than the error of reading a link that is none
    if (fs.lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined
    return fs.readlinkSync(full)
  } catch {
    return undefined // not a link, or nothing there: the operation itself will tell
  }
}

/** `mkdir -p`. Node says ENOENT where the first missing directory cannot be made; this says why it cannot. */
function makeDirectories(directory: string, options: { mode?: number }): void {
  try {
    fs.mkdirSync(directory, { ...options, recursive: true })
  } catch (error) {
    if (!missing(error)) throw error
    const missingParts = [directory]
    while (!fs.existsSync(path.dirname(missingParts[0] as string))) {
      missingParts.unshift(path.dirname(missingParts[0] as string))
    }
    missingParts.forEach((part) => fs.mkdirSync(part, options))
  }
}

/** The directory with its links resolved, or as it is if it is not there yet. */
function realIfAny(directory: string): string {
  try {
    return fs.realpathSync.native(directory)
  } catch {
    return directory
  }
}

function statOf(stat: () => fs.Stats): FileStat | undefined {
  try {
    return toStat(stat())
  } catch (error) {
    if (missing(error)) return undefined
    throw error
  }
}

function syncPath(full: string): void {
  const file = fs.openSync(full, 'r')
  try {
    fs.fsyncSync(file)
  } finally {
    fs.closeSync(file)
  }
}
