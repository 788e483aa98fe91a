/** Files of a target host that live under a directory of this machine. */
import fs from 'node:fs'
import path from 'node:path'
import { compareBytes } from '../lib/byte-order.ts'
import { systemCode } from '../lib/errors.ts'
import type {
  DirectoryEntry,
  FileKind,
  FileReplacement,
  FileStat,
  ReplaceFailure,
  ReplaceOptions,
  RootFs,
} from '../lib/ports.ts'
import { decodeUtf8 } from '../lib/utf8.ts'
import { discard, putInPlace, stage, syncAndClose, syncPath, type Staged } from './replacement.ts'
import { RootedPaths } from './rooted-paths.ts'

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDONLY, O_WRONLY } = fs.constants
/** Descriptors that are open at a time while files are synced. */
const MAX_OPEN = 128
const REPLACEMENT_CHARACTER = '\uFFFD'

/** Flags as numbers, which Node takes although its types do not say so. */
const flagOf = (bits: number): string => bits as unknown as string

const kindOf = (stat: fs.Stats | fs.Dirent): FileKind =>
  stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'other'

const toStat = (stat: fs.Stats | undefined): FileStat | undefined =>
  stat && { kind: kindOf(stat), mode: stat.mode & 0o7777, size: stat.size, uid: stat.uid, gid: stat.gid }

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')

/** Makes a directory and those above it. A read-only file system is `ENOENT` to Node's recursive form: asked for again. */
function makeDirectories(full: string, mode: number | undefined): void {
  const options = mode === undefined ? {} : { mode }
  try {
    fs.mkdirSync(full, { ...options, recursive: true })
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    let missing = full
    while (!fs.existsSync(path.dirname(missing))) missing = path.dirname(missing)
    fs.mkdirSync(missing, options)
    fs.mkdirSync(full, { ...options, recursive: true })
  }
}

/**
 * Writes a file in place. It is cut to its new length at the end and only if it was longer: a file that is truncated first
 * and then closed is written to the disk at once by ext4 (`auto_da_alloc` in ext4(5)), which takes milliseconds.
 */
