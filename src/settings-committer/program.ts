import { ApiClient, badStatus, encodeQuery, isSuccess } from '../api/client.ts'
import { LOG_LEVEL_OPTION, logLevelOf, parseArgs, SOCKET_PATH_OPTION, type ArgsSpec } from '../lib/args.ts'
import { messageOf } from '../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { isJsonObject } from '../lib/json.ts'
import { createLogger, type Logger } from '../lib/log.ts'
import { LAUNCH_TRANSACTION } from '../lib/paths.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'

const SPEC: ArgsSpec = {
  usage: 'Usage: settings-committer [--transaction TX] [--socket-path PATH] [--log-level LEVEL]',
  options: [
    { names: ['--transaction'], value: 'TX', help: 'transaction to commit' },
    SOCKET_PATH_OPTION,
    LOG_LEVEL_OPTION,
  ],
}

/** The server's status for a transaction in which nothing waits. */
const NOTHING_PENDING = 422

/** Logs which groups wait for the commit. Only for people: a failure is a warning. */
async function logPending(api: ApiClient, transaction: string, log: Logger): Promise<void> {
  try {
    const pending = await api.getJson(`/tx?tx=${encodeQuery(transaction)}`)
    const groups = isJsonObject(pending) ? Object.keys(pending) : []
    log.info({ transaction, groups }, groups.length === 0 ? 'nothing is pending' : 'settings are pending')
  } catch (error) {
    log.warn({ transaction }, `pending settings cannot be shown: ${messageOf(error)}`)
  }
}

async function run(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(SPEC, argv)
  const level = logLevelOf(SPEC, args)
  const transaction = args.value('--transaction') ?? LAUNCH_TRANSACTION
  const log = createLogger({
    program: 'settings-committer',
    level,
    sink: 'split',
    stdout: io.stdout,
    stderr: io.stderr,
  })
  const api = new ApiClient(host.api(args.value('--socket-path')))
  await logPending(api, transaction, log)
  const uri = `/tx/commit?tx=${encodeQuery(transaction)}`
  const response = await api.request('POST', uri)
  if (!isSuccess(response.status) && response.status !== NOTHING_PENDING) throw badStatus('POST', uri, response)
  return EXIT_OK
}

/** Commits one transaction; nothing pending is fine. */
export const settingsCommitter: Program = { name: 'settings-committer', run }
