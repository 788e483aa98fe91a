/** What the threads of one job have in common. */
import { messageOf } from '../lib/errors.ts'
import type { ItemResult } from '../lib/threads.ts'

/** What a thread is started with. */
export interface ThreadStart {
  /** Tells a thread of ours from one that another library started with the same file. */
  readonly kind: 'bottlerocket-thread'
  readonly task: string
  readonly setup: unknown
  readonly items: readonly unknown[]
  readonly shared: SharedArrayBuffer
  /** From 1; the thread that started the job is 0. */
  readonly thread: number
}

/** What a thread says: some results by the index of their item, and in the end that there will be no more. */
export interface ThreadMessage {
  readonly results: readonly (readonly [index: number, result: ItemResult<unknown>])[]
  readonly isLast: boolean
}

const UNCLAIMED = -1

/**
 * Which items are taken, in memory that all threads share: nobody has to be asked for the next one.
 *
 * Threads with even numbers take items from the front, the others from the back. Neighbours are mostly alike, so each
 * thread meets fewer kinds, and less code gets warm in both.
 */
export class Claims {
  readonly shared: SharedArrayBuffer
  private readonly owners: Int32Array
  /** How many items, seen from this thread's end, were taken when it last looked. */
  private passed = 0

  constructor(shared: SharedArrayBuffer) {
    this.shared = shared
    this.owners = new Int32Array(shared)
  }

  static for(items: number): Claims {
    const claims = new Claims(new SharedArrayBuffer(items * Int32Array.BYTES_PER_ELEMENT))
    claims.owners.fill(UNCLAIMED)
    return claims
  }

  /** Takes the next item for a thread, which is always the same one. @returns its index; undefined if none is left */
  take(thread: number): number | undefined {
    for (; this.passed < this.owners.length; this.passed++) {
      const index = isForward(thread) ? this.passed : this.owners.length - 1 - this.passed
      if (Atomics.compareExchange(this.owners, index, UNCLAIMED, thread) === UNCLAIMED) return index
    }
    return undefined
  }

  /** The item that a thread took last; undefined if it took none. */
  lastOf(thread: number): number | undefined {
    const index = isForward(thread) ? this.owners.lastIndexOf(thread) : this.owners.indexOf(thread)
    return index < 0 ? undefined : index
  }
}

const isForward = (thread: number): boolean => thread % 2 === 0

/** Does the work for one item, whatever comes of it. */
export async function attempt<I, R>(work: (item: I) => Promise<R>, item: I): Promise<ItemResult<R>> {
  try {
    return { ok: true, value: await work(item) }
  } catch (error) {
    return { ok: false, reason: messageOf(error) }
  }
}
