import type { Clock } from '../../src/lib/ports.ts'

interface Sleeper {
  readonly wakeMs: number
  readonly wake: () => void
}

export interface ManualClock extends Clock {
  /** Lets time pass. Whoever sleeps is woken when its time has come, and has run as far as it gets without waiting. */
  advance(ms: number): Promise<void>
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A clock that stands still until it is told otherwise. */
export function manualClock(startMs = Date.UTC(2100, 0, 1)): ManualClock {
  let now = startMs
  const sleepers = new Set<Sleeper>()
  return {
    now: () => now,
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          sleepers.delete(sleeper)
          reject(signal?.reason as Error)
        }
        const sleeper: Sleeper = {
          wakeMs: now + ms,
          wake: () => {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', stop)
            resolve()
          },
        }
        if (signal?.aborted === true) {
          reject(signal.reason as Error)
          return
        }
        signal?.addEventListener('abort', stop, { once: true })
        sleepers.add(sleeper)
      }),
    advance: async (ms) => {
      const end = now + ms
      for (;;) {
        const [next] = [...sleepers].filter(({ wakeMs }) => wakeMs <= end).sort((a, b) => a.wakeMs - b.wakeMs)
        if (next === undefined) break
        now = Math.max(now, next.wakeMs)
        next.wake()
        await turn()
      }
      now = end
      await turn()
    },
  }
}
