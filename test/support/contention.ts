/** Many clients that change settings at the same time, each in a transaction of its own. */
import { expect } from 'vitest'
import { socketClient } from './api-socket.ts'

/**
 * Has each client patch and commit, again and again, and checks each answer and what is live then. Every client sets a key
 * of its own and one that all of them set.
 */
export async function contend(socketPath: string, clients: number, rounds: number): Promise<void> {
  const last = String(rounds - 1)
  const work = async (name: string): Promise<void> => {
    const client = socketClient(socketPath)
    const key = `settings.kernel.sysctl."net.${name}"`
    for (let round = 0; round < rounds; round++) {
      const body = { motd: `${name} ${String(round)}`, kernel: { sysctl: { [`net.${name}`]: String(round) } } }
      const patched = await client.send('PATCH', `/settings?tx=${name}`, body)
      expect(patched, name).toEqual({ status: 204, body: '' })
      const committed = await client.send('POST', `/tx/commit?tx=${name}`)
      expect(committed.status, committed.body).toBe(200)
      expect(JSON.parse(committed.body)).toEqual([key, 'settings.motd'])
      if (round % 10 !== 0 && round !== rounds - 1) continue
      const { body: live } = await client.send('GET', `/settings?keys=${encodeURIComponent(key)}`)
      expect(JSON.parse(live)).toEqual({ kernel: { sysctl: { [`net.${name}`]: String(round) } } })
    }
    client.close()
  }
  const names = Array.from({ length: clients }, (_, i) => `c${String(i)}`)
  await Promise.all(names.map(work))
  const client = socketClient(socketPath)
  const { body } = await client.send('GET', '/settings')
  const settings = JSON.parse(body) as { motd: string; kernel: { sysctl: Record<string, string> } }
  expect(names.map((name) => settings.kernel.sysctl[`net.${name}`])).toEqual(names.map(() => last))
  expect(names.map((name) => `${name} ${last}`)).toContain(settings.motd)
  expect(JSON.parse((await client.send('GET', '/tx/list')).body)).not.toEqual(expect.arrayContaining(['c0']))
  client.close()
}
