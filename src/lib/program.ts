import { renderDiagnostic } from './diagnostics.ts'
import { hideValues } from './hidden-values.ts'
import { messageOf, PipelineError } from './errors.ts'
import { EXIT_FAILURE, EXIT_INTERRUPTED, type ExitCode } from './exit-codes.ts'
import type { Host, Program, ProgramIo } from './ports.ts'

/** A failure as the lines that go to standard error: the message, then findings, then the hint. Never a stack. */
export function renderFailure(program: string, error: unknown): string {
  if (error instanceof PipelineError) {
    const lines = [`${program}: error[${error.code}] ${error.message}`]
    for (const diagnostic of error.diagnostics) {
      const source = error.sources.get(diagnostic.at?.file ?? '')
      lines.push(renderDiagnostic(diagnostic, source === undefined ? undefined : hideValues(source).shown))
    }
    if (error.hint !== undefined) lines.push(`    hint: ${error.hint}`)
    return lines.join('\n') + '\n'
  }
  return `${program}: error[INTERNAL] ${messageOf(error)}\n`
}

/**
 * Runs a program to its exit code: whatever it throws becomes one message on standard error.
 *
 * @param onFailure gets what was thrown, for callers in the same process that want more than the text
 */
export async function runProgram<H = Host>(
  program: Program<H>,
  argv: readonly string[],
  io: ProgramIo,
  host: H,
  onFailure?: (error: unknown) => void,
): Promise<ExitCode> {
  try {
    return await program.run(argv, io, host)
  } catch (error) {
    if (io.signal.aborted && error === io.signal.reason) return EXIT_INTERRUPTED
    onFailure?.(error)
    io.stderr.write(renderFailure(program.name, error))
    return error instanceof PipelineError ? error.exit : EXIT_FAILURE
  }
}
