import { createMetadataHandler, httpOverHandler } from '../../imds-server/handler.ts'
import { parseArgs, type ArgsSpec } from '../../lib/args.ts'
import { renderDiagnostic, sortDiagnostics, type Diagnostic } from '../../lib/diagnostics.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { jsonObject, printJson, toJson, type JsonObject } from '../../lib/json.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import { decodeUtf8Lossy } from '../../lib/utf8.ts'
import * as options from '../options.ts'
import { withNetwork } from '../network.ts'
import { renderOutcome } from '../present.ts'
import { renderOffline, type ChangeResult, type NamedBytes, type RenderResult } from '../render.ts'
import { diagnosticsJson, outcomeJson, SCHEMA_VERSION } from '../report.ts'
import { paletteFor } from '../terminal.ts'

const OPTIONS = [
  options.VARIANT_OPTION,
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
  options.FORMAT_OPTION,
]

export const renderSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket render --variant NAME --user-data FILE [OPTION]...',
    OPTIONS,
    'Offline: renders every file for some user data, then shows what each change would touch.',
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

function printDiagnostics(
  io: ProgramIo,
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): void {
  const palette = paletteFor(io, 2)
  for (const diagnostic of sortDiagnostics(diagnostics)) {
    io.stderr.write(renderDiagnostic(diagnostic, sources.get(diagnostic.at?.file ?? ''), palette) + '\n')
  }
}

function printText(io: ProgramIo, result: RenderResult, documents: readonly NamedBytes[]): void {
  const sources = new Map(documents.map(({ file, bytes }) => [file, decodeUtf8Lossy(bytes)]))
  const palette = paletteFor(io)
  printDiagnostics(io, result.diagnostics, sources)
  if (result.accepted) io.stdout.write(renderOutcome(result, palette))
  result.changes.forEach((change, index) => {
    const keys = change.accepted ? change.changedKeys.join(' ') : 'rejected'
    io.stdout.write(`\n${palette.strong(`Change ${String(index + 1)}`)}: ${keys}\n`)
    printDiagnostics(io, change.diagnostics, sources)
    if (change.accepted) io.stdout.write(renderOutcome(change, palette))
  })
}

/** `bottlerocket render`: exit 1 when the settings or a change are rejected; the report is printed either way. */
export async function render(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(renderSpec, argv)
  const asJson = options.wantsJson(renderSpec, args)
  const variant = options.variantOf(renderSpec, args)
  const read = (file: string): NamedBytes => ({ file, bytes: options.readTypedFile(io, host, file) })
  const userData = read(args.value('--user-data') ?? '')
  const changes = (args.values.get('--change') ?? []).map(read)
  const typedFacts = options.factsOf(io, host, args)
  const generators = !args.flags.has('--no-generators')
  const facts = generators ? options.completeFacts(typedFacts) : typedFacts
  const networkFile = args.value('--net')
  const network = networkFile === undefined ? undefined : read(networkFile)
  const rendered = await renderOffline({
    variant,
    userData,
    changes,
    facts,
    io,
    ...(generators ? { http: httpOverHandler(createMetadataHandler(facts, { clock: host.clock })) } : {}),
  })
  const result = network === undefined ? rendered : withNetwork(rendered, network, variant)
  if (asJson) io.stdout.write(reportJson(result) + '\n')
  else printText(io, result, [userData, ...changes, ...(network === undefined ? [] : [network])])
  return result.accepted ? EXIT_OK : EXIT_FAILURE
}