function overwrite(full: string, data: string | Uint8Array, flags: number, mode: number): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  const descriptor = fs.openSync(full, flags, mode)
  try {
    const { size } = fs.fstatSync(descriptor)
    fs.writeFileSync(descriptor, bytes)
    if (size > bytes.length) fs.ftruncateSync(descriptor, bytes.length)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** The file system of a target whose root is the directory `root` of this machine. */
export class RootedFs implements RootFs {
  private readonly paths: RootedPaths

  constructor(root: string) {
    this.paths = new RootedPaths(root)
  }

  hostPath(target: string): string {
    return this.paths.followed(target)
  }

  identity(target: string): string {
    const { dev, ino } = fs.statSync(this.paths.followed(target), { bigint: true })
    return `${String(dev)}:${String(ino)}`
  }

  /** Opens an entry itself; only where that is a link, what it leads to is looked for. */
  private open<T>(target: string, operation: (full: string, flag: number) => T): T {
    if (this.paths.isMachine) return operation(target, 0)
    try {
      return operation(this.paths.entry(target), O_NOFOLLOW)
    } catch (error) {
      if (systemCode(error) !== 'ELOOP') throw error
      return operation(this.paths.followed(target), O_NOFOLLOW)
    }
  }

  readBytes(target: string): Uint8Array {
    return this.open(target, (full, flag) => fs.readFileSync(full, { flag: flagOf(O_RDONLY | flag) }))
  }

  readText(target: string): string {
    const text = this.open(target, (full, flag) =>
      fs.readFileSync(full, { encoding: 'utf8', flag: flagOf(O_RDONLY | flag) }),
    )
    // in the text itself, or for what is no UTF-8
    return text.includes(REPLACEMENT_CHARACTER) ? decodeUtf8(this.readBytes(target)) : text
  }

  private statAt(full: string): fs.Stats | undefined {
    try {
      return fs.lstatSync(full, { throwIfNoEntry: false })
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  /** What an entry leads to, and where that is. */
  private find(target: string): { full: string; stat: fs.Stats | undefined } {
    const full = this.paths.entry(target)
    const stat = this.statAt(full)
    if (stat?.isSymbolicLink() !== true) return { full, stat }
    const followed = this.paths.resolve(target)
    return { full: followed, stat: this.statAt(followed) }
  }

  stat(target: string): FileStat | undefined {
    return toStat(this.find(target).stat)
  }

  lstat(target: string): FileStat | undefined {
    return toStat(this.statAt(this.paths.entry(target)))
  }

  readDirectory(target: string): readonly DirectoryEntry[] {
    return fs
      .readdirSync(this.paths.followed(target), { withFileTypes: true })
      .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
      .sort((a, b) => compareBytes(a.name, b.name))
  }

  readLink(target: string): string {
    return fs.readlinkSync(this.paths.entry(target))
  }

  makeDirectory(target: string, mode?: number): void {
    const full = this.paths.followed(target)
    if (this.paths.isKnownDirectory(full)) return
    makeDirectories(full, mode)
    this.paths.addDirectory(full)
  }

  writeFile(target: string, data: string | Uint8Array, mode = 0o666): void {
    this.open(target, (full, flag) => {
      overwrite(full, data, O_WRONLY | O_CREAT | flag, mode)
    })
  }

  appendFile(target: string, data: string | Uint8Array, mode = 0o666): void {
    this.open(target, (full, flag) => {
      fs.writeFileSync(full, data, { mode, flag: flagOf(O_WRONLY | O_CREAT | O_APPEND | flag) })
    })
  }

  truncateFile(target: string, size: number): void {
    fs.truncateSync(this.paths.followed(target), size)
  }

  private stage(target: string, data: string | Uint8Array, options: ReplaceOptions): Staged {
    const { full, stat } = this.find(target)
    return stage(full, data, options, stat)
  }

  replaceFile(target: string, data: string | Uint8Array, options: ReplaceOptions = {}): void {
    const staged = this.stage(target, data, options)
    try {
      if (options.durable !== false) fs.fsyncSync(staged.descriptor)
    } catch (error) {
      discard(staged)
      throw error
    } finally {
      fs.closeSync(staged.descriptor)
    }
    putInPlace(staged)
    if (options.durable !== false) syncPath(path.dirname(staged.full))
  }

  async replaceFiles(files: readonly FileReplacement[]): Promise<ReplaceFailure | undefined> {
    for (let start = 0; start < files.length; start += MAX_OPEN) {
      const failure = await this.replaceBatch(files.slice(start, start + MAX_OPEN))
      if (failure !== undefined) return { index: start + failure.index, cause: failure.cause }
    }
    return undefined
  }

  private async replaceBatch(files: readonly FileReplacement[]): Promise<ReplaceFailure | undefined> {
    const staged: Staged[] = []
    let failure: ReplaceFailure | undefined
    const attempt = (index: number, action: () => void): void => {
      if (failure !== undefined && failure.index <= index) return
      try {
        action()
      } catch (cause) {
        failure = { index, cause }
      }
    }
    files.forEach(({ path: target, data, ...options }, index) => {
      attempt(index, () => staged.push(this.stage(target, data, options)))
    })
    const synced = await Promise.allSettled(staged.map(({ descriptor }) => syncAndClose(descriptor)))
    staged.forEach((each, index) => {
      const outcome = synced[index]
      attempt(index, () => {
        if (outcome?.status === 'rejected') throw outcome.reason
        putInPlace(each)
      })
      if (failure !== undefined && failure.index <= index) discard(each)
    })
    const directories = staged.map(({ full }) => path.dirname(full))
    const rejected = await syncEach([...new Set(directories)])
    rejected.forEach((cause, directory) => {
      attempt(directories.indexOf(directory), () => {
        throw cause
      })
    })
    return failure
  }

  rename(from: string, to: string): void {
    const [source, destination] = [this.paths.entry(from), this.paths.entry(to)]
    fs.renameSync(source, destination)
    this.paths.forget(source)
    this.paths.forget(destination)
  }

  symlink(linkText: string, target: string): void {
    const full = this.paths.entry(target)
    fs.symlinkSync(linkText, full)
    this.paths.forget(full)
  }

  changeMode(target: string, mode: number): void {
    fs.chmodSync(this.paths.followed(target), mode)
  }

  changeGroup(target: string, gid: number): void {
    fs.chownSync(this.paths.followed(target), process.getuid?.() ?? 0, gid)
  }

  remove(target: string): void {
    const full = this.paths.entry(target)
    try {
      fs.unlinkSync(full)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
    this.paths.forget(full)
  }

  removeDirectory(target: string): void {
    const full = this.paths.entry(target)
    fs.rmdirSync(full)
    this.paths.forget(full)
  }

  removeTree(target: string): void {
    const full = this.paths.entry(target)
    try {
      fs.rmSync(full, { recursive: true, force: true })
    } finally {
      this.paths.forget(full)
    }
  }

  removeTreeLater(target: string): Promise<void> {
    const full = this.paths.entry(target)
    this.paths.forget(full)
    return fs.promises.rm(full, { recursive: true, force: true })
  }

  syncFile(target: string): void {
    this.open(target, (full, flag) => {
      syncPath(full, O_RDONLY | flag)
    })
  }

  syncDirectory(target: string): void {
    this.syncFile(target)
  }

  async syncAll(targets: readonly string[]): Promise<void> {
    const rejected = await syncEach(targets.map((target) => this.paths.followed(target)))
    for (const cause of rejected.values()) if (!isMissing(cause)) throw cause
  }
}

/** fsync of files and directories, many at a time. @returns what went wrong */
async function syncEach(paths: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
  const rejected = new Map<string, unknown>()
  const sync = async (full: string): Promise<void> => {
    try {
      await syncAndClose(fs.openSync(full, O_RDONLY | O_NOFOLLOW))
    } catch (cause) {
      rejected.set(full, cause)
    }
  }
  for (let start = 0; start < paths.length; start += MAX_OPEN) {
    await Promise.all(paths.slice(start, start + MAX_OPEN).map(sync))
  }
  return rejected
}
