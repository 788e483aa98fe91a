import path from 'node:path'
import { parseArgs, usageError, type ArgsSpec } from '../lib/args.ts'
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import { EXIT_INTERRUPTED, EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { parseFacts, type Facts } from '../lib/facts.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import type { ListenOnLoopback } from '../lib/web.ts'
import { FAULT_HINT, parseFault } from './faults.ts'
import { startMetadataServer } from './handler.ts'

const MAX_PORT = 65_535

/** The options of `bottlerocket imds`. */
export const imdsSpec: ArgsSpec = {
  usage: `usage: imds [--facts FILE] [--port N] [--fault SPEC]...\n\nFaults: ${FAULT_HINT}.\n`,
  options: [
    { names: ['--facts'], value: 'FILE', help: 'what the instance is (JSON)' },
    { names: ['--port'], value: 'N', help: 'port on 127.0.0.1; a free one unless given' },
    { names: ['--fault'], value: 'SPEC', repeatable: true, help: 'user-data=500x3, token=403, *=slow:1500, eks=close' },
  ],
  refuseRepeats: true,
}

function readFacts(file: string, io: ProgramIo, host: Host): Facts {
  try {
    return parseFacts(host.fs.readText(path.posix.resolve(io.cwd, file)), file)
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause
    const reason = systemCode(cause) ?? messageOf(cause)
    throw new PipelineError('HOST_FILE_UNREADABLE', `cannot read ${file}: ${reason}`, { cause })
  }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^[0-9]+$/.test(text) || port > MAX_PORT) throw usageError(imdsSpec, `'${text}' is no port`)
  return port
}

function stopped(signal: AbortSignal): Promise<ExitCode> {
  const code = (): ExitCode => ((signal.reason as { signal?: string }).signal === 'SIGINT' ? EXIT_INTERRUPTED : EXIT_OK)
  return new Promise((resolve) => {
    if (signal.aborted) resolve(code())
    signal.addEventListener('abort', () => {
      resolve(code())
    })
  })
}

/**
 * The metadata service of an instance, and the AWS calls of its boot, on 127.0.0.1 until stopped. Prints its URL, then
 * one line per request on standard error.
 */
export function imdsProgram(listen: ListenOnLoopback): Program {
  return {
    name: 'imds',
    async run(argv, io, host): Promise<ExitCode> {
      const args = parseArgs(imdsSpec, argv)
      const file = args.value('--facts')
      const facts = file === undefined ? {} : readFacts(file, io, host)
      const server = await startMetadataServer({
        facts,
        listen,
        clock: host.clock,
        port: parsePort(args.value('--port') ?? '0'),
        faults: (args.values.get('--fault') ?? []).map(parseFault),
        onRequest: ({ method, target }, status) => {
          io.stderr.write(`${method} ${target} ${status === 0 ? 'closed' : String(status)}\n`)
        },
      })
      io.stdout.write(`${server.url}\n`)
      const exit = await stopped(io.signal)
      await server.close()
      return exit
    },
  }
}
