/** One run at a time reads settings and writes files; else one with older settings could write last. */
import type { Logger } from '../lib/log.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, Lock } from '../lib/ports.ts'

const FIRST_RETRY_MS = 5
const MAX_RETRY_MS = 80
/** A run that reads and writes for so long hangs; the others cannot wait for it for ever. */
const PATIENCE_MS = 60_000

async function takeTurn({ clock, fs, locks }: Host, log: Logger, signal: AbortSignal): Promise<Lock | undefined> {
  const start = clock.monotonic()
  try {
    fs.makeDirectory(PATHS.applyRecords)
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
      const result = await locks.acquire(PATHS.applyRecords, 'thar-be-settings')
      if (!('heldBy' in result)) return result
      if (clock.monotonic() - start > PATIENCE_MS) {
        log.warn({ heldBy: result.heldBy }, 'another run does not end writing files; going on beside it')
        return undefined
      }
      await clock.sleep(retryMs, signal)
    }
  } catch (error) {
    if (signal.aborted) throw error
    // without a place for locks there is no other run to be told apart from
    return undefined
  }
}

/** Runs a task while no other run is between reading settings and having written its files. */
export async function inTurn<T>(host: Host, log: Logger, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  const lock = await takeTurn(host, log, signal)
  try {
    return await task()
  } finally {
    await lock?.release()
  }
}
