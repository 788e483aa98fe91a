import {
  LOG_LEVEL_OPTION,
  logLevelOf,
  parseArgs,
  SOCKET_PATH_OPTION,
  usageError,
  type ArgsSpec,
  type ParsedArgs,
} from '../lib/args.ts'
import { EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { PipelineError } from '../lib/errors.ts'
import { createServerLogger } from '../lib/log.ts'
import { readOsRelease } from '../lib/os-release.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import { loadModel } from '../model/models.ts'
import { findVariant } from '../variants/variant.ts'
import { startApiServer } from './start.ts'

const SPEC: ArgsSpec = {
  usage: `Usage: apiserver --datastore-path PATH [--socket-path PATH] [--socket-gid GID]
                 [--exec-socket-path PATH] [--log-level LEVEL]`,
  options: [
    { names: ['--datastore-path'], value: 'PATH', required: true, help: 'datastore directory' },
    SOCKET_PATH_OPTION,
    { names: ['--socket-gid'], value: 'GID', help: 'group of the socket' },
    { names: ['--exec-socket-path'], value: 'PATH', help: 'containerd socket of the host containers' },
    LOG_LEVEL_OPTION,
  ],
}

const MAX_GID = 2 ** 32 - 2

function gidOf(args: ParsedArgs): number | undefined {
  const text = args.value('--socket-gid')
  if (text === undefined) return undefined
  const gid = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (!(gid <= MAX_GID)) throw usageError(SPEC, `'${text}' is no group id`)
  return gid
}

/** Tells the service manager that the server is up; see sd_notify(3). */
async function notifyReady(io: ProgramIo, host: Host): Promise<void> {
  if (io.env['NOTIFY_SOCKET'] === undefined) return
  const command = ['systemd-notify', '--ready', '--no-block']
  const { exitCode, startError, stderr } = await host.runner.run({ command, purpose: 'program' })
  if (exitCode === 0) return
  const reason = startError ?? decodeUtf8Lossy(stderr).trim()
  throw new PipelineError('HOST_COMMAND_FAILED', `systemd-notify failed: ${reason}`)
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else
      signal.addEventListener('abort', () => {
        resolve()
      })
  })
}

async function run(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(SPEC, argv)
  const level = logLevelOf(SPEC, args)
  const gid = gidOf(args)
  const datastorePath = args.value('--datastore-path') as string
  const socketPath = args.value('--socket-path') ?? PATHS.apiSocket
  const log = await createServerLogger({
    program: 'apiserver',
    level,
    sink: 'split',
    stdout: io.stdout,
    stderr: io.stderr,
  })
  const variant = findVariant(readOsRelease(host).variant_id)
  const server = await startApiServer(host, {
    model: loadModel(variant.modelName),
    datastorePath,
    socketPath,
    log,
    ...(gid === undefined ? {} : { gid }),
  })
  try {
    log.info({ socket: socketPath, variant: variant.name }, 'serving the API')
    await notifyReady(io, host)
    host.events.emit({ kind: 'ready' })
    await stopped(io.signal)
  } finally {
    await server.close()
  }
  return EXIT_OK
}

/** Serves the API until it is asked to stop. */
export const apiserver: Program = { name: 'apiserver', run }
