/** Threads of this process: each starts the program's own file once more, which then does a task instead. */
import { realpathSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { messageOf } from '../lib/errors.ts'
import type { ItemResult, ThreadJob, Threads } from '../lib/threads.ts'
import { executableFile } from './executable.ts'
import { optimizeLess } from './optimizing.ts'
import { usableProcessors } from './processors.ts'
import { attempt, Claims, type ThreadMessage, type ThreadStart } from './thread-share.ts'

/** How long this thread works before it looks at what the others say, and at signals. */
const TURN_MS = 25
/** What another thread costs to start, in work that would take this one as long; and in items, which are slow at first. */
const WORTH_MS = 150
const WORTH_ITEMS = 24

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The file that this process was started with; undefined where there is none, as in `node -e`. */
function ownFile(): string | undefined {
  const file = process.argv[1]
  return executableFile() ?? (file === undefined ? undefined : realpathSync(file))
}

/** The results of one job as they come in. */
class Progress<I, R> {
  readonly claims: Claims
  private readonly results: (ItemResult<R> | undefined)[]
  private readonly job: ThreadJob<I, R>
  private done = 0

  constructor(job: ThreadJob<I, R>) {
    this.job = job
    this.claims = Claims.for(job.items.length)
    this.results = new Array<ItemResult<R> | undefined>(job.items.length).fill(undefined)
  }

  add(index: number, result: ItemResult<R>): void {
    if (this.results[index] === undefined) this.done++
    this.results[index] = result
  }

  tell(): void {
    this.job.onProgress?.(this.done)
  }

  /** A thread has ended before its time: the item that it was at is lost, those before it only their results. */
  lose(thread: number, reason: string): void {
    const last = this.claims.lastOf(thread)
    if (last === undefined || this.results[last] !== undefined) return
    this.add(last, { ok: false, reason: `it ended the thread that was at work on it: ${reason}` })
  }

  async work(index: number): Promise<void> {
    this.add(index, await attempt(this.job.work, this.job.items[index] as I))
  }

  missing(): number[] {
    return this.results.flatMap((result, i) => (result === undefined ? [i] : []))
  }

  all(): readonly ItemResult<R>[] {
    return this.results.map((result) => result ?? { ok: false, reason: 'there is no result' })
  }
}

/** Waits until a thread has said all, or has ended otherwise. */
function followed<I, R>(worker: Worker, thread: number, progress: Progress<I, R>): Promise<void> {
  return new Promise((resolve) => {
    let isDone = false
    const end = (reason: string): void => {
      if (!isDone) progress.lose(thread, reason)
      isDone = true
      resolve()
    }
    worker.on('message', ({ results, isLast }: ThreadMessage) => {
      for (const [index, result] of results) progress.add(index, result as ItemResult<R>)
      progress.tell()
      if (!isLast) return
      isDone = true
      resolve()
    })
    worker.on('error', (error) => {
      end(messageOf(error))
    })
    worker.on('exit', (status) => {
      end(`exit status ${String(status)}`)
    })
  })
}

/** The other threads of one job. */
class Crew<I, R> {
  private readonly file: string | undefined
  private readonly job: ThreadJob<I, R>
  private readonly progress: Progress<I, R>
  private workers: readonly Worker[] | undefined
  private ends: readonly Promise<void>[] = []

  constructor(file: string | undefined, job: ThreadJob<I, R>, progress: Progress<I, R>) {
    this.file = file
    this.job = job
    this.progress = progress
  }

  get isCalled(): boolean {
    return this.workers !== undefined
  }

  /** Whether there are any and each has started, and so has loaded its code. */
  get isAtWork(): boolean {
    const { workers = [] } = this
    return workers.length > 0 && workers.every((_, i) => this.hasStarted(i))
  }

  call(): void {
    const { file, job, progress } = this
    const { task, setup, items } = job
    const count = file === undefined ? 0 : Math.max(0, Math.min(job.threads, items.length) - 1)
    this.workers = Array.from({ length: count }, (_, i) => {
      const { shared } = progress.claims
      const workerData: ThreadStart = { kind: 'bottlerocket-thread', task, setup, items, shared, thread: i + 1 }
      // the first word says which code the file starts
      return new Worker(file as string, { workerData, argv: process.argv.slice(2, 3) })
    })
    this.ends = this.workers.map((worker, i) => followed(worker, i + 1, progress))
  }

  /** Waits for what they are at; one that has not even started has nothing to say. */
  async ended(): Promise<void> {
    await Promise.all(this.ends.filter((_, i) => this.hasStarted(i)))
  }

  dismiss(): void {
    for (const worker of this.workers ?? []) void worker.terminate()
  }

  private hasStarted(i: number): boolean {
    return this.progress.claims.lastOf(i + 1) !== undefined
  }
}

class NodeThreads implements Threads {
  readonly processors = usableProcessors()
  private readonly file: string | undefined

  constructor(file: string | undefined) {
    this.file = file
  }

  async run<I, R>(job: ThreadJob<I, R>): Promise<readonly ItemResult<R>[]> {
    const progress = new Progress(job)
    const crew = new Crew(this.file, job, progress)
    try {
      await this.workHere(job, progress, crew)
      await untilAborted(crew.ended(), job.signal)
      for (const index of progress.missing()) await progress.work(index)
      progress.tell()
      return progress.all()
    } finally {
      crew.dismiss()
    }
  }

  /** Works until nothing is left, and calls the others if that turns out to be worth it. */
  private async workHere<I, R>(job: ThreadJob<I, R>, progress: Progress<I, R>, crew: Crew<I, R>): Promise<void> {
    const startedAt = performance.now()
    let lookUpAt = startedAt + TURN_MS
    let mayCrowd = job.threads >= this.processors
    let done = 0
    for (let i = progress.claims.take(0); i !== undefined; i = progress.claims.take(0)) {
      await progress.work(i)
      done++
      const now = performance.now()
      if (now < lookUpAt) continue
      const left = job.items.length - done
      const isWorth = job.threads > 1 && left >= WORTH_ITEMS && ((now - startedAt) / done) * left >= WORTH_MS
      if (isWorth && !crew.isCalled) crew.call()
      if (mayCrowd && crew.isAtWork) {
        optimizeLess()
        mayCrowd = false
      }
      progress.tell()
      await turn()
      job.signal.throwIfAborted()
      lookUpAt = performance.now() + TURN_MS
    }
  }
}

/** What a promise gives, unless the signal is aborted before. @throws the signal's reason */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let stop = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = (): void => {
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/**
 * The threads of this process.
 *
 * @param file what a thread starts: a file that calls `runAsThread` before anything else
 */
export function nodeThreads(file: string | undefined = ownFile()): Threads {
  return new NodeThreads(file)
}
