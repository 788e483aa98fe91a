/** How far a long run is, on one line of a terminal that is written over. */
import tty from 'node:tty'
import type { Clock, ProgramIo } from '../../lib/ports.ts'

/** A run that is over sooner needs no progress, and nobody reads faster. */
const FIRST_MS = 300
const EVERY_MS = 100
const WIDTH = 24
const START_OF_LINE = '\r\u001b[K'

export interface ProgressLine {
  show(done: number): void
  /** Leaves the line as if nothing had been there. */
  clear(): void
}

const NONE: ProgressLine = { show: () => undefined, clear: () => undefined }

function barOf(done: number, total: number): string {
  const filled = Math.floor((WIDTH * done) / Math.max(1, total))
  return `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${String(done)}/${String(total)} files`
}

/** A progress line on standard error, if that is a terminal that can do it. */
export function progressLine(
  io: ProgramIo,
  clock: Clock,
  total: number,
  isTerminal: boolean = tty.isatty(2) && io.env['TERM'] !== 'dumb',
): ProgressLine {
  if (!isTerminal) return NONE
  let nextMs = clock.monotonic() + FIRST_MS
  let isShown = false
  return {
    show: (done) => {
      if (clock.monotonic() < nextMs) return
      nextMs = clock.monotonic() + EVERY_MS
      isShown = true
      io.stderr.write(`${START_OF_LINE}${barOf(done, total)}`)
    },
    clear: () => {
      if (isShown) io.stderr.write(START_OF_LINE)
      isShown = false
    },
  }
}
