import type { FileReplacement, ReplaceFailure, RootFs } from '../../src/lib/ports.ts'

/** Operations that change something. */
const MUTATING = [
  'makeDirectory',
  'writeFile',
  'appendFile',
  'truncateFile',
  'replaceFile',
  'rename',
  'symlink',
  'changeMode',
  'changeGroup',
  'remove',
  'removeDirectory',
  'removeTree',
  'removeTreeLater',
  'syncFile',
  'syncDirectory',
] as const
export type Mutation = (typeof MUTATING)[number]

const MESSAGES: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EACCES: 'permission denied',
}

/** An error as the system gives it. */
function systemFailure(code: string, operation: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${MESSAGES[code] ?? code}, ${operation} '${path}'`), { code })
}

/** Thrown where the process is taken to have died. */
export class Crash extends Error {}

/** Wraps `fs` so that `before` runs ahead of every operation that changes something and may throw. */
export function watchedFs(fs: RootFs, before: (operation: Mutation, path: string) => void): RootFs {
  const watched = new Map<PropertyKey, unknown>(
    MUTATING.map((operation) => {
      const original = (fs[operation] as (...args: unknown[]) => unknown).bind(fs)
      return [
        operation,
        (...args: unknown[]) => {
          before(operation, String(operation === 'symlink' ? args[1] : args[0]))
          return original(...args)
        },
      ]
    }),
  )
  watched.set('replaceFiles', (files: readonly FileReplacement[]): Promise<ReplaceFailure | undefined> => {
    for (const [index, { path, data, ...options }] of files.entries()) {
      try {
        ;(watched.get('replaceFile') as RootFs['replaceFile'])(path, data, options)
      } catch (cause) {
        return Promise.resolve({ index, cause })
      }
    }
    return Promise.resolve(undefined)
  })
  return new Proxy(fs, {
    get: (target, name) => {
      const value: unknown = watched.get(name) ?? Reflect.get(target, name)
      return typeof value === 'function' && !watched.has(name) ? (value as () => unknown).bind(target) : value
    },
  })
}

/** A file system on which the operations that `fails` picks end in a system error. */
export function failingFs(
  fs: RootFs,
  code: string,
  fails: (operation: Mutation, path: string) => boolean = () => true,
): RootFs {
  return watchedFs(fs, (operation, path) => {
    if (fails(operation, path)) throw systemFailure(code, operation, path)
  })
}

/** A file system that works until it is told after how many more changes the process is dead. */
export function crashingAfter(fs: RootFs): { readonly fs: RootFs; dieAfter(changes: number): void } {
  let left = Infinity
  const watched = watchedFs(fs, () => {
    if (left <= 0) throw new Crash('the process is dead')
    left--
  })
  return {
    fs: watched,
    dieAfter: (changes) => {
      left = changes
    },
  }
}

/** A file system that works for `survived` changes; after that the process is dead and nothing happens any more. */
export function crashingFs(fs: RootFs, survived: number): RootFs {
  const crashing = crashingAfter(fs)
  crashing.dieAfter(survived)
  return crashing.fs
}

/** Every file below a directory with its text, for comparing states. */
export function snapshot(fs: RootFs, directory: string): Record<string, string> {
  const files: Record<string, string> = {}
  const walk = (current: string): void => {
    if (fs.stat(current) === undefined) return
    for (const { name, kind } of fs.readDirectory(current)) {
      const child = `${current}/${name}`
      if (kind === 'directory') walk(child)
      else files[child] = kind === 'symlink' ? `-> ${fs.readLink(child)}` : fs.readText(child)
    }
  }
  walk(directory)
  return files
}
