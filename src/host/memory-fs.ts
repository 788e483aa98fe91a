import path from 'node:path'
import { compareBytes } from '../lib/byte-order.ts'
import type { DirectoryEntry, FileReplacement, FileStat, ReplaceFailure, ReplaceOptions, RootFs } from '../lib/ports.ts'
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts'

type Node =
  | { kind: 'file'; data: Uint8Array; mode: number; gid: number }
  | { kind: 'directory'; names: Map<string, Node>; mode: number; gid: number }
  | { kind: 'symlink'; target: string; mode: number; gid: number }
type Directory = Extract<Node, { kind: 'directory' }>

const MAX_LINKS = 40
const UMASK = 0o022

function systemError(code: string, target: string): Error {
  return Object.assign(new Error(`${code}: '${target}'`), { code })
}

const directoryNode = (mode = 0o755): Directory => ({ kind: 'directory', names: new Map(), mode, gid: 0 })

/** A target's files in memory, for the offline commands and for tests. Behaves as a directory on disk does. */
export class MemoryFs implements RootFs {
  private readonly top: Directory = directoryNode()
  private readonly identities = new Map<Node, string>()

  hostPath(target: string): string {
    return target
  }

  identity(target: string): string {
    const node = this.existing(target, true)
    const known = this.identities.get(node) ?? String(this.identities.size)
    this.identities.set(node, known)
    return known
  }

  /** The directory that holds the last part of a path, that part's name, and what is there. */
  private locate(target: string, followLast: boolean): { parent: Directory; name: string; node: Node | undefined } {
    let pending = path.posix.normalize(target).split('/').filter(Boolean)
    let trail: Directory[] = [this.top]
    let links = 0
    for (;;) {
      const parent = trail.at(-1) as Directory
      const name = pending.shift()
      if (name === undefined) return { parent, name: '', node: parent }
      if (name === '..') {
        if (trail.length > 1) trail.pop()
        continue
      }
      const node = parent.names.get(name)
      if (node?.kind === 'symlink' && (pending.length > 0 || followLast)) {
        if (++links > MAX_LINKS) throw systemError('ELOOP', target)
        if (node.target.startsWith('/')) trail = [this.top]
        pending = [...node.target.split('/').filter((part) => part !== '' && part !== '.'), ...pending]
      } else if (pending.length === 0) {
        return { parent, name, node }
      } else if (node?.kind === 'directory') {
        trail.push(node)
      } else {
        throw systemError(node === undefined ? 'ENOENT' : 'ENOTDIR', target)
      }
    }
  }

  private existing(target: string, followLast: boolean): Node {
    const { node } = this.locate(target, followLast)
    if (node === undefined) throw systemError('ENOENT', target)
    return node
  }

  private statAt(target: string, followLast: boolean): FileStat | undefined {
    try {
      const node = this.existing(target, followLast)
      const size = node.kind === 'file' ? node.data.length : 0
      return { kind: node.kind, mode: node.mode, size, uid: 0, gid: node.gid }
    } catch (error) {
      const { code } = error as { code?: string }
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
      throw error
    }
  }

  stat(target: string): FileStat | undefined {
    return this.statAt(target, true)
  }

  lstat(target: string): FileStat | undefined {
    return this.statAt(target, false)
  }

  readBytes(target: string): Uint8Array {
    const node = this.existing(target, true)
    if (node.kind !== 'file') throw systemError('EISDIR', target)
    return node.data
  }

  readText(target: string): string {
    return decodeUtf8(this.readBytes(target))
  }

  readDirectory(target: string): readonly DirectoryEntry[] {
    const node = this.existing(target, true)
    if (node.kind !== 'directory') throw systemError('ENOTDIR', target)
    return [...node.names]
      .map(([name, child]) => ({ name, kind: child.kind }))
      .sort((a, b) => compareBytes(a.name, b.name))
  }

  readLink(target: string): string {
    const node = this.existing(target, false)
    if (node.kind !== 'symlink') throw systemError('EINVAL', target)
    return node.target
  }

