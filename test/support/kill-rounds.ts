/** A server that is killed again and again while it commits, and what the next one finds. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { socketClient } from './api-socket.ts'
import { startTool, stopTool, temporaryDirectory, waitForOutput } from './run-tool.ts'

const KEYS = 50
const VARIANT = 'aws-ecs-2'
/** Several commits fit in. */
const MAX_DELAY_MS = 40

export interface KillCounts {
  /** Rounds after which the commit that was cut off was there, and was not. */
  done: number
  undone: number
}

const bodyOf = (generation: number): object => ({
  kernel: {
    sysctl: Object.fromEntries(Array.from({ length: KEYS }, (_, i) => [`net.k${String(i)}`, String(generation)])),
  },
})

/** The generation that is live; fails if there are several. */
function generationIn(body: string): number {
  const { kernel = { sysctl: {} } } = JSON.parse(body) as { kernel?: { sysctl: Record<string, string> } }
  const values = Object.entries(kernel.sysctl).filter(([name]) => name.startsWith('net.k'))
  const generations = new Set(values.map(([, value]) => value))
  expect(values.length === 0 || values.length === KEYS, body).toBe(true)
  expect(generations.size, body).toBeLessThanOrEqual(1)
  return Number([...generations][0] ?? 0)
}

/** Kills a server at a random moment of a commit of 50 keys, that many times. After each, the state is checked. */
export async function killWhileCommitting(rounds: number): Promise<KillCounts> {
  const directory = temporaryDirectory()
  const root = path.join(directory.path, 'r')
  const socket = path.join(root, 'run/api.sock')
  const counts: KillCounts = { done: 0, undone: 0 }
  let [acknowledged, attempted] = [0, 0]
  try {
    for (let round = 0; round <= rounds; round++) {
      const server = startTool('bottlerocket', ['serve', '--variant', VARIANT, '--root', root])
      await waitForOutput(server, /serving/)
      const client = socketClient(socket)
      const found = generationIn((await client.send('GET', '/settings?prefix=kernel.sysctl')).body)
      expect([acknowledged, attempted], `round ${String(round)}`).toContain(found)
      if (attempted !== acknowledged) counts[found === attempted ? 'done' : 'undone']++
      acknowledged = attempted = found
      if (round === rounds) {
        client.close()
        expect(await stopTool(server)).toBe(0)
        break
      }
      // what a process does for the first time takes long, and would get most of the kills
      await client.send('PATCH', '/settings?tx=t', bodyOf(acknowledged))
      setTimeout(() => server.kill('SIGKILL'), Math.random() * MAX_DELAY_MS)
      const gone = new Promise((resolve) => server.on('close', resolve))
      try {
        for (;;) {
          attempted = acknowledged + 1
          await client.send('PATCH', '/settings?tx=t', bodyOf(attempted))
          const { status } = await client.send('POST', '/tx/commit?tx=t')
          expect(status).toBe(200)
          acknowledged = attempted
        }
      } catch (error) {
        // the server is gone; anything else is a fault
        if (!(error instanceof Error) || !('code' in error)) throw error
      }
      await gone
      client.close()
    }
    expect(readFileSync(path.join(root, 'var/lib/bottlerocket/datastore/.journal'), 'utf8')).toBe('')
    return counts
  } finally {
    directory.remove()
  }
}
