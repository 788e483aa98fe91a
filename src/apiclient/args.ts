/** The command line: global options anywhere, then the subcommand, then its own words. */
import { parseLogLevel, usageError, type ArgsSpec, type LogLevel } from '../lib/args.ts'
import { PATHS } from '../lib/paths.ts'

const SUBCOMMANDS = ['raw', 'apply', 'exec', 'get', 'reboot', 'report', 'set', 'update', 'ephemeral-storage'] as const
/** Our own: such a word counts only as the first one, and only where no name from above stands anywhere. */
const OWN_SUBCOMMANDS = ['status', 'confirm', 'unset', 'completion'] as const
export type SubcommandName = (typeof SUBCOMMANDS | typeof OWN_SUBCOMMANDS)[number]

export const USAGE = `usage: apiclient [SUBCOMMAND] [OPTION]...
  global options, anywhere:
    -s, --socket-path PATH   API socket (default ${PATHS.apiSocket})
    --log-level LEVEL        off|error|warn|info|debug|trace (default info)
    -v, --verbose            log level debug
    -h, --help               this text
  raw -u URI [-m METHOD] [-d DATA]       any request (the default subcommand)
  get [PREFIX...] | get /URI             settings and OS data (default prefixes: os. settings.)
      --format json|toml|keys            how to print them (default json)
  set KEY=VALUE... | set -j JSON         change settings and apply them
  apply [SOURCE...]                      settings from TOML or JSON: - (stdin), paths, file:, http:, https:
      --dry-run [--format text|json]     only tell which keys, files and commands that would change
      --try SECONDS                      take the change back unless 'apiclient confirm' comes in time
      --wait                             wait until it is applied; 1 if that fails
  confirm [ID]                           make changes stay that were made with --try
  status [ID] [--all] [--format text|json]   what became of the last change; 1 if applying it failed
  unset KEY...                           tells what can be done instead: the API cannot unset a setting
  reboot                                 restart the host
  update check | apply [-c] [-r] | cancel
  exec [-t|-T] TARGET COMMAND [ARG...]   run a command in a host container
  report cis|cis-k8s [-f FORMAT] [-l LEVEL] | fips [-f FORMAT]
  ephemeral-storage init [-t xfs|ext4] [--disks DISK...] | bind --dirs DIR...
  ephemeral-storage list-disks|list-dirs [-f FORMAT]
  completion bash|zsh                    a script for the shell: source <(apiclient completion bash)`

/** What bad usage prints; the exit status is 2. */
export const SPEC: ArgsSpec = { usage: USAGE, options: [] }

/** Every subcommand. */
export const SUBCOMMAND_NAMES: readonly string[] = [...SUBCOMMANDS, ...OWN_SUBCOMMANDS]

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

function isOwnSubcommand(word: string | undefined): word is SubcommandName {
  return (OWN_SUBCOMMANDS as readonly (string | undefined)[]).includes(word)
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
  const [first, ...others] = words
  if (subcommand === undefined && isOwnSubcommand(first)) {
    return { socketPath, logLevel, subcommand: first, words: others }
  }
  return { socketPath, logLevel, subcommand: subcommand ?? 'raw', words }
}
