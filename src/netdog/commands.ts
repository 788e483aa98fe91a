import { PipelineError } from '../lib/errors.ts'
import { EXIT_OK } from '../lib/exit-codes.ts'
import type { Host, ProgramIo, RunPurpose } from '../lib/ports.ts'
import { notice } from './notice.ts'

/**
 * Runs a command that has to succeed. Under a root other than `/` one that changes the host is only told, not run.
 *
 * @returns its standard output
 * @throws PipelineError `HOST_COMMAND_FAILED`
 */
export async function runCommand(
  command: readonly string[],
  purpose: RunPurpose,
  host: Host,
  io: ProgramIo,
): Promise<Uint8Array> {
  const text = command.join(' ')
  const result = await host.runner.run({
    command,
    purpose,
    signal: io.signal,
    onStderrLine: (line) => {
      io.stderr.write(`${command[0] ?? ''}: ${line}\n`)
    },
  })
  io.signal.throwIfAborted()
  if (result.recorded) notice(io, `not run under this root: ${text}`)
  if (result.exitCode === EXIT_OK) return result.stdout
  const reason =
    result.startError ??
    (result.exitCode === undefined
      ? `ended by ${result.signal ?? 'a signal'}`
      : `exit status ${String(result.exitCode)}`)
  throw new PipelineError('HOST_COMMAND_FAILED', `${text}: ${reason}`, { details: { command: text } })
}
