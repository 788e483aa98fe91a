/** The boot record of a program that a unit runs: collected while it works, written when it has ended. */
import { StepRecorder, writeBootRecord, type StepOutcome } from '../lib/boot-record.ts'
import { messageOf } from '../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import type { Host, HostEvent, Program } from '../lib/ports.ts'

/** The step of the boot that a command line of a program is, by the unit's name; undefined if it is none. */
export type StepOf = (argv: readonly string[]) => string | undefined

/** Programs that are part of several steps: the steps' units run them before their own program. */
const SHARED: readonly string[] = ['settings-committer']

/**
 * A program that leaves a boot record of itself. Its step ends when the program does, or when a server says that it is
 * up.
 *
 * @param startedMs when the process was started, by the monotonic clock
 */
export function recorded(program: Program, stepOf: StepOf, startedMs: number): Program {
  return {
    name: program.name,
    async run(argv, io, host): Promise<ExitCode> {
      const name = stepOf(argv)
      if (name === undefined) return program.run(argv, io, host)
      const loadedMs = host.clock.monotonic()
      const recorder = new StepRecorder()
      let isWritten = false
      const write = (outcome: StepOutcome, reason?: string): void => {
        if (isWritten) return
        isWritten = true
        const record = recorder.record({
          name,
          startMs: startedMs,
          loadedMs,
          endMs: host.clock.monotonic(),
          outcome,
          reason,
          bootStartMs: 0,
          invocation: io.env['INVOCATION_ID'],
        })
        writeBootRecord(host.fs, record, SHARED.includes(name) ? `-${String(Math.round(startedMs))}` : '')
      }
      const emit = (event: HostEvent): void => {
        recorder.emit(event)
        host.events.emit(event)
        if (event.kind === 'ready') write('ok')
      }
      const watched: Host = { ...host, events: { emit } }
      try {
        const code = await program.run(argv, io, watched)
        write(code === EXIT_OK ? 'ok' : 'failed', code === EXIT_OK ? undefined : `exit status ${String(code)}`)
        return code
      } catch (error) {
        write('failed', messageOf(error))
        throw error
      }
    },
  }
}
