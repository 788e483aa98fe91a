import { parseArgs, type ArgsSpec } from '../../lib/args.ts'
import { EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { unwritableFile } from '../../lib/file-errors.ts'
import { printJsonPretty } from '../../lib/json.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import { userDataSchema } from '../../variants/json-schema.ts'
import * as options from '../options.ts'

const OPTIONS = [
  options.VARIANT_OPTION,
  options.RELEASE_OPTION,
  { names: ['--out'], value: 'FILE', help: 'write to a file instead of standard output' } as const,
]

export const schemaSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket schema --variant NAME [OPTION]...',
    OPTIONS,
    'JSON Schema of user data, for completion, hover and checks in an editor.',
  ),
  options: OPTIONS,
}

function write(host: Pick<Host, 'fs'>, io: ProgramIo, typed: string, text: string): void {
  try {
    host.fs.replaceFile(options.typedPath(io, typed), text)
  } catch (cause) {
    throw unwritableFile(typed, cause)
  }
}

/** `bottlerocket schema`. */
export function schema(argv: readonly string[], io: ProgramIo, host: Pick<Host, 'fs'>): Promise<ExitCode> {
  const args = parseArgs(schemaSpec, argv)
  const text = `${printJsonPretty(userDataSchema(options.variantOf(schemaSpec, args)))}\n`
  const out = args.value('--out')
  if (out === undefined) io.stdout.write(text)
  else write(host, io, out, text)
  return Promise.resolve(EXIT_OK)
}
