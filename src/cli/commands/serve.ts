import { startApiServer } from '../../apiserver/start.ts'
import { parseArgs, type ArgsSpec } from '../../lib/args.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { PATHS } from '../../lib/paths.ts'
import type { Host, HostEvent, ProgramIo } from '../../lib/ports.ts'
import { untilStopped } from '../../lib/stop.ts'
import { decodeUtf8Lossy } from '../../lib/utf8.ts'
import { loadModel } from '../../model/models.ts'
import { storewolfCommand } from '../boot-steps.ts'
import * as options from '../options.ts'
import { renderEvent } from '../present.ts'
import { rootedTarget } from '../target-host.ts'
import { paletteFor } from '../terminal.ts'

const OPTIONS = [
  options.VARIANT_OPTION,
  options.RELEASE_OPTION,
  { ...options.ROOT_OPTION, required: true },
  options.FACTS_OPTION,
  options.IMDS_OPTION,
  options.RUN_COMMANDS_OPTION,
]

export const serveSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket serve --variant NAME --root DIR [OPTION]...',
    OPTIONS,
    'Makes the datastore under DIR if it is missing and serves the API on DIR/run/api.sock until it is stopped.',
  ),
  options: OPTIONS,
}

/** Prints what happens on a running server. */
export function watcher(io: Pick<ProgramIo, 'env' | 'stdout'>): (event: HostEvent) => void {
  const palette = paletteFor(io)
  return (event) => {
    const line = renderEvent(event, palette)
    if (line !== undefined) io.stdout.write(line + '\n')
  }
}

/** `bottlerocket serve`: datastore and API of a variant, in the foreground, until SIGTERM. */
export async function serve(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(serveSpec, argv)
  const variant = options.variantOf(serveSpec, args)
  const root = options.typedPath(io, args.value('--root') ?? '/')
  const target = rootedTarget(
    {
      variant,
      facts: options.factsOf(io, host, args),
      events: { emit: watcher(io) },
      io,
      runCommands: args.flags.has('--run-commands'),
    },
    root,
    args.value('--imds') ?? host.imdsUrl,
  )
  const made = await target.host.runner.run({ command: storewolfCommand(variant), purpose: 'program' })
  if (made.exitCode !== EXIT_OK) {
    io.stderr.write(decodeUtf8Lossy(made.stderr))
    return EXIT_FAILURE
  }
  const server = await startApiServer(target.host, { model: loadModel(variant.modelName) })
  io.stdout.write(`serving ${variant.name} on ${target.host.fs.hostPath(PATHS.apiSocket)}\n`)
  const exit = await untilStopped(io.signal)
  await target.settled()
  await server.close()
  return exit
}
