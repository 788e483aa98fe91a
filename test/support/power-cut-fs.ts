/**
 * A file system that can lose its power. It keeps what is certainly on the disk apart from what was only written: the
 * content of a file is certain after its fsync, an entry of a directory after the directory's. Of everything else any
 * part may survive a power cut, in any order.
 */
import { MemoryFs } from '../../src/host/memory-fs.ts'
import type { RootFs } from '../../src/lib/ports.ts'

/** Every content since the last fsync, the certain one first. */
interface FileNode {
  readonly kind: 'file'
  contents: string[]
}
/** Every node that an entry had since the last fsync of the directory, the certain one first. */
interface DirectoryNode {
  readonly kind: 'directory'
  readonly entries: Map<string, (Node | undefined)[]>
}
/** A link holds its text from the start. */
interface LinkNode {
  readonly kind: 'symlink'
  readonly text: string
}
type Node = FileNode | DirectoryNode | LinkNode

const newDirectory = (): DirectoryNode => ({ kind: 'directory', entries: new Map() })
const partsOf = (path: string): string[] => path.split('/').filter(Boolean)

export interface PowerCutFs {
  /** The file system as the process sees it. */
  readonly fs: RootFs
  /**
   * What the disk holds after a power cut now.
   *
   * @param choose picks one of so many possibilities, counted from 0
   */
  readonly cut: (choose: (count: number) => number) => MemoryFs
  /** Gets all that was written so far to the disk. */
  readonly syncEverything: () => void
}

class Disk {
  readonly top = newDirectory()

  node(path: string): Node | undefined {
    let node: Node | undefined = this.top
    for (const name of partsOf(path)) node = node?.kind === 'directory' ? node.entries.get(name)?.at(-1) : undefined
    return node
  }

  put(path: string, node: Node | undefined): void {
    const parts = partsOf(path)
    const name = parts.pop() as string
    const parent = this.node(parts.join('/')) as DirectoryNode
    parent.entries.set(name, [...(parent.entries.get(name) ?? [undefined]), node])
  }

  makeDirectory(path: string): void {
    const parts = partsOf(path)
    parts.forEach((_, i) => {
      const above = parts.slice(0, i + 1).join('/')
      if (this.node(above) === undefined) this.put(above, newDirectory())
    })
  }

  /** @param contents what the file holds one after the other while it is written */
  write(path: string, ...contents: string[]): void {
    const node = this.node(path)
    if (node?.kind === 'file') node.contents.push(...contents)
    else this.put(path, { kind: 'file', contents: ['', ...contents] })
  }

  sync(path: string): void {
    const node = this.node(path)
    if (node?.kind === 'file') node.contents = node.contents.slice(-1)
    if (node?.kind !== 'directory') return
    for (const [name, nodes] of node.entries) node.entries.set(name, nodes.slice(-1))
  }

  syncEverything(path = ''): void {
    this.sync(path)
    const node = this.node(path)
    if (node?.kind === 'directory') for (const name of node.entries.keys()) this.syncEverything(`${path}/${name}`)
  }
}

/** What may be left of a content that was being written: a part of it, or its length without all of its bytes. */
function remains(contents: readonly string[], choose: (count: number) => number): string {
  const [certain = ''] = contents
  const content = contents[choose(contents.length)] as string
  // what is appended does not harm what was there
  const kept = content.startsWith(certain) ? certain.length : 0
  const intact = kept + choose(content.length - kept + 1)
  const damage = choose(3)
  if (damage === 0) return content
  return damage === 1 ? content.slice(0, intact) : content.slice(0, intact).padEnd(content.length, '\0')
}

function restart(disk: Disk, choose: (count: number) => number): MemoryFs {
  const fs = new MemoryFs()
  const seen = new Map<FileNode, string>()
  const walk = (directory: DirectoryNode, path: string): void => {
    for (const [name, nodes] of directory.entries) {
      const node = nodes[choose(nodes.length)]
      if (node?.kind === 'directory') {
        fs.makeDirectory(`${path}/${name}`)
        walk(node, `${path}/${name}`)
      } else if (node?.kind === 'symlink') {
        fs.symlink(node.text, `${path}/${name}`)
      } else if (node !== undefined) {
        const content = seen.get(node) ?? remains(node.contents, choose)
        seen.set(node, content)
        fs.writeFile(`${path}/${name}`, content)
      }
    }
  }
  walk(disk.top, '')
  return fs
}

function copyTree(fs: RootFs, path: string, disk: Disk): void {
  for (const { name, kind } of fs.readDirectory(`${path}/`)) {
    const entry = `${path}/${name}`
    if (kind === 'file') disk.write(entry, fs.readText(entry))
    else if (kind === 'symlink') disk.put(entry, { kind, text: fs.readLink(entry) })
    else disk.makeDirectory(entry)
    if (kind === 'directory') copyTree(fs, entry, disk)
  }
}

/** Puts a disk below a file system in memory. What that holds already is on the disk. */
export function powerCutFs(fs = new MemoryFs()): PowerCutFs {
  const disk = new Disk()
  copyTree(fs, '', disk)
  disk.syncEverything()
  const record: Partial<RootFs> = {
    makeDirectory: (path) => {
      fs.makeDirectory(path)
      disk.makeDirectory(path)
    },
    writeFile: (path, data) => {
      const old = fs.stat(path) === undefined ? '' : fs.readText(path)
      fs.writeFile(path, data)
      const text = fs.readText(path)
      // written in place, and then cut to its length
      disk.write(path, text + old.slice(text.length), text)
    },
    appendFile: (path, data) => {
      fs.appendFile(path, data)
      disk.write(path, fs.readText(path))
    },
    truncateFile: (path, size) => {
      fs.truncateFile(path, size)
      disk.write(path, fs.readText(path))
    },
    rename: (from, to) => {
      fs.rename(from, to)
      disk.put(to, disk.node(from))
      disk.put(from, undefined)
    },
    symlink: (text, path) => {
      fs.symlink(text, path)
      disk.put(path, { kind: 'symlink', text })
    },
    remove: (path) => {
      fs.remove(path)
      disk.put(path, undefined)
    },
    removeDirectory: (path) => {
      fs.removeDirectory(path)
      disk.put(path, undefined)
    },
    removeTree: (path) => {
      fs.removeTree(path)
      disk.put(path, undefined)
    },
    removeTreeLater: async (path) => {
      await fs.removeTreeLater(path)
      disk.put(path, undefined)
    },
    syncFile: (path) => {
      fs.syncFile(path)
      disk.sync(path)
    },
    syncDirectory: (path) => {
      fs.syncDirectory(path)
      disk.sync(path)
    },
    syncAll: async (paths) => {
      await Promise.resolve()
      for (const path of paths) disk.sync(path)
    },
  }
  const watched = new Proxy<RootFs>(fs, {
    get: (target, name) => {
      const own = (record as Record<PropertyKey, unknown>)[name]
      if (own !== undefined) return own
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value
    },
  })
  return {
    fs: watched,
    cut: (choose) => restart(disk, choose),
    syncEverything: () => {
      disk.syncEverything()
    },
  }
}
