import { EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import type { Host, ProgramIo } from '../lib/ports.ts'

/** A command of the umbrella tool. */
export interface Command<H = Host> {
  readonly run: (argv: readonly string[], io: ProgramIo, host: H) => Promise<ExitCode>
  readonly spec: { readonly usage: string }
}

/** Runs a command, or prints its usage for `--help`. */
export function runCommand<H>(
  { run, spec }: Command<H>,
  argv: readonly string[],
  io: ProgramIo,
  host: H,
): Promise<ExitCode> {
  if (!argv.includes('--help') && !argv.includes('-h')) return run(argv, io, host)
  io.stdout.write(spec.usage)
  return Promise.resolve(EXIT_OK)
}
