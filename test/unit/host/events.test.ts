/** Events of child processes, over a real descriptor. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { eventChannel } from '../../../src/host/event-channel.ts'
import { SpawnRunner } from '../../../src/host/spawn-runner.ts'
import type { HostEvent, RunResult } from '../../../src/lib/ports.ts'

const directory = mkdtempSync(path.join(os.tmpdir(), 'events-'))
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})
const env = { PATH: process.env['PATH'], BOTTLEROCKET_EVENTS: '77' }
const notice = (text: string): string => JSON.stringify({ kind: 'notice', program: 'p', text })
const program = (name: string, source: string): string[] => {
  const file = path.join(directory, name)
  writeFileSync(file, source)
  return [process.execPath, file]
}
const run = async (
  command: readonly string[],
  timeoutMs?: number,
): Promise<{ events: HostEvent[]; result: RunResult }> => {
  const events: HostEvent[] = []
  const runner = new SpawnRunner(env)
  const result = await runner.run({
    command,
    purpose: 'program',
    onEvent: (event) => events.push(event),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
  return { events, result }
}
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('a child process', () => {
  it('tells what it does on the descriptor that its environment names', async () => {
    const command = program(
      'teller.mjs',
      `import fs from 'node:fs'
       const fd = Number(process.env.BOTTLEROCKET_EVENTS)
       fs.writeSync(fd, ${JSON.stringify(`${notice('one')}\n{"kind":"file"}\nnonsense\n${notice('tw')}`)})
       fs.writeSync(fd, '\\n')
       process.stdout.write(String(fd))`,
    )
    const { events, result } = await run(command)
    expect(events.map((event) => event.kind === 'notice' && event.text)).toEqual(['one', 'tw'])
    expect(text(result.stdout)).toBe('3')
  })

  it('has no such variable if nobody listens', async () => {
    const result = await new SpawnRunner(env).run({
      command: [process.execPath, '-p', 'String(process.env.BOTTLEROCKET_EVENTS)'],
      purpose: 'program',
    })
    expect(text(result.stdout)).toBe('undefined\n')
  })

  it('need not know of it, and may leave it to its own children', async () => {
    const { events, result } = await run(['sh', '-c', `echo hi; printf '%s\\n' '${notice('from below')}' >&3`])
    expect(text(result.stdout)).toBe('hi\n')
    expect(events).toHaveLength(1)
  })

  it('is over when its time is, whatever it has started and left behind', async () => {
    const before = performance.now()
    const { result } = await run(['sh', '-c', 'sleep 20 & sleep 20'], 200)
    expect(result.timedOut).toBe(true)
    expect(performance.now() - before).toBeLessThan(5000)
  })
})

it.each([undefined, '', 'x', '-1', '2', '3.5', '999'])('the variable as %j is no channel', (value) => {
  const channel = eventChannel({ BOTTLEROCKET_EVENTS: value })
  expect(channel.descriptor).toBeUndefined()
  channel.emit({ kind: 'ready' })
})

it('a descriptor that a script has opened for itself is no channel', () => {
  const file = path.join(directory, 'own')
  const descriptor = openSync(file, 'w')
  const channel = eventChannel({ BOTTLEROCKET_EVENTS: String(descriptor) })
  channel.emit({ kind: 'notice', program: 'p', text: 't' })
  closeSync(descriptor)
  expect(channel.descriptor).toBeUndefined()
  expect(readFileSync(file, 'utf8')).toBe('')
})
