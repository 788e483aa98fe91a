/** The same work for many items, on several threads of one process. */

/** What became of one item. */
export type ItemResult<R> =
  | { readonly ok: true; readonly value: R }
  /** The work threw, or ended its whole thread. */
  | { readonly ok: false; readonly reason: string }

export interface ThreadJob<I, R> {
  /** What the program's table of tasks calls the work. */
  readonly task: string
  /** What the task is set up with in each thread; copied to it (structured clone), as items and results are. */
  readonly setup: unknown
  readonly items: readonly I[]
  /** How many threads do the work, this one included. */
  readonly threads: number
  /** The work itself, for this thread. */
  readonly work: (item: I) => Promise<R>
  /** Told every now and then how many items are done. */
  readonly onProgress?: (done: number) => void
  readonly signal: AbortSignal
}

export interface Threads {
  /** How many threads run at the same time on this machine. */
  readonly processors: number
  /**
   * Does the work for all items. An item whose work throws or ends its thread is a result of its own; the others are
   * done all the same.
   *
   * @returns a result for each item, in their order, however many threads there are
   * @throws the signal's reason when it is aborted, without waiting for the threads
   */
  run<I, R>(job: ThreadJob<I, R>): Promise<readonly ItemResult<R>[]>
}

/** Work for other threads, by the name of the task: made from the setup, then called for each item. */
export type ThreadTask = (setup: unknown) => (item: unknown) => Promise<unknown>
export type ThreadTasks = Readonly<Record<string, () => Promise<ThreadTask>>>
