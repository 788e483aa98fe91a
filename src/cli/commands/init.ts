import { parseArgs, usageError, type ArgsSpec, type ParsedArgs } from '../../lib/args.ts'
import { PipelineError } from '../../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { unwritableFile } from '../../lib/file-errors.ts'
import { jsonObject, printJson, toJson, type JsonValue } from '../../lib/json.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import { loadModel } from '../../model/models.ts'
import { flattenTree } from '../../model/pairs.ts'
import { parseSegments } from '../../model/key.ts'
import type { Variant } from '../../variants/variant.ts'
import { givenSettings } from '../init/given-settings.ts'
import { startingFile, type StartingFile } from '../init/starting-file.ts'
import * as options from '../options.ts'
import { SCHEMA_VERSION } from '../report.ts'

const OPTIONS = [
  options.VARIANT_OPTION,
  options.RELEASE_OPTION,
  {
    names: ['--set'],
    value: 'KEY=VALUE',
    repeatable: true,
    help: 'a setting to write into it, lists as JSON; may be repeated',
  } as const,
  { names: ['--all'], help: 'every setting of the variant instead of the usual ones' } as const,
  { names: ['--out'], value: 'FILE', help: 'write to a new file instead of standard output' } as const,
  { names: ['--force'], help: 'overwrite FILE' } as const,
  { names: ['--schema'], value: 'FILE', help: 'JSON Schema for editors, from the command schema' } as const,
  { ...options.FORMAT_OPTION, help: 'text (default), or json: the text, and which of its values are to be replaced' },
  options.SHOW_SECRETS_OPTION,
]

export const initSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket init --variant NAME [OPTION]...',
    OPTIONS,
    'A starting user data file: the settings that a host needs, and others commented out, each with its description.',
  ),
  options: OPTIONS,
}

/** Only its owner reads a file with secrets. */
const PRIVATE_MODE = 0o600

interface Written {
  readonly text: string
  readonly hasSecrets: boolean
}

/** @throws PipelineError `HOST_FILE_EXISTS`, `HOST_FILE_UNWRITABLE` */
function write(args: ParsedArgs, io: ProgramIo, { fs }: Pick<Host, 'fs'>, { text, hasSecrets }: Written): void {
  const typed = args.value('--out') ?? ''
  const file = options.typedPath(io, typed)
  try {
    if (!args.flags.has('--force') && fs.stat(file) !== undefined) {
      throw new PipelineError('HOST_FILE_EXISTS', `${typed} is there already`, { hint: '--force overwrites it' })
    }
    fs.replaceFile(file, text, hasSecrets ? { mode: PRIVATE_MODE, forceMode: true } : {})
  } catch (cause) {
    throw cause instanceof PipelineError ? cause : unwritableFile(typed, cause)
  }
}

/** Keys of secret settings that are given. */
function secretsOf(variant: Variant, settings: JsonValue): string[] {
  const model = loadModel(variant.modelName)
  return [...flattenTree(settings, ['settings']).keys()].filter((key) => model.isSecret(parseSegments(key)))
}

function reportJson(variant: Variant, { text, placeholders }: StartingFile): string {
  const { name, release } = variant
  return printJson(jsonObject({ schemaVersion: toJson(SCHEMA_VERSION), variant: name, release, text, placeholders }))
}

/** `bottlerocket init`. */
export function init(argv: readonly string[], io: ProgramIo, host: Pick<Host, 'fs'>): Promise<ExitCode> {
  const args = parseArgs(initSpec, argv)
  const asJson = options.wantsJson(initSpec, args)
  const out = args.value('--out')
  if (asJson && out !== undefined) throw usageError(initSpec, 'a JSON report holds the text; --out is not needed')
  const variant = options.variantOf(initSpec, args)
  const given = givenSettings(loadModel(variant.modelName), args.values.get('--set') ?? [])
  const secrets = secretsOf(variant, given)
  if (secrets.length > 0 && out === undefined && !asJson && !args.flags.has('--show-secrets')) {
    throw usageError(initSpec, `${secrets.join(', ')}: a secret goes to a file (--out), or --show-secrets prints it`)
  }
  const schema = args.value('--schema')
  const file = startingFile(variant, { given, all: args.flags.has('--all'), schema })
  if (asJson) io.stdout.write(`${reportJson(variant, file)}\n`)
  else if (out === undefined) io.stdout.write(file.text)
  else {
    write(args, io, host, { text: file.text, hasSecrets: secrets.length > 0 })
    const { placeholders } = file
    const rest = placeholders.length === 0 ? '' : `; replace the values of ${placeholders.join(', ')}`
    io.stderr.write(`${out} is written${rest}\n`)
  }
  return Promise.resolve(EXIT_OK)
}
