import { parseArgs, usageError, type ArgsSpec, type ParsedArgs } from '../../lib/args.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import type { ProgramIo } from '../../lib/ports.ts'
import * as options from '../options.ts'
import { paletteFor } from '../terminal.ts'
import { FILE_VARIANT_OPTION, VariantChoice, variantProblem } from '../variant-choice.ts'
import { checkInputs, type ChooseVariants, type FindMore, type Outcome } from '../validate/check-inputs.ts'
import { checkNetworks } from '../validate/check-networks.ts'
import { readInputs, type FileHost } from '../validate/inputs.ts'
import { maskSecrets, maskSecretsOfNetwork } from '../validate/mask.ts'
import { renderAnnotations, renderText, reportJson, summaryText } from '../validate/print.ts'

const OPTIONS = [
  { ...FILE_VARIANT_OPTION, help: 'variant or pattern, such as aws-k8s-1.3*, of all files or of those that match' },
  options.RELEASE_OPTION,
  { ...options.NET_OPTION, repeatable: true, help: 'network configuration, net.toml; may be repeated' },
  { ...options.FORMAT_OPTION, help: 'text (default), json, or github for annotations of a workflow' },
  { names: ['--strict'], help: 'warnings fail, too' } as const,
  options.SHOW_SECRETS_OPTION,
]

export const validateSpec: ArgsSpec = {
  usage: options.usageText(
    ['bottlerocket validate FILE... [--variant NAME] [OPTION]...', 'bottlerocket validate --net FILE [OPTION]...'].join(
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
      'Without --variant NAME a comment says which variants a file is for: # bottlerocket: variant=aws-k8s-1.30, or else',
      '--variant PATTERN=NAME, where PATTERN matches the path of the file or its name; of several the last one counts.',
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

/** What of a text may be shown, by its file. */
function maskOf(args: ParsedArgs): (text: string, file: string) => string {
  if (args.flags.has('--show-secrets')) return (text) => text
  const networks = new Set(args.values.get('--net'))
  return (text, file) => (networks.has(file) ? maskSecretsOfNetwork(text) : maskSecrets(text))
}

function print(outcome: Outcome, format: Format, io: ProgramIo, show: (text: string, file: string) => string): void {
  switch (format) {
    case 'json':
      io.stdout.write(`${reportJson(outcome)}\n`)
      break
    case 'github':
      io.stdout.write(renderAnnotations(outcome, { cwd: io.cwd, workspace: io.env['GITHUB_WORKSPACE'] }))
      io.stderr.write(`${summaryText(outcome)}\n`)
      break
    case 'text':
      io.stdout.write(renderText(outcome, paletteFor(io), show))
      break
  }
}

/** That nothing is known of any file is bad usage; that one of several files lacks it is a finding. */
function refuseWithoutVariant({ verdicts }: Outcome): void {
  const found = verdicts.flatMap(({ diagnostics }) => diagnostics)
  const isOnly = verdicts.every(({ diagnostics }) => diagnostics.length === 1)
  if (found.length === 0 || !isOnly || found.some(({ code }) => code !== 'VARIANT_MISSING')) return
  throw variantProblem(found)
}

/** `bottlerocket validate`: exit 1 when a document has errors, or warnings with `--strict`. */
export async function validate(argv: readonly string[], io: ProgramIo, host: FileHost): Promise<ExitCode> {
  const args = parseArgs(validateSpec, argv)
  const format = formatOf(args)
  const networks = args.values.get('--net') ?? []
  if (args.words.length === 0 && networks.length === 0) throw usageError(validateSpec, 'no file is named')
  const choice = VariantChoice.of(validateSpec, args)
  const choose: ChooseVariants = (subject) => choice.for(subject)
  const documents = await checkInputs(await readInputs(args.words, io, host), choose, findMore)
  refuseWithoutVariant(documents)
  const outcome = merged([documents, checkNetworks(await readInputs(networks, io, host), choose)])
  print(outcome, format, io, maskOf(args))
  const isStrict = args.flags.has('--strict')
  const fails = outcome.verdicts.some(({ accepted, diagnostics }) => !accepted || (isStrict && diagnostics.length > 0))
  return fails ? EXIT_FAILURE : EXIT_OK
}
