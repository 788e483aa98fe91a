/**
 * Command lines as data. Values are separate words (`--name VALUE`, never `--name=VALUE`), as in the reference.
 */
import { PipelineError } from './errors.ts'
import { EXIT_USAGE, type ExitCode } from './exit-codes.ts'

export interface OptionSpec {
  /** Long name first: `['--log-level', '-l']`. The first name is the key of the result. */
  readonly names: readonly [string, ...string[]]
  /** What stands for the value in usage texts; a flag has none. */
  readonly value?: string
  readonly required?: boolean
  readonly repeatable?: boolean
  readonly help?: string
}

export interface ArgsSpec {
  readonly usage: string
  readonly options: readonly OptionSpec[]
  /** Exit status for bad usage: 2 unless the program's family says 1. */
  readonly usageExit?: ExitCode
  /** Whether a second use of a single-value option is an error; else the last one wins. */
  readonly refuseRepeats?: boolean
  /** What to do with words that are no option: refuse them, collect them, or stop there (a subcommand). */
  readonly words?: 'refuse' | 'collect' | 'stop'
}

export interface ParsedArgs {
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly flags: ReadonlySet<string>
  /** Collected words, or everything from the first word on with `words: 'stop'`. */
  readonly words: readonly string[]
  /** The last value of an option. */
  value(name: string): string | undefined
}

/** The error for a bad command line: the reason, then the usage text. */
export function usageError(spec: Pick<ArgsSpec, 'usage' | 'usageExit'>, reason: string): PipelineError {
  return new PipelineError('USAGE', `${reason}\n${spec.usage}`, { exit: spec.usageExit ?? EXIT_USAGE })
}

/** Parses a command line. @throws PipelineError `USAGE` */
export function parseArgs(spec: ArgsSpec, argv: readonly string[]): ParsedArgs {
  const byName = new Map(spec.options.flatMap((option) => option.names.map((name) => [name, option] as const)))
  const values = new Map<string, string[]>()
  const flags = new Set<string>()
  let words: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string
    const option = byName.get(word)
    if (option === undefined) {
      if (spec.words === 'stop') {
        words = argv.slice(i)
        break
      }
      if (spec.words !== 'collect' || (word.startsWith('-') && word !== '-')) {
        throw usageError(spec, `unknown argument '${word}'`)
      }
      words.push(word)
    } else if (option.value === undefined) {
      flags.add(option.names[0])
    } else {
      const value = argv[++i]
      if (value === undefined) throw usageError(spec, `${word} needs a value`)
      addValue(spec, values, option, value)
    }
  }
  for (const option of spec.options) {
    if (option.required === true && !values.has(option.names[0])) {
      throw usageError(spec, `missing ${option.names[0]}`)
    }
  }
  return { values, flags, words, value: (name) => values.get(name)?.at(-1) }
}

function addValue(spec: ArgsSpec, values: Map<string, string[]>, option: OptionSpec, value: string): void {
  const list = values.get(option.names[0])
  if (list === undefined) {
    values.set(option.names[0], [value])
  } else {
    if (option.repeatable !== true && spec.refuseRepeats === true) {
      throw usageError(spec, `${option.names[0]} may be given once`)
    }
    list.push(value)
  }
}

export const LOG_LEVELS = ['off', 'error', 'warn', 'info', 'debug', 'trace'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** `--log-level LEVEL` of the on-host programs. */
export const LOG_LEVEL_OPTION: OptionSpec = { names: ['--log-level'], value: 'LEVEL', help: LOG_LEVELS.join('|') }
/** `--socket-path PATH` of the programs that talk to the API. */
export const SOCKET_PATH_OPTION: OptionSpec = { names: ['--socket-path'], value: 'PATH', help: 'API socket' }

/** A log level in any letter case, or undefined. */
export function parseLogLevel(text: string): LogLevel | undefined {
  const lower = text.toLowerCase()
  return LOG_LEVELS.find((level) => level === lower)
}

/** The level of `--log-level`, `info` unless given. @throws PipelineError `USAGE` */
export function logLevelOf(spec: ArgsSpec, args: ParsedArgs): LogLevel {
  const text = args.value('--log-level')
  if (text === undefined) return 'info'
  const level = parseLogLevel(text)
  if (level === undefined) throw usageError(spec, `'${text}' is no log level`)
  return level
}
