/** Work on several threads: real ones, started with a file that is made for the test. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodeThreads } from '../../../src/host/node-threads.ts'
import type { ItemResult, ThreadJob } from '../../../src/lib/threads.ts'
import { squares, type FixtureItem } from '../../support/thread-fixture.ts'

interface Square {
  readonly square: number
  readonly isHere: boolean
}

const work = mkdtempSync(path.join(os.tmpdir(), 'threads-'))
const file = path.join(work, 'thread.cjs')
beforeAll(async () => {
  await build({
    entryPoints: ['test/support/thread-fixture.ts'],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  })
})
afterAll(() => {
  rmSync(work, { recursive: true, force: true })
})

const setup = { sign: -1 }
const here = squares(true)(setup)
const idle = new AbortController().signal

type Job = Partial<ThreadJob<FixtureItem, Square>>

function run(items: readonly FixtureItem[], job: Job = {}, from = file): Promise<readonly ItemResult<Square>[]> {
  return nodeThreads(from).run<FixtureItem, Square>({
    ...{ task: 'squares', setup, items, threads: 3, signal: idle },
    work: (item) => here(item) as Promise<Square>,
    ...job,
  })
}

const numbers = (count: number, rest: Omit<FixtureItem, 'number'> = {}): FixtureItem[] =>
  Array.from({ length: count }, (_, number) => ({ number, ...rest }))

/** Enough work that other threads are started. */
const busy = numbers(100, { busyMs: 4 })
const values = (results: readonly ItemResult<Square>[]): unknown[] =>
  results.map((result) => (result.ok ? result.value.square : result.reason))
const doneElsewhere = (results: readonly ItemResult<Square>[]): number =>
  results.filter((result) => result.ok && !result.value.isHere).length

describe('threads', () => {
  it('share the work and give results in the order of the items', async () => {
    const results = await run(busy)
    expect(values(results)).toEqual(busy.map(({ number }) => -number * number))
    expect(doneElsewhere(results)).toBeGreaterThan(10)
    expect(doneElsewhere(results)).toBeLessThan(busy.length)
  })

  it.each([1, 2, 8])('give the same with %i of them', async (threads) => {
    expect(values(await run(busy, { threads }))).toEqual(busy.map(({ number }) => -number * number))
  })

  it('are not started for little work', async () => {
    expect(doneElsewhere(await run(numbers(300)))).toBe(0)
    expect(doneElsewhere(await run(numbers(20, { busyMs: 5 })))).toBe(0)
  })

  it('are not started for one', async () => {
    expect(doneElsewhere(await run(busy, { threads: 1 }))).toBe(0)
  })

  it('have nothing to do without items', async () => {
    expect(await run([])).toEqual([])
  })

  it('tell how far they are', async () => {
    const told: number[] = []
    await run(busy, { onProgress: (done) => told.push(done) })
    expect(told.length).toBeGreaterThan(3)
    expect(told).toEqual([...told].sort((a, b) => a - b))
    expect(told.at(-1)).toBe(busy.length)
  })
})

/** Many items have the same fault, so that other threads meet some of them. */
const withFaults = (fault: FixtureItem['fault']): FixtureItem[] =>
  busy.map((item) => (item.number > 20 && item.number % 5 === 0 ? { ...item, ...(fault && { fault }) } : item))

describe('faults', () => {
  it('of the work are results', async () => {
    const items = withFaults('throw')
    expect(values(await run(items))).toEqual(
      items.map(({ number, fault }) => (fault === undefined ? -number * number : `no square of ${String(number)}`)),
    )
  })

  it.each(['exit', 'reject-outside'] as const)(
    'that end a thread (%s) are results; all else is done',
    async (fault) => {
      const items = withFaults(fault)
      const results = await run(items)
      const lost = results.flatMap((result, i) => (result.ok ? [] : [{ i, reason: result.reason }]))
      // two threads at most can be lost, each with the item that it was at
      expect(lost.length).toBeGreaterThan(0)
      expect(lost.length).toBeLessThanOrEqual(2)
      const why = fault === 'exit' ? 'exit status 3' : 'nobody catches this'
      for (const { i, reason } of lost) {
        expect(items[i]?.fault).toBe(fault)
        expect(reason).toBe(`it ended the thread that was at work on it: ${why}`)
      }
      const done = results.flatMap((result, i) => (result.ok ? [[i, result.value.square]] : []))
      expect(done).toEqual(items.flatMap(({ number }) => (results[number]?.ok ? [[number, -number * number]] : [])))
    },
  )

  it('of a file that cannot be started leave the work to this thread', async () => {
    const results = await run(busy, {}, path.join(work, 'missing.cjs'))
    expect(values(results)).toEqual(busy.map(({ number }) => -number * number))
    expect(doneElsewhere(results)).toBe(0)
  })

  it('of a task that nobody knows leave the work to this thread', async () => {
    const results = await run(busy, { task: 'cubes' })
    expect(doneElsewhere(results)).toBe(0)
    expect(results.every(({ ok }) => ok)).toBe(true)
  })
})

describe('a stop', () => {
  it.each([1, 3])('ends the work of %i threads at once', async (threads) => {
    const stop = new AbortController()
    const reason = new Error('stopped')
    setTimeout(() => {
      stop.abort(reason)
    }, 200)
    const startedAt = performance.now()
    await expect(run(numbers(10_000, { busyMs: 5 }), { threads, signal: stop.signal })).rejects.toBe(reason)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})
