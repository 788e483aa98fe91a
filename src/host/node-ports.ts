import type { Clock, Entropy } from '../lib/ports.ts'
import { monotonic } from './monotonic.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal?.reason as Error)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, ms)
      if (signal?.aborted === true) stop()
      else signal?.addEventListener('abort', stop, { once: true })
    }),
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const WORD = 2 ** 32
const word = new Uint32Array(1)

/**
 * A uniform integer from 0 to `max`, which is below 2^32. Words of chance beyond the last whole multiple are thrown away.
 * The runtime's own source of chance is at hand, which `node:crypto` is not in every runtime.
 */
function randomInteger(max: number): number {
  const count = max + 1
  if (!Number.isInteger(max) || max < 0 || count > WORD) throw new RangeError(`no integers from 0 to ${String(max)}`)
  const end = WORD - (WORD % count)
  for (;;) {
    const [value = 0] = crypto.getRandomValues(word)
    if (value < end) return value % count
  }
}

export const systemEntropy: Entropy = {
  integer: randomInteger,
  alphanumeric: (length) => Array.from({ length }, () => ALPHANUMERIC[randomInteger(ALPHANUMERIC.length - 1)]).join(''),
}
