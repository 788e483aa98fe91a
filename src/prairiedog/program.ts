import { LOG_LEVEL_OPTION, logLevelOf, parseArgs, usageError, type ArgsSpec } from '../lib/args.ts'
import { systemCode } from '../lib/errors.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { unreadableFile, unwritableFile } from '../lib/file-errors.ts'
import { printJson } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { DEFAULT_BOOT_CONFIG, parseBootConfig, printBootConfig } from './boot-config.ts'
import { encodeBootConfigImage } from './boot-config-image.ts'
import { readBootSettings } from './config-file.ts'

const CONFIG_PATH = '/etc/prairiedog.toml'
const IMAGE_PATH = '/var/lib/bottlerocket/bootconfig.data'

interface Call {
  readonly configPath: string
  readonly io: ProgramIo
  readonly host: Host
}

/** Prints what the kernel was booted with, as the setting `boot`. */
function generateBootSettings({ io, host }: Call): ExitCode {
  let text: string
  try {
    text = host.fs.readText(PATHS.bootConfig)
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw unreadableFile(PATHS.bootConfig, cause)
    text = '' // a kernel without boot configuration has nothing to tell
  }
  io.stdout.write(`${printJson(parseBootConfig(text, PATHS.bootConfig))}\n`)
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

const SUBCOMMANDS: ReadonlyMap<string, (call: Call) => ExitCode> = new Map([
  ['generate-boot-config', generateBootConfig],
  ['generate-boot-settings', generateBootSettings],
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
  run(argv, io, host) {
    return Promise.resolve().then(() => {
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
    })
  },
}
