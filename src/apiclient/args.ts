/** The command line: global options anywhere, then the subcommand, then its own words. */
import { parseLogLevel, usageError, type ArgsSpec, type LogLevel } from '../lib/args.ts'
import { PATHS } from '../lib/paths.ts'

export const SUBCOMMANDS = [
  'raw',
  'apply',
  'exec',
  'get',
  'reboot',
  'report',
  'set',
  'update',
  'ephemeral-storage',
] as const
export type SubcommandName = (typeof SUBCOMMANDS)[number]

export const USAGE = `usage: apiclient [SUBCOMMAND] [OPTION]...
  global options, anywhere:
    -s, --socket-path PATH   API socket (default ${PATHS.apiSocket})
    --log-level LEVEL        off|error|warn|info|debug|trace (default info)
    -v, --verbose            log level debug
    -h, --help               this text
  raw -u URI [-m METHOD] [-d DATA]       any request (the default subcommand)
  get [PREFIX...] | get /URI             settings and OS data as JSON (default prefixes: os. settings.)
  set KEY=VALUE... | set -j JSON         change settings and apply them
  apply [SOURCE...]                      settings from TOML or JSON: - (stdin), paths, file:, http:, https:
  reboot                                 restart the host
  update check | apply [-c] [-r] | cancel
  exec [-t|-T] TARGET COMMAND [ARG...]   run a command in a host container
  report cis|cis-k8s [-f FORMAT] [-l LEVEL] | fips [-f FORMAT]
  ephemeral-storage init [-t xfs|ext4] [--disks DISK...] | bind --dirs DIR...
  ephemeral-storage list-disks|list-dirs [-f FORMAT]`

/** What bad usage prints; the exit status is 2. */
export const SPEC: ArgsSpec = { usage: USAGE, options: [] }

export interface CommandLine {
  readonly socketPath: string
  readonly logLevel: LogLevel
  readonly subcommand: SubcommandName
  /** Everything that is neither a global option nor the name of the subcommand. */
  readonly words: readonly string[]
}

function isSubcommand(word: string): word is SubcommandName {
  return (SUBCOMMANDS as readonly string[]).includes(word)
}

/**
 * Takes the global options out of a command line, wherever they stand.
 *
 * Reference: the first word that equals a subcommand's name is the subcommand, also behind others; `raw` if there is
 * none.
 *
 * @returns undefined if help was asked for
 * @throws PipelineError `USAGE`
 */
export function parseCommandLine(argv: readonly string[]): CommandLine | undefined {
  let socketPath: string = PATHS.apiSocket
  let logLevel: LogLevel = 'info'
  let subcommand: SubcommandName | undefined
  const words: string[] = []
  const rest = [...argv]
  const valueOf = (option: string): string => {
    const value = rest.shift()
    if (value === undefined) throw usageError(SPEC, `${option} needs a value`)
    return value
  }
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '-h' || word === '--help') return undefined
    if (word === '-v' || word === '--verbose') logLevel = 'debug'
    else if (word === '-s' || word === '--socket-path') socketPath = valueOf(word)
    else if (word === '--log-level') {
      const text = valueOf(word)
      const level = parseLogLevel(text)
      if (level === undefined) throw usageError(SPEC, `'${text}' is no log level`)
      logLevel = level
    } else if (subcommand === undefined && isSubcommand(word)) subcommand = word
    else words.push(word)
  }
  return { socketPath, logLevel, subcommand: subcommand ?? 'raw', words }
}
