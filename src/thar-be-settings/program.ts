import { APPLY_ID_VARIABLE } from '../api/apply-record.ts'
import { ApiClient } from '../api/client.ts'
import {
  LOG_LEVEL_OPTION,
  logLevelOf,
  parseArgs,
  SOCKET_PATH_OPTION,
  type ArgsSpec,
  type ParsedArgs,
} from '../lib/args.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { printJson } from '../lib/json.ts'
import { createLogger } from '../lib/log.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { applyAll, applySelected } from './apply.ts'
import { dryRun } from './dry-run.ts'
import { decodeChangedKeys } from './read-metadata.ts'
import { RunRecord } from './record.ts'
import type { Run } from './run.ts'

const SPEC: ArgsSpec = {
  usage: `usage: thar-be-settings [--all] [--daemon] [--socket-path PATH] [--log-level LEVEL]
       thar-be-settings --dry-run TRANSACTION [--socket-path PATH]`,
  options: [
    { names: ['--all'] },
    { names: ['--daemon'] },
    { names: ['--dry-run'], value: 'TRANSACTION' },
    SOCKET_PATH_OPTION,
    LOG_LEVEL_OPTION,
  ],
}
const OWN_PATH = '/usr/bin/thar-be-settings'

/** Starts this program again in the background, with the same work. */
async function startDaemon(args: ParsedArgs, io: ProgramIo, host: Host): Promise<ExitCode> {
  const words = args.flags.has('--all') ? ['--all'] : []
  for (const name of ['--socket-path', '--log-level']) {
    const value = args.value(name)
    if (value !== undefined) words.push(name, value)
  }
  const stdin = args.flags.has('--all') ? new Uint8Array() : await io.readStdin()
  const command = [...(io.self ?? [OWN_PATH]), ...words]
  const id = io.env[APPLY_ID_VARIABLE]
  const env = id === undefined ? {} : { env: { [APPLY_ID_VARIABLE]: id } }
  try {
    await host.runner.runDetached({ command, purpose: 'program', stdin, ...env })
  } catch (cause) {
    throw new PipelineError('HOST_COMMAND_FAILED', `cannot go on in the background: ${messageOf(cause)}`, { cause })
  }
  return EXIT_OK
}

function startRun(args: ParsedArgs, io: ProgramIo, host: Host): Run {
  const { stdout, stderr, signal } = io
  const level = logLevelOf(SPEC, args)
  const sink = args.value('--dry-run') === undefined ? 'split' : 'stderr'
  const log = createLogger({ program: 'thar-be-settings', level, sink, stdout, stderr })
  return { api: new ApiClient(host.api(args.value('--socket-path'))), host, log, signal }
}

/** Applies everything, or what the keys on standard input affect, and leaves a record of it. */
async function applyRecorded(args: ParsedArgs, io: ProgramIo, host: Host): Promise<ExitCode> {
  const record = await RunRecord.begin(host, io.env)
  try {
    const run = startRun(args, io, { ...host, events: record.events })
    if (args.flags.has('--all')) await applyAll(run, record)
    else await applySelected(decodeChangedKeys(await io.readStdin()), run, record)
  } catch (error) {
    await record.end(error)
    throw error
  }
  await record.end()
  return EXIT_OK
}

/**
 * Renders configuration files from the live settings and restarts the services that read them: all of them, or those
 * that the changed keys on standard input affect.
 */
export const tharBeSettings: Program = {
  name: 'thar-be-settings',
  async run(argv, io, host) {
    const args = parseArgs(SPEC, argv)
    logLevelOf(SPEC, args)
    const transaction = args.value('--dry-run')
    if (transaction !== undefined) {
      const keys = decodeChangedKeys(await io.readStdin())
      const report = await dryRun(keys, transaction, startRun(args, io, host))
      io.stdout.write(`${printJson(report)}\n`)
      return EXIT_OK
    }
    return args.flags.has('--daemon') ? startDaemon(args, io, host) : applyRecorded(args, io, host)
  },
}
