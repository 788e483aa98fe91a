import { parseArgs, usageError, type ArgsSpec, type ParsedArgs } from '../../lib/args.ts'
import type { SettingsSource } from '../../documents/source.ts'
import { PipelineError } from '../../lib/errors.ts'
import { EXIT_OK, EXIT_USAGE, type ExitCode } from '../../lib/exit-codes.ts'
import { jsonObject, printJson, toJson } from '../../lib/json.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import { nameVariants } from '../../variants/across.ts'
import { findVariant, listVariants, type Variant } from '../../variants/variant.ts'
import { explainCode } from '../explain/explain-code.ts'
import { explainSetting } from '../explain/explain-setting.ts'
import { explainFile, type Answer } from '../explain/explain-file.ts'
import { variantForAll } from '../explain/same-on-all.ts'
import { readQuestion, type FileQuestion } from '../explain/question.ts'
import * as options from '../options.ts'
import { SCHEMA_VERSION } from '../report.ts'
import { paletteFor } from '../terminal.ts'
import { readUserData, variantOfSource } from '../user-data.ts'
import { FILE_VARIANT_OPTION, VariantChoice, variantProblem } from '../variant-choice.ts'

const OPTIONS = [
  FILE_VARIANT_OPTION,
  options.RELEASE_OPTION,
  { ...options.USER_DATA_OPTION, help: 'user data whose settings hold' },
  options.FACTS_OPTION,
  options.FORMAT_OPTION,
  options.SHOW_SECRETS_OPTION,
]

export const explainSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket explain [OPTION]... SETTING | FILE [KEY] | FILE:LINE | CODE',
    OPTIONS,
    [
      'Offline: what a setting does and where its value comes from; which settings and which line of which template produce',
      'a rendered file, a key or a line of it; what an error code means.',
    ].join('\n'),
  ),
  options: OPTIONS,
  words: 'collect',
}

/** The command line, read. */
interface Request {
  readonly args: ParsedArgs
  readonly io: ProgramIo
  readonly host: Host
  readonly userData: SettingsSource | undefined
  readonly choice: VariantChoice
  /** All variants of the release. */
  readonly all: readonly Variant[]
}

/** The variant to render a file for: the one that is named, or any if all of them say the same. */
function variantOfFile(request: Request, { path, owners }: FileQuestion): Variant {
  if (request.userData !== undefined) return variantOfSource(request.choice, request.userData)
  if (request.choice.everywhere.length > 0) return request.choice.one({ file: path })
  const { variants, problems } = request.choice.for({ file: path })
  const [named] = variants
  if (named !== undefined) return named
  const any = variantForAll(owners)
  if (any !== undefined) return any
  if (problems.some(({ code }) => code !== 'VARIANT_MISSING')) throw variantProblem(problems)
  const names = owners.map(([{ name }]) => name)
  const message = `${path} is not the same on all variants that have it: ${nameVariants(
    names,
    request.all.map((one) => one.name),
  )}`
  const hint =
    'give --variant NAME, or --user-data FILE with a comment # bottlerocket: variant=NAME in it or --variant "FILE=NAME"'
  throw new PipelineError('VARIANT_MISSING', message, { exit: EXIT_USAGE, hint })
}

async function answer(request: Request): Promise<Answer> {
  const { args, io, host, userData, choice, all } = request
  const question = readQuestion(args.words, choice.everywhere.length > 0 ? choice.everywhere : all, all)
  const common = { userData, io, clock: host.clock, showSecrets: args.flags.has('--show-secrets') }
  switch (question.kind) {
    case 'code':
      return explainCode(question.code)
    case 'file': {
      const facts = options.factsOf(io, host, args)
      return explainFile(question, { ...common, facts, variant: variantOfFile(request, question) })
    }
    case 'setting': {
      const variant = userData === undefined ? choice.everywhere[0] : variantOfSource(choice, userData)
      const wantsValue = userData !== undefined || choice.everywhere.length === 1
      const variants = choice.everywhere.length > 0 ? choice.everywhere : variant === undefined ? all : [variant]
      const facts = options.factsOf(io, host, args)
      return explainSetting({
        ...{ key: question.key, variants, showSecrets: common.showSecrets },
        everywhere: all.map(({ name }) => name),
        run: wantsValue && variant !== undefined ? { ...common, facts, variant } : undefined,
      })
    }
  }
}

/** `bottlerocket explain`: exit 1 when there is nothing of that name. */
export async function explain(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(explainSpec, argv)
  if (args.words.length === 0) throw usageError(explainSpec, 'what is to be explained?')
  if (args.words.length > 2) throw usageError(explainSpec, `unknown argument '${args.words[2] ?? ''}'`)
  const asJson = options.wantsJson(explainSpec, args)
  const file = args.value('--user-data')
  const userData = file === undefined ? undefined : await readUserData(file, io, host)
  const release = args.value('--release')
  const all = listVariants(release).map((name) => findVariant(name, release))
  const { text, json } = await answer({ args, io, host, userData, all, choice: VariantChoice.of(explainSpec, args) })
  const report = jsonObject({ schemaVersion: toJson(SCHEMA_VERSION), ...json })
  io.stdout.write(`${asJson ? printJson(report) : text(paletteFor(io))}\n`)
  return EXIT_OK
}
