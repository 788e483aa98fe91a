import type { ProgramIo } from '../lib/ports.ts'

/** Tells something that is no error. */
export function notice(io: ProgramIo, text: string): void {
  io.stderr.write(`netdog: ${text}\n`)
}
