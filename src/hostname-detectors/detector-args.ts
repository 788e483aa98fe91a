import { parseArgs, type ArgsSpec } from '../lib/args.ts'
import { EXIT_FAILURE } from '../lib/exit-codes.ts'
import type { ProgramIo } from '../lib/ports.ts'

/**
 * The address that a detector is asked about.
 *
 * @returns undefined after help was printed
 * @throws PipelineError `USAGE`, with exit status 1
 */
export function parseDetectorArgs(program: string, argv: readonly string[], io: ProgramIo): string | undefined {
  const spec: ArgsSpec = {
    usage: `usage: ${program} --ip-address ADDRESS`,
    options: [{ names: ['--ip-address'], value: 'ADDRESS', required: true }],
    usageExit: EXIT_FAILURE,
    refuseRepeats: true,
  }
  if (argv.includes('--help')) {
    io.stdout.write(`${spec.usage}\n`)
    return undefined
  }
  return parseArgs(spec, argv).value('--ip-address')
}
