/** The options of `bottlerocket check`. */
import type { ArgsSpec, OptionSpec, ParsedArgs } from '../../lib/args.ts'
import { usageError } from '../../lib/args.ts'
import * as options from '../options.ts'
import { FILE_VARIANT_OPTION } from '../variant-choice.ts'

const VARIANT_OPTIONS: readonly OptionSpec[] = [
  { ...FILE_VARIANT_OPTION, help: 'variant or pattern, such as aws-k8s-1.3*, of all files or of those that match' },
  options.RELEASE_OPTION,
]

const OPTIONS: readonly OptionSpec[] = [
  ...VARIANT_OPTIONS,
  { names: ['--net'], value: 'PATTERN', repeatable: true, help: 'files to check as net.toml; may be repeated' },
  { names: ['--exclude'], value: 'PATTERN', repeatable: true, help: 'files to leave out, as a line of .gitignore' },
  { names: ['--no-ignore'], help: 'also check files that .gitignore leaves out' },
  {
    names: ['--format'],
    value: 'FORMAT',
    help: 'text (default), json, github (annotations), or sarif (code scanning)',
  },
  { names: ['--strict'], help: 'warnings fail, too' },
  { names: ['--quiet'], help: 'nothing of what is fine' },
  { names: ['--verbose'], help: 'also what was left out and why, and what came from the cache' },
  { names: ['--jobs'], value: 'N', help: 'threads at most (default: one for each processor)' },
  { names: ['--cache'], help: 'keep findings in the user’s cache directory: an unchanged file is not checked again' },
  { names: ['--cache-file'], value: 'FILE', help: 'keep findings in FILE' },
  options.SHOW_SECRETS_OPTION,
]

/** The options that say what variant a file is for. */
export const variantArgs: ArgsSpec = { usage: '', options: VARIANT_OPTIONS }

export const checkSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket check [DIR|FILE|PATTERN]... [OPTION]...',
    OPTIONS,
    [
      'Offline: all user data of a repository, on all processors: one table, the findings, one exit status.',
      '',
      'In a DIR (default: the working directory) every file is checked that holds user data of Bottlerocket: TOML with a',
      'table of settings, and YAML and JSON that `bottlerocket validate` knows. Others are not counted. What .gitignore leaves',
      'out, links, node_modules and .terraform are not looked into. A FILE that is named must hold some.',
      '',
      'A comment says which variants user data is for: # bottlerocket: variant=aws-k8s-1.30, or else --variant PATTERN=NAME,',
      'or --variant NAME for all.',
      '',
      'Exit status: 0 no errors, 1 errors (with --strict also warnings), 2 bad usage, 130 stopped by Ctrl-C.',
    ].join('\n'),
  ),
  options: OPTIONS,
  words: 'collect',
}

export const FORMATS = ['text', 'json', 'github', 'sarif'] as const
export type Format = (typeof FORMATS)[number]

/** What a command line asks for. */
export interface CheckOptions {
  readonly words: readonly string[]
  /** `--variant` and `--release` as they were typed, for other threads. */
  readonly variantArgv: readonly string[]
  readonly networks: readonly string[]
  readonly exclude: readonly string[]
  readonly noIgnore: boolean
  readonly format: Format
  readonly isStrict: boolean
  readonly isQuiet: boolean
  readonly isVerbose: boolean
  readonly showSecrets: boolean
  /** Undefined for one thread for each processor. */
  readonly jobs: number | undefined
  /** `true` for the user's cache directory. */
  readonly cache: string | boolean
}

function jobsOf(args: ParsedArgs): number | undefined {
  const typed = args.value('--jobs')
  if (typed === undefined) return undefined
  if (!/^[1-9]\d{0,3}$/.test(typed)) throw usageError(checkSpec, `--jobs ${typed}: write a number from 1 on`)
  return Number(typed)
}

/** Reads the parsed command line. @throws PipelineError `USAGE` */
export function checkOptions(args: ParsedArgs): CheckOptions {
  const typed = args.value('--format') ?? 'text'
  const format = FORMATS.find((each) => each === typed)
  if (format === undefined) throw usageError(checkSpec, `unknown format '${typed}'`)
  const variantArgv = VARIANT_OPTIONS.flatMap(({ names: [name] }) =>
    (args.values.get(name) ?? []).flatMap((value) => [name, value]),
  )
  return {
    words: args.words.length === 0 ? ['.'] : args.words,
    variantArgv,
    networks: args.values.get('--net') ?? [],
    exclude: args.values.get('--exclude') ?? [],
    noIgnore: args.flags.has('--no-ignore'),
    format,
    isStrict: args.flags.has('--strict'),
    isQuiet: args.flags.has('--quiet'),
    isVerbose: args.flags.has('--verbose'),
    showSecrets: args.flags.has('--show-secrets'),
    jobs: jobsOf(args),
    cache: args.value('--cache-file') ?? args.flags.has('--cache'),
  }
}
