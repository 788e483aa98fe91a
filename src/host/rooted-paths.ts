/**
 * Paths of a target as paths of this machine. Links are resolved inside the root: an absolute link target means a path
 * of the target, so nothing outside the root is reached, whatever a link says.
 */
import fs from 'node:fs'
import path from 'node:path'

const MAX_LINKS = 40
/** Empty, `.` and `..` parts, and a slash at the end. */
const NOT_NORMAL = /\/(?:\.{0,2}(?:\/|$))/

/** What is at a path below the root; `linked` if a link is there or on the way to it, `absent` if nothing is. */
type Seen = 'directory' | 'other' | 'absent' | 'linked'

/** The entry itself, or undefined if there is none or it cannot be seen: the operation on it will tell why. */
export function lstatIfAny(full: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(full, { throwIfNoEntry: false })
  } catch {
    return undefined
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

/** See above. */
export class RootedPaths {
  readonly root: string
  /** Whether paths of the target are simply paths of this machine. */
  readonly isMachine: boolean
  private readonly seen = new Map<string, Seen>()

  constructor(root: string) {
    this.root = realIfAny(path.resolve(root))
    this.isMachine = this.root === '/'
  }

  /** The path with no link resolved. */
  direct(target: string): string {
    const normal = NOT_NORMAL.test(target) || !target.startsWith('/') ? path.posix.normalize(`/${target}`) : target
    if (this.isMachine) return normal
    return this.root + (normal.endsWith('/') ? normal.slice(0, -1) : normal)
  }

  /** The path of an entry itself, with the links on the way to it resolved. */
  entry(target: string): string {
    if (this.isMachine) return target
    const full = this.direct(target)
    if (full === this.root || this.look(path.dirname(full)) !== 'linked') return full
    return this.follow(target, false)
  }

  /** The path of what an entry leads to. @throws a system error (`ELOOP`) */
  followed(target: string): string {
    const full = this.direct(target)
    if (this.isMachine) return full
    return this.look(full) === 'linked' ? this.resolve(target) : full
  }

  /** `followed`, also on this machine itself, where the system would do it. */
  resolve(target: string): string {
    return this.follow(target, true)
  }

  /** Whether a directory was seen here a moment ago. */
  isKnownDirectory(full: string): boolean {
    return this.seen.get(full) === 'directory'
  }

  /** Notes a directory that was made, with those above it. */
  addDirectory(full: string): void {
    for (let each = full; each.length > this.root.length && this.seen.get(each) === 'absent';) {
      this.note(each, 'directory')
      each = path.dirname(each)
    }
  }

  /** Drops what was seen at a path whose entry changes, and below it. */
  forget(full: string): void {
    if (!this.seen.delete(full)) return
    const below = `${full}/`
    for (const each of this.seen.keys()) if (each.startsWith(below)) this.seen.delete(each)
  }

  private look(full: string): Seen {
    if (full.length <= this.root.length) return 'directory'
    const known = this.seen.get(full)
    if (known !== undefined) return known
    const above = this.look(path.dirname(full))
    if (above !== 'directory') return this.note(full, above === 'linked' ? 'linked' : 'absent')
    const stat = lstatIfAny(full)
    if (stat === undefined) return this.note(full, 'absent')
    return this.note(full, stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'linked' : 'other')
  }

  private note(full: string, what: Seen): Seen {
    // what was seen holds until other code of this process, or the next tick, can have changed it
    if (this.seen.size === 0) {
      setImmediate(() => {
        this.seen.clear()
      }).unref()
    }
    this.seen.set(full, what)
    return what
  }

  /** Resolves a path link by link. */
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
      const isLink = (pending.length > 0 || followLast) && lstatIfAny(full)?.isSymbolicLink() === true
      if (!isLink) {
        resolved.push(name)
        continue
      }
      if (++links > MAX_LINKS) throw Object.assign(new Error(`ELOOP: too many links '${target}'`), { code: 'ELOOP' })
      const link = fs.readlinkSync(full)
      if (link.startsWith('/')) resolved = []
      pending = [...link.split('/').filter((part) => part !== '' && part !== '.'), ...pending]
    }
    return path.join(this.root, ...resolved)
  }
}
