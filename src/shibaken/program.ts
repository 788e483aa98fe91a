import { LOG_LEVEL_OPTION, logLevelOf, parseArgs, usageError, type ArgsSpec, type ParsedArgs } from '../lib/args.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { jsonObject, printJson, quoteJson } from '../lib/json.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { encodeBase64 } from '../lib/strict-base64.ts'
import { createImdsClient, type ImdsClient } from '../imds/client.ts'
import { fetchPartition, fetchPublicKeys } from '../imds/targets.ts'
import { waitForService } from './warm-pool.ts'

const USAGE = `usage: shibaken [--log-level LEVEL] COMMAND
  generate-admin-userdata              user data of the admin container, from the instance's SSH keys
  is-partition [--partition NAME]...   whether the instance is in one of the partitions
  warm-pool-wait                       wait until the instance leaves its warm pool
`
const SPEC: ArgsSpec = {
  usage: USAGE,
  options: [LOG_LEVEL_OPTION, { names: ['--help', '-h'] }],
  usageExit: EXIT_FAILURE,
  refuseRepeats: true,
  words: 'stop',
}
const PLAIN: ArgsSpec = { usage: USAGE, options: [{ names: ['--help', '-h'] }], usageExit: EXIT_FAILURE }
const PARTITION: ArgsSpec = {
  ...PLAIN,
  options: [...PLAIN.options, { names: ['--partition'], value: 'NAME', repeatable: true }],
}

interface Run {
  readonly args: ParsedArgs
  readonly io: ProgramIo
  readonly host: Host
  /** Puts a line on standard error, unless the log level says no. */
  readonly warn: (text: string) => void
  readonly client: ImdsClient
}

/** User data of the admin container as a JSON string: base64 of the JSON that it reads. */
export function adminUserData(keys: readonly string[]): string {
  const ssh = jsonObject({ 'authorized-keys': [...keys] })
  return quoteJson(encodeBase64(printJson(jsonObject({ ssh }))))
}

async function generateAdminUserData({ io, warn, client }: Run): Promise<void> {
  const keys = await fetchPublicKeys(client, warn)
  io.stdout.write(`${adminUserData(keys ?? [])}\n`)
}

async function isPartition({ args, io, client }: Run): Promise<void> {
  const wanted = args.values.get('--partition') ?? []
  const partition = await fetchPartition(client)
  io.stdout.write(`${String(partition !== undefined && wanted.includes(partition))}\n`)
}

const COMMANDS: Readonly<Record<string, { spec: ArgsSpec; run: (run: Run) => Promise<void> }>> = {
  'generate-admin-userdata': { spec: PLAIN, run: generateAdminUserData },
  'is-partition': { spec: PARTITION, run: isPartition },
  'warm-pool-wait': { spec: PLAIN, run: waitForService },
}

/** What an EC2 instance says about itself, for settings and for the Auto Scaling group that it is in. */
export const shibaken: Program = {
  name: 'shibaken',
  async run(argv, io, host): Promise<ExitCode> {
    const general = parseArgs(SPEC, argv)
    const level = logLevelOf(SPEC, general)
    const [name, ...rest] = general.words
    if (general.flags.has('--help')) {
      io.stdout.write(USAGE)
      return EXIT_OK
    }
    if (name === undefined) throw usageError(SPEC, 'missing command')
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (command === undefined) throw usageError(SPEC, `unknown command '${name}'`)
    const args = parseArgs(command.spec, rest)
    if (args.flags.has('--help')) {
      io.stdout.write(USAGE)
      return EXIT_OK
    }
    const warn = (text: string): void => {
      if (level !== 'off' && level !== 'error') io.stderr.write(`shibaken: warning: ${text}\n`)
    }
    const client = createImdsClient(host, { program: 'shibaken', stderr: io.stderr, signal: io.signal })
    await command.run({ args, io, host, warn, client })
    return EXIT_OK
  },
}
