import { EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'

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

/** Some commands of the tool as a program of their own. The first word is the command's name. */
export function commandProgram<H = Host>(commands: Readonly<Record<string, Command<H>>>): Program<H> {
  return {
    name: 'bottlerocket',
    run: ([name = '', ...argv], io, host) => runCommand(commands[name] as Command<H>, argv, io, host),
  }
}
