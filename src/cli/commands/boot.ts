import { parseArgs, type ArgsSpec } from '../../lib/args.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { IMDS_URL } from '../../lib/paths.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import { stopStatus } from '../../lib/stop.ts'
import { bootTarget } from '../boot-target.ts'
import * as options from '../options.ts'
import { noticePrinter, renderBoot, renderBootFailure } from '../present.ts'
import { paletteFor } from '../terminal.ts'

const OPTIONS = [
  options.VARIANT_OPTION,
  options.RELEASE_OPTION,
  { ...options.ROOT_OPTION, required: true },
  options.IMDS_OPTION,
  options.FACTS_OPTION,
  options.FRESH_OPTION,
  options.RUN_COMMANDS_OPTION,
  options.FORMAT_OPTION,
  options.SHOW_SECRETS_OPTION,
]

export const bootSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket boot --variant NAME --root DIR [OPTION]...',
    OPTIONS,
    'Runs a whole boot of a variant under DIR. Restart commands are recorded, not run.',
  ),
  options: OPTIONS,
}

/** `bottlerocket boot`: one boot under a root. Exit 1 when a step failed. */
export async function boot(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(bootSpec, argv)
  const asJson = options.wantsJson(bootSpec, args)
  const summary = await bootTarget({
    variant: options.variantOf(bootSpec, args),
    root: options.typedPath(io, args.value('--root') ?? '/'),
    imdsUrl: args.value('--imds') ?? IMDS_URL,
    facts: options.factsOf(io, host, args),
    fresh: args.flags.has('--fresh'),
    runCommands: args.flags.has('--run-commands'),
    env: io.env,
    signal: io.signal,
    watch: noticePrinter(io.stderr),
  })
  await summary.close()
  if (asJson) io.stdout.write(summary.report() + '\n')
  else {
    io.stdout.write(renderBoot(summary, paletteFor(io), args.flags.has('--show-secrets')))
    io.stderr.write(renderBootFailure(summary.result.diagnostics, undefined, paletteFor(io, 2)))
  }
  if (io.signal.aborted) return stopStatus(io.signal)
  return summary.result.failedStep === undefined ? EXIT_OK : EXIT_FAILURE
}
