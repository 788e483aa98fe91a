import type { Clock } from '../../src/lib/ports.ts'

interface Sleeper {
  readonly wakeMs: number
  readonly wake: () => void
}

export interface VirtualClock extends Clock {
  /** Every finished sleep, in milliseconds. */
  readonly slept: number[]
}

/**
 * A clock whose time passes only while everybody sleeps: as soon as no other work is left, it jumps to the next sleeper.
 * Work that waits for real input and output counts as asleep, so it goes with handlers in memory only.
 */
export function virtualClock(startMs = 0): VirtualClock {
  let now = startMs
  let pumping = false
  const sleepers = new Set<Sleeper>()
  const slept: number[] = []
  const pump = (): void => {
    pumping = false
    const [next] = [...sleepers].sort((a, b) => a.wakeMs - b.wakeMs)
    if (next === undefined) return
    now = Math.max(now, next.wakeMs)
    next.wake()
    start()
  }
  const start = (): void => {
    if (pumping || sleepers.size === 0) return
    pumping = true
    setImmediate(pump)
  }
  return {
    slept,
    now: () => now,
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper: Sleeper = {
          wakeMs: now + ms,
          wake: () => {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', stop)
            slept.push(ms)
            resolve()
          },
        }
        const stop = (): void => {
          sleepers.delete(sleeper)
          reject(signal?.reason as Error)
        }
        if (signal?.aborted === true) {
          stop()
          return
        }
        signal?.addEventListener('abort', stop, { once: true })
        sleepers.add(sleeper)
        start()
      }),
  }
}