  makeDirectory(target: string, mode = 0o777): void {
    let made = ''
    for (const part of path.posix.normalize(target).split('/').filter(Boolean)) {
      made += `/${part}`
      const { parent, name, node } = this.locate(made, true)
      if (node === undefined) parent.names.set(name, directoryNode(mode & ~UMASK))
      else if (node.kind !== 'directory') throw systemError(made === target ? 'EEXIST' : 'ENOTDIR', target)
    }
  }

  writeFile(target: string, data: string | Uint8Array, mode = 0o666): void {
    const { parent, name, node } = this.locate(target, true)
    const bytes = typeof data === 'string' ? encodeUtf8(data) : Uint8Array.from(data)
    if (node?.kind === 'file') node.data = bytes
    else if (node === undefined) parent.names.set(name, { kind: 'file', data: bytes, mode: mode & ~UMASK, gid: 0 })
    else throw systemError('EISDIR', target)
  }

  appendFile(target: string, data: string | Uint8Array, mode?: number): void {
    const old = this.stat(target) === undefined ? new Uint8Array() : this.readBytes(target)
    this.writeFile(target, Buffer.concat([old, Buffer.from(data)]), mode)
  }

  truncateFile(target: string, size: number): void {
    const old = this.readBytes(target)
    const bytes = new Uint8Array(size)
    bytes.set(old.subarray(0, size))
    this.writeFile(target, bytes)
  }

  replaceFiles(files: readonly FileReplacement[]): Promise<ReplaceFailure | undefined> {
    for (const [index, { path: target, data, ...options }] of files.entries()) {
      try {
        this.replaceFile(target, data, options)
      } catch (cause) {
        return Promise.resolve({ index, cause })
      }
    }
    return Promise.resolve(undefined)
  }

  replaceFile(target: string, data: string | Uint8Array, options: ReplaceOptions = {}): void {
    const isNew = this.stat(target) === undefined
    this.writeFile(target, data)
    const { mode, forceMode, underUmask } = options
    if (mode === undefined || !(isNew || forceMode === true)) return
    this.changeMode(target, underUmask === true ? mode & ~UMASK : mode)
  }

  rename(from: string, to: string): void {
    const source = this.locate(from, false)
    if (source.node === undefined) throw systemError('ENOENT', from)
    const destination = this.locate(to, false)
    if (destination.node?.kind === 'directory' && destination.node.names.size > 0) throw systemError('ENOTEMPTY', to)
    source.parent.names.delete(source.name)
    destination.parent.names.set(destination.name, source.node)
  }

  symlink(linkText: string, target: string): void {
    const { parent, name, node } = this.locate(target, false)
    if (node !== undefined) throw systemError('EEXIST', target)
    parent.names.set(name, { kind: 'symlink', target: linkText, mode: 0o777, gid: 0 })
  }

  changeMode(target: string, mode: number): void {
    this.existing(target, true).mode = mode
  }

  changeGroup(target: string, gid: number): void {
    this.existing(target, true).gid = gid
  }

  remove(target: string): void {
    if (this.lstat(target) === undefined) return
    const { parent, name, node } = this.locate(target, false)
    if (node?.kind === 'directory') throw systemError('EISDIR', target)
    parent.names.delete(name)
  }

  removeDirectory(target: string): void {
    const { parent, name, node } = this.locate(target, false)
    if (node === undefined) throw systemError('ENOENT', target)
    if (node.kind !== 'directory') throw systemError('ENOTDIR', target)
    if (node.names.size > 0) throw systemError('ENOTEMPTY', target)
    parent.names.delete(name)
  }

  removeTree(target: string): void {
    if (this.lstat(target) === undefined) return
    const { parent, name } = this.locate(target, false)
    parent.names.delete(name)
  }

  removeTreeLater(target: string): Promise<void> {
    this.removeTree(target)
    return Promise.resolve()
  }

  syncFile(target: string): void {
    this.existing(target, true)
  }

  syncDirectory(target: string): void {
    this.existing(target, true)
  }

  syncAll(): Promise<void> {
    return Promise.resolve()
  }
}
