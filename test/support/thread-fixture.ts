/** What threads of the tests do; bundled to a file that a thread is started with. */
import { runAsThread } from '../../src/host/thread-side.ts'
import type { ThreadTask } from '../../src/lib/threads.ts'

export interface FixtureItem {
  readonly number: number
  /** What happens instead of an answer. */
  readonly fault?: 'throw' | 'exit' | 'reject-outside'
  /** How long it keeps its thread busy. */
  readonly busyMs?: number
}

/** Squares numbers, with all that can go wrong. Only another thread is ever ended. */
export const squares =
  (isHere: boolean): ThreadTask =>
  (setup) =>
  async (item) => {
    const { number, fault, busyMs = 0 } = item as FixtureItem
    const until = performance.now() + busyMs
    while (performance.now() < until);
    if (fault === 'throw') throw new Error(`no square of ${String(number)}`)
    if (!isHere && fault === 'exit') process.exit(3)
    if (!isHere && fault === 'reject-outside') {
      void Promise.reject(new Error('nobody catches this'))
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
    return { square: number * number * (setup as { readonly sign: number }).sign, isHere }
  }

runAsThread({ squares: () => Promise.resolve(squares(false)) })
