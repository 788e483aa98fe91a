import { parseArgs, usageError, type ArgsSpec, type ParsedArgs } from '../../lib/args.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { isGlob, matchesName } from '../../lib/glob.ts'
import type { ProgramIo } from '../../lib/ports.ts'
import { findVariant, listVariants, type Variant } from '../../variants/variant.ts'
import * as options from '../options.ts'
import { paletteFor } from '../terminal.ts'
import { checkInputs, type FindMore, type Outcome } from '../validate/check-inputs.ts'
import { checkNetworks } from '../validate/check-networks.ts'
import { readInputs, type FileHost } from '../validate/inputs.ts'
import { maskSecrets } from '../validate/mask.ts'
import { renderAnnotations, renderText, reportJson, summaryText } from '../validate/print.ts'

const OPTIONS = [
  { ...options.VARIANT_OPTION, repeatable: true, help: 'variant or pattern, such as aws-k8s-1.30; may be repeated' },
  options.RELEASE_OPTION,
  { ...options.NET_OPTION, repeatable: true, help: 'network configuration, net.toml; may be repeated' },
  { ...options.FORMAT_OPTION, help: 'text (default), json, or github for annotations of a workflow' },
  { names: ['--strict'], help: 'warnings fail, too' } as const,
  options.SHOW_SECRETS_OPTION,
]

export const validateSpec: ArgsSpec = {
  usage: options.usageText(
    ['bottlerocket validate FILE... --variant NAME [OPTION]...', 'bottlerocket validate --net FILE [OPTION]...'].join(
      '\n       ',
    ),
    OPTIONS,
    [
      'Offline: is this user data right for the variants, and if not, on which line.',
      '',
      'FILE is TOML user data, plain or gzip or base64; settings as JSON; or a file with user data in it: a Karpenter node',
      'class, an eksctl cluster configuration, a CloudFormation template, launch template data, a Terraform plan as JSON.',
      'It may be a pattern in quotes such as "nodes/**/*.yaml"; - is standard input.',
      '',
      'Exit status: 0 no errors, 1 errors (with --strict also warnings), 2 bad usage.',
    ].join('\n'),
  ),
  options: OPTIONS,
  words: 'collect',
}

const FORMATS = ['text', 'json', 'github'] as const
type Format = (typeof FORMATS)[number]

function formatOf(args: ParsedArgs): Format {
  const typed = args.value('--format') ?? 'text'
  const format = FORMATS.find((each) => each === typed)
  if (format === undefined) throw usageError(validateSpec, `unknown format '${typed}'`)
  return format
}

/** The variants that are named or matched, each once. There may be none for networks alone. @throws PipelineError `USAGE`, `VARIANT_UNKNOWN` */
function variantsOf(args: ParsedArgs): readonly Variant[] {
  const release = args.value('--release')
  const names = (args.values.get('--variant') ?? []).flatMap((name) => {
    const matches = isGlob(name) ? listVariants(release).filter((known) => matchesName(name, known)) : [name]
    return matches.length === 0 ? [name] : matches
  })
  if (names.length === 0 && args.words.length > 0) throw usageError(validateSpec, 'missing --variant')
  return [...new Set(names)].map((name) => findVariant(name, release))
}

/** The template engine is loaded for the first document that is accepted. */
const findMore: FindMore = async (variant, accepted) => {
  const { renderFindings } = await import('../render-findings.ts')
  return renderFindings(variant, accepted)
}

function merged(outcomes: readonly Outcome[]): Outcome {
  return {
    verdicts: outcomes.flatMap(({ verdicts }) => verdicts),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
    texts: new Map(outcomes.flatMap(({ texts }) => [...texts])),
  }
}

function print(outcome: Outcome, format: Format, io: ProgramIo, showSecrets: boolean): void {
  switch (format) {
    case 'json':
      io.stdout.write(`${reportJson(outcome)}\n`)
      break
    case 'github':
      io.stdout.write(renderAnnotations(outcome, { cwd: io.cwd, workspace: io.env['GITHUB_WORKSPACE'] }))
      io.stderr.write(`${summaryText(outcome)}\n`)
      break
    case 'text':
      io.stdout.write(renderText(outcome, paletteFor(io), showSecrets ? (text) => text : maskSecrets))
      break
  }
}

/** `bottlerocket validate`: exit 1 when a document has errors, or warnings with `--strict`. */
export async function validate(argv: readonly string[], io: ProgramIo, host: FileHost): Promise<ExitCode> {
  const args = parseArgs(validateSpec, argv)
  const format = formatOf(args)
  const networks = args.values.get('--net') ?? []
  if (args.words.length === 0 && networks.length === 0) throw usageError(validateSpec, 'no file is named')
  const variants = variantsOf(args)
  const outcome = merged([
    await checkInputs(await readInputs(args.words, io, host), variants, findMore),
    checkNetworks(await readInputs(networks, io, host), variants),
  ])
  print(outcome, format, io, args.flags.has('--show-secrets'))
  const isStrict = args.flags.has('--strict')
  const fails = outcome.verdicts.some(({ accepted, diagnostics }) => !accepted || (isStrict && diagnostics.length > 0))
  return fails ? EXIT_FAILURE : EXIT_OK
}
