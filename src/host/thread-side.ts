/** What runs in a thread that `node-threads.ts` has started: the file of the program itself, which begins by asking here. */
import { isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads'
import type { ItemResult, ThreadTasks } from '../lib/threads.ts'
import { attempt, Claims, type ThreadMessage, type ThreadStart } from './thread-share.ts'

/** A message costs as much as a small file. */
const RESULTS_PER_MESSAGE = 8

function startOf(data: unknown): ThreadStart | undefined {
  const isOurs = typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'bottlerocket-thread'
  return isOurs ? (data as ThreadStart) : undefined
}

async function serve(start: ThreadStart, tasks: ThreadTasks, port: MessagePort): Promise<void> {
  const work = (await tasks[start.task]?.())?.(start.setup)
  if (work === undefined) throw new Error(`there is no task ${start.task}`)
  const claims = new Claims(start.shared)
  let results: (readonly [number, ItemResult<unknown>])[] = []
  const post = (isLast: boolean): void => {
    const message: ThreadMessage = { results, isLast }
    port.postMessage(message)
    results = []
  }
  for (let i = claims.take(start.thread); i !== undefined; i = claims.take(start.thread)) {
    results.push([i, await attempt(work, start.items[i])])
    if (results.length === RESULTS_PER_MESSAGE) post(false)
  }
  post(true)
}

/**
 * Does the work that this thread was started for.
 *
 * @returns false in the first thread of a process, which is not here for that
 */
export function runAsThread(tasks: ThreadTasks): boolean {
  const start = isMainThread ? undefined : startOf(workerData)
  if (start === undefined || parentPort === null) return false
  // what it throws ends the thread, which whoever started it is told
  void serve(start, tasks, parentPort)
  return true
}
