/**
 * Locks that the kernel takes back when their process ends: sockets that listen under a name that only one can have.
 *
 * On Linux the name is an abstract one (unix(7)), which needs no file, no permission and no room on the disk. It is seen
 * by every process of the network namespace. Elsewhere it is a file in the directory for temporary files.
 */
import { readFileSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { systemCode } from '../lib/errors.ts'
import type { Lock, Locks, RootFs } from '../lib/ports.ts'

const ATTEMPTS = 5
const ANSWER_MS = 2000
const MAX_ANSWER = 200
const UNKNOWN_OWNER = 'another process'
const OTHER_RUNTIME = 'a program with another runtime'
/** State of a socket that accepts connections, in the flags of proc_net_unix(5): `SO_ACCEPTCON`. */
const LISTENING = 0x10000

/** Where the lock of a directory is. @param identity device and inode of the directory */
function addressOf(identity: string): string {
  const name = `bottlerocket-datastore-${identity}`
  return process.platform === 'linux' ? `\0${name}` : path.join(os.tmpdir(), name.replace(':', '-'))
}

/**
 * How many sockets listen under an abstract name, in whatever form. The kernel takes names of different length for different
 * ones, and some releases of Node fill them up with NUL to the length of `sun_path` while others, and Bun, do not.
 *
 * @param table content of `/proc/net/unix`, where `@` stands for NUL
 */
export function countListeners(table: string, name: string): number {
  return table.split('\n').filter((line) => {
    const [, , , flags = '', , , , text = ''] = line.split(/ +/)
    return (parseInt(flags, 16) & LISTENING) !== 0 && text.startsWith('@') && text.replace(/^@|@+$/g, '') === name
  }).length
}

/** Whether the lock is also held under the other form of its name. Two who come at the same time both find the other. */
function isHeldTwice(address: string): boolean {
  if (!address.startsWith('\0')) return false
  try {
    return countListeners(readFileSync('/proc/net/unix', 'utf8'), address.slice(1)) > 1
  } catch {
    // without /proc nothing tells
    return false
  }
}

/** Listens under an address. @returns undefined if somebody else does */
function listen(address: string, owner: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((client) => {
      // whoever asks may go away before it has read the answer
      client.on('error', () => undefined)
      client.end(owner)
      client.unref()
    })
    server.on('error', (error) => {
      if (systemCode(error) === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(address, () => {
      resolve(server.unref())
    })
  })
}

/** Asks who listens under an address. @returns undefined if nobody does any more */
function ask(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = ''
    const client = connect(address)
    const finish = (heldBy: string | undefined): void => {
      client.destroy()
      resolve(heldBy)
    }
    // a process that is stopped, or busy, holds its locks all the same
    client.setTimeout(ANSWER_MS, () => {
      finish(UNKNOWN_OWNER)
    })
    client.setEncoding('utf8')
    client.on('data', (text: string) => {
      answer += text
      if (answer.length > MAX_ANSWER) finish(UNKNOWN_OWNER)
    })
    client.on('end', () => {
      finish(answer === '' ? UNKNOWN_OWNER : answer)
    })
    client.on('error', (error) => {
      finish(['ECONNREFUSED', 'ENOENT'].includes(systemCode(error) ?? '') ? undefined : UNKNOWN_OWNER)
    })
  })
}

/** Removes the file of a process that ended without doing so. */
function removeLeftOver(address: string): void {
  if (address.startsWith('\0')) return
  try {
    unlinkSync(address)
  } catch {
    // somebody else was faster
  }
}

function lockOf(server: Server): Lock {
  return {
    release: () => {
      // the name is free at once; those who still ask who has it are not waited for, since nothing keeps this process alive
      server.close()
      return Promise.resolve()
    },
  }
}

/** Locks on the directories of a target whose files are `fs`. */
export function socketLocks(fs: RootFs): Locks {
  return {
    async acquire(directory, owner) {
      const address = addressOf(fs.identity(directory))
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const server = await listen(address, `${owner}, process ${String(process.pid)}`)
        if (server !== undefined) {
          if (!isHeldTwice(address)) return lockOf(server)
          server.close()
          return { heldBy: OTHER_RUNTIME }
        }
        const heldBy = await ask(address)
        if (heldBy !== undefined) return { heldBy }
        removeLeftOver(address)
      }
      return { heldBy: UNKNOWN_OWNER }
    },
  }
}
