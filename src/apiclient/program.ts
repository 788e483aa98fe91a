import { ApiClient } from '../api/client.ts'
import { PipelineError } from '../lib/errors.ts'
import { EXIT_OK, EXIT_USAGE } from '../lib/exit-codes.ts'
import { createLogger } from '../lib/log.ts'
import type { ApiTransport, Program } from '../lib/ports.ts'
import { parseCommandLine, USAGE, type SubcommandName } from './args.ts'
import type { Call } from './call.ts'
import { get } from './get.ts'
import { raw } from './raw.ts'
import { set } from './set.ts'
import { planEphemeralStorage, planReboot, planReport, sendPlanned } from './simple-requests.ts'
import { update } from './update.ts'

async function execute(subcommand: SubcommandName, call: Call, transport: ApiTransport): Promise<void> {
  switch (subcommand) {
    case 'raw':
      return raw(call, transport)
    case 'get':
      return get(call)
    case 'set':
      return set(call)
    case 'apply':
      // loaded only here: the TOML reader would make every other call start slower
      return (await import('./apply.ts')).apply(call)
    case 'reboot':
      return sendPlanned(planReboot(call.words), call)
    case 'report':
      return sendPlanned(planReport(call.words), call)
    case 'ephemeral-storage':
      return sendPlanned(planEphemeralStorage(call.words), call)
    case 'update':
      return update(call)
    case 'exec':
      throw new PipelineError('NOT_AVAILABLE', 'apiclient exec is not available yet; log in to the admin container')
  }
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
    const log = await createLogger({
      program: 'apiclient',
      level,
      sink: 'stderr',
      stdout: io.stdout,
      stderr: io.stderr,
    })
    await execute(subcommand, { words, api: new ApiClient(transport), log, io, host }, transport)
    return EXIT_OK
  },
}
