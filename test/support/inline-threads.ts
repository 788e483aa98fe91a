/** Threads that are none: all work is done here, one item after the other. */
import { messageOf } from '../../src/lib/errors.ts'
import type { ItemResult, Threads } from '../../src/lib/threads.ts'

export const inlineThreads: Threads = {
  processors: 1,
  async run({ items, work, onProgress, signal }) {
    const results: ItemResult<Awaited<ReturnType<typeof work>>>[] = []
    for (const item of items) {
      signal.throwIfAborted()
      try {
        results.push({ ok: true, value: await work(item) })
      } catch (error) {
        results.push({ ok: false, reason: messageOf(error) })
      }
      onProgress?.(results.length)
    }
    return results
  },
}
