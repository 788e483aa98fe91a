import { ApiClient } from '../api/client.ts'
import { PipelineError } from '../lib/errors.ts'
import { EXIT_OK, EXIT_USAGE, type ExitCode } from '../lib/exit-codes.ts'
import { createLogger } from '../lib/log.ts'
import type { Program } from '../lib/ports.ts'
import { parseCommandLine, USAGE, type SubcommandName } from './args.ts'
import type { Call } from './call.ts'
import { get } from './get.ts'
import { raw } from './raw.ts'
import { set } from './set.ts'
import { planEphemeralStorage, planReboot, planReport, sendPlanned } from './simple-requests.ts'
import { confirm, status } from './status.ts'
import { explainUnreachable } from './unreachable.ts'
import { unset } from './unset.ts'
import { update } from './update.ts'

async function execute(subcommand: SubcommandName, call: Call): Promise<ExitCode> {
  switch (subcommand) {
    case 'raw':
      await raw(call)
      break
    case 'get':
      await get(call)
      break
    case 'set':
      await set(call)
      break
    case 'apply':
      // loaded only here: the TOML reader would make every other call start slower
      await (await import('./apply.ts')).apply(call)
      break
    case 'reboot':
      await sendPlanned(planReboot(call.words), call)
      break
    case 'report':
      await sendPlanned(planReport(call.words), call)
      break
    case 'ephemeral-storage':
      await sendPlanned(planEphemeralStorage(call.words), call)
      break
    case 'update':
      await update(call)
      break
    case 'status':
      return status(call)
    case 'confirm':
      await confirm(call)
      break
    case 'unset':
      await unset(call)
      break
    case 'completion':
      await (await import('./completion.ts')).completion(call)
      break
    case 'exec':
      throw new PipelineError('NOT_AVAILABLE', 'apiclient exec is not available yet; log in to the admin container')
  }
  return EXIT_OK
}

/** The user's way to the API: reads and changes settings, and asks for actions. */
export const apiclient: Program = {
  name: 'apiclient',
  async run(argv, io, host) {
    const line = parseCommandLine(argv)
    if (line === undefined) {
      io.stderr.write(`${USAGE}\n`)
      return EXIT_USAGE
    }
    const { subcommand, words, socketPath, logLevel } = line
    const transport = host.api(socketPath)
    // at the default level nothing is logged, so the logger is not even loaded
    const level = logLevel === 'debug' || logLevel === 'trace' ? logLevel : 'off'
    const log = createLogger({
      program: 'apiclient',
      level,
      sink: 'stderr',
      stdout: io.stdout,
      stderr: io.stderr,
    })
    try {
      const apiAt = (path: string): ApiClient => new ApiClient(host.api(path))
      return await execute(subcommand, { words, api: new ApiClient(transport), apiAt, transport, log, io, host })
    } catch (error) {
      throw explainUnreachable(error)
    }
  },
}
