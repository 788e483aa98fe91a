import type { Locks, RootFs } from '../lib/ports.ts'

/** Locks on directories of files that no other process can see. */
export function processLocks(fs: RootFs): Locks {
  const owners = new Map<string, string>()
  return {
    acquire: (directory, owner) => {
      const name = fs.identity(directory)
      const heldBy = owners.get(name)
      if (heldBy !== undefined) return Promise.resolve({ heldBy })
      owners.set(name, owner)
      return Promise.resolve({
        release: () => {
          owners.delete(name)
          return Promise.resolve()
        },
      })
    },
  }
}
