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
/** Cells before those of the items. */
const HEAD = 1

/** Which items are taken, in memory that all threads share: nobody has to be asked for the next one. */
export class Claims {
  readonly shared: SharedArrayBuffer
  private readonly cells: Int32Array

  constructor(shared: SharedArrayBuffer) {
    this.shared = shared
    this.cells = new Int32Array(shared)
  }

  static for(items: number): Claims {
    const claims = new Claims(new SharedArrayBuffer((HEAD + items) * Int32Array.BYTES_PER_ELEMENT))
    claims.cells.fill(UNCLAIMED, HEAD)
    return claims
  }

  /** Takes the next item for a thread. @returns its index; undefined if none is left */
  take(thread: number): number | undefined {
    const index = Atomics.add(this.cells, 0, 1)
    if (index >= this.cells.length - HEAD) return undefined
    Atomics.store(this.cells, HEAD + index, thread)
    return index
  }

  /** The items that a thread has taken, in the order in which it did. */
  takenBy(thread: number): number[] {
    const taken: number[] = []
    for (let i = HEAD; i < this.cells.length; i++) if (Atomics.load(this.cells, i) === thread) taken.push(i - HEAD)
    return taken
  }
}

/** Does the work for one item, whatever comes of it. */
export async function attempt<I, R>(work: (item: I) => Promise<R>, item: I): Promise<ItemResult<R>> {
  try {
    return { ok: true, value: await work(item) }
  } catch (error) {
    return { ok: false, reason: messageOf(error) }
  }
}
