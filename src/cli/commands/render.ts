import { readFile } from '../../documents/read-file.ts'
import { createMetadataHandler, httpOverHandler } from '../../imds-server/handler.ts'
import { parseArgs, usageError, type ArgsSpec, type ParsedArgs } from '../../lib/args.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { jsonObject, printJson, toJson, type JsonObject } from '../../lib/json.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import type { Variant } from '../../variants/variant.ts'
import * as options from '../options.ts'
import { narrowed, printText, runJob, type Job, type View } from '../rendered/printer.ts'
import { fileSelector } from '../rendered/select.ts'
import { writeFiles } from '../rendered/write-out.ts'
import type { ChangeResult, NamedBytes, RenderResult } from '../render.ts'
import { diagnosticsJson, outcomeJson, SCHEMA_VERSION, type FileEvent } from '../report.ts'
import { variantOfSource } from '../user-data.ts'
import { FILE_VARIANT_OPTION, VariantChoice } from '../variant-choice.ts'

const OPTIONS = [
  FILE_VARIANT_OPTION,
  options.RELEASE_OPTION,
  { ...options.USER_DATA_OPTION, required: true, help: 'user data, TOML or JSON' },
  { ...options.NET_OPTION, help: 'network configuration, net.toml, whose files are shown too' },
  options.FACTS_OPTION,
  {
    names: ['--change'],
    value: 'FILE',
    repeatable: true,
    help: 'a later change of settings; may be repeated',
  } as const,
  { names: ['--no-generators'], help: 'leave generated settings unset' } as const,
  { names: ['--out'], value: 'DIR', help: 'write the files under DIR, each with its mode' } as const,
  {
    names: ['--only'],
    value: 'PATTERN',
    repeatable: true,
    help: 'only files of this path or name; may be repeated',
  } as const,
  { names: ['--print'], help: 'print what is in the files' } as const,
  { names: ['--diff'], help: 'print what differs from the defaults, and what each change changes' } as const,
  { names: ['--diff-against'], value: 'DIR', help: 'print what differs from the files under DIR' } as const,
  options.FORMAT_OPTION,
  options.SHOW_SECRETS_OPTION,
]

export const renderSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket render [--variant NAME] --user-data FILE [OPTION]...',
    OPTIONS,
    [
      'Offline: renders every file for some user data, then shows what each change would touch.',
      '',
      'Without --variant a comment in front of the user data says which it is for: # bottlerocket: variant=aws-k8s-1.30',
    ].join('\n'),
  ),
  options: OPTIONS,
}

function changeJson(change: ChangeResult): JsonObject {
  return jsonObject({
    accepted: change.accepted,
    changedKeys: [...change.changedKeys],
    ...outcomeJson(change),
    diagnostics: diagnosticsJson(change.diagnostics),
  })
}

function reportJson(result: RenderResult): string {
  return printJson(
    jsonObject({
      schemaVersion: toJson(SCHEMA_VERSION),
      ...(result.settings === undefined ? {} : { settings: result.settings }),
      ...outcomeJson(result),
      changes: result.changes.map(changeJson),
      diagnostics: diagnosticsJson(result.diagnostics),
    }),
  )
}

function viewOf(args: ParsedArgs, asJson: boolean): View {
  const isDiff = args.flags.has('--diff') || args.value('--diff-against') !== undefined
  const isPrint = args.flags.has('--print')
  if (isDiff && isPrint) throw usageError(renderSpec, 'either contents or differences are printed')
  if (asJson && (isDiff || isPrint))
    throw usageError(renderSpec, 'a JSON report is not printed in another form as well')
  return isDiff ? 'diff' : isPrint ? 'print' : 'list'
}

/** The files after all changes, as they are. */
function finalFiles(result: RenderResult): FileEvent[] {
  const files = [result, ...result.changes].flatMap((outcome) => outcome.files)
  return [...new Map(files.map((file) => [file.path, file])).values()]
}

/** @throws PipelineError `USAGE` for a pattern that means no file */
function checkPatterns(patterns: readonly string[], result: RenderResult): void {
  const known = [result, ...result.changes].flatMap(({ files, notRendered }) => [...files, ...notRendered])
  for (const pattern of patterns) {
    if (!known.some(fileSelector([pattern]))) throw usageError(renderSpec, `--only ${pattern} matches no file`)
  }
}

/** The variant of the user data. @throws PipelineError `VARIANT_MISSING`, `VARIANT_AMBIGUOUS`, `VARIANT_UNKNOWN` */
async function variantOf(args: ParsedArgs, { file, bytes }: NamedBytes): Promise<Variant> {
  const choice = VariantChoice.of(renderSpec, args)
  const [source] = choice.everywhere.length > 0 ? [] : (await readFile(bytes, file)).sources
  return source === undefined ? choice.one({ file }) : variantOfSource(choice, source)
}

async function jobOf(args: ParsedArgs, io: ProgramIo, host: Host): Promise<Job> {
  const view = viewOf(args, options.wantsJson(renderSpec, args))
  const read = (file: string): NamedBytes => ({ file, bytes: options.readTypedFile(io, host, file) })
  const typedFacts = options.factsOf(io, host, args)
  const generators = !args.flags.has('--no-generators')
  const facts = generators ? options.completeFacts(typedFacts) : typedFacts
  const [networkFile, against] = [args.value('--net'), args.value('--diff-against')]
  const showSecrets = args.flags.has('--show-secrets')
  const userData = read(args.value('--user-data') ?? '')
  return {
    view,
    showSecrets,
    network: networkFile === undefined ? undefined : read(networkFile),
    against: against === undefined ? undefined : options.typedPath(io, against),
    isMeant: fileSelector(args.values.get('--only') ?? []),
    options: {
      variant: await variantOf(args, userData),
      userData,
      changes: (args.values.get('--change') ?? []).map(read),
      facts,
      io,
      masks: view !== 'list' && !showSecrets,
      ...(generators ? { http: httpOverHandler(createMetadataHandler(facts, { clock: host.clock })) } : {}),
    },
  }
}

/** `bottlerocket render`: exit 1 when the settings or a change are rejected; the report is printed either way. */
export async function render(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(renderSpec, argv)
  const job = await jobOf(args, io, host)
  const result = await runJob(job)
  if (result.accepted) checkPatterns(args.values.get('--only') ?? [], result)
  const out = args.value('--out')
  if (out !== undefined && result.accepted) {
    await writeFiles(options.typedPath(io, out), finalFiles(result).filter(job.isMeant))
  }
  if (options.wantsJson(renderSpec, args)) {
    const changes = result.changes.map((change) => narrowed(change, job))
    io.stdout.write(reportJson({ ...narrowed(result, job), changes }) + '\n')
  } else {
    await printText(io, result, job)
    if (out !== undefined && result.accepted) io.stderr.write(`files are written to ${out}\n`)
  }
  return result.accepted ? EXIT_OK : EXIT_FAILURE
}
