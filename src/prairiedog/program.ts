import { LOG_LEVEL_OPTION, logLevelOf, parseArgs, usageError, type ArgsSpec } from '../lib/args.ts'
import { PipelineError, systemCode } from '../lib/errors.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { unreadableFile, unwritableFile } from '../lib/file-errors.ts'
import { printJson } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import { trimWhiteSpace } from '../lib/white-space.ts'
import { DEFAULT_BOOT_CONFIG, parseBootConfig, printBootConfig, type BootConfig } from './boot-config.ts'
import { encodeBootConfigImage } from './boot-config-image.ts'
import { readBootSettings } from './config-file.ts'

const CONFIG_PATH = '/etc/prairiedog.toml'
const IMAGE_PATH = '/var/lib/bottlerocket/bootconfig.data'
const REBOOT = ['/usr/bin/systemctl', 'reboot']
const REBOOT_NOTE_MS = 5000

interface Call {
  readonly configPath: string
  readonly io: ProgramIo
  readonly host: Host
}

/** What the kernel was booted with. A kernel without boot configuration was booted with none. */
function runningConfig({ host }: Call): BootConfig {
  let text: string
  try {
    text = host.fs.readText(PATHS.bootConfig)
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw unreadableFile(PATHS.bootConfig, cause)
    text = ''
  }
  return parseBootConfig(text, PATHS.bootConfig)
}

/** Prints what the kernel was booted with, as the setting `boot`. */
function generateBootSettings(call: Call): ExitCode {
  call.io.stdout.write(`${printJson(runningConfig(call))}\n`)
  return EXIT_OK
}

/** Writes the boot configuration that the next boot gets. */
function generateBootConfig({ configPath, host }: Call): ExitCode {
  const settings = readBootSettings(configPath, host.fs)
  const text = settings === undefined ? DEFAULT_BOOT_CONFIG : printBootConfig(settings.config)
  try {
    host.fs.replaceFile(IMAGE_PATH, encodeBootConfigImage(text))
  } catch (cause) {
    throw unwritableFile(IMAGE_PATH, cause)
  }
  return EXIT_OK
}

/** Restarts the host if its settings ask for it and the kernel was booted with other parameters than they name. */
async function rebootIfRequired(call: Call): Promise<ExitCode> {
  const { io, host } = call
  const settings = readBootSettings(call.configPath, host.fs)
  const running = printBootConfig(runningConfig(call))
  if (settings?.rebootToReconcile !== true || printBootConfig(settings.config) === running) return EXIT_OK
  io.stderr.write('prairiedog: restarting the host, since its boot settings have changed\n')
  const result = await host.runner.run({ command: REBOOT, purpose: 'action', signal: io.signal })
  if (result.recorded) return EXIT_OK
  if (result.exitCode !== 0) {
    const reason = result.startError ?? trimWhiteSpace(decodeUtf8Lossy(result.stderr))
    throw new PipelineError('HOST_COMMAND_FAILED', `'${REBOOT.join(' ')}' failed: ${reason}`)
  }
  // whatever comes after this program must not start any more
  for (;;) {
    await host.clock.sleep(REBOOT_NOTE_MS, io.signal)
    io.stderr.write('prairiedog: waiting for the host to restart\n')
  }
}

type Subcommand = (call: Call) => ExitCode | Promise<ExitCode>

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ['generate-boot-config', generateBootConfig],
  ['generate-boot-settings', generateBootSettings],
  ['reboot-if-required', rebootIfRequired],
])

const SPEC: ArgsSpec = {
  usage: `usage: prairiedog [-l|--log-level LEVEL] [-c|--config-path PATH] ${[...SUBCOMMANDS.keys()].join('|')}`,
  options: [
    { ...LOG_LEVEL_OPTION, names: ['--log-level', '-l'] },
    { names: ['--config-path', '-c'], value: 'PATH' },
  ],
  usageExit: EXIT_FAILURE,
  refuseRepeats: true,
  words: 'stop',
}

/** Kernel and init parameters between settings and the boot configuration of the kernel. */
export const prairiedog: Program = {
  name: 'prairiedog',
  async run(argv, io, host) {
    if (argv[0] === 'help' || argv.includes('--help')) {
      io.stdout.write(`${SPEC.usage}\n`)
      return EXIT_OK
    }
    const args = parseArgs(SPEC, argv)
    logLevelOf(SPEC, args)
    const [name, ...rest] = args.words
    const subcommand = name === undefined ? undefined : SUBCOMMANDS.get(name)
    if (name === undefined) throw usageError(SPEC, 'a subcommand is needed')
    if (subcommand === undefined) throw usageError(SPEC, `unknown subcommand '${name}'`)
    if (rest.length > 0) throw usageError(SPEC, `${name} takes no arguments`)
    return subcommand({ configPath: args.value('--config-path') ?? CONFIG_PATH, io, host })
  },
}
