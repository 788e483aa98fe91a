import { parseArgs, usageError, type ArgsSpec } from '../../lib/args.ts'
import { EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { jsonObject, printJson, toJson, type JsonObject } from '../../lib/json.ts'
import type { ProgramIo } from '../../lib/ports.ts'
import { compareVariants } from '../../variants/compare.ts'
import { findVariant, listVariants } from '../../variants/variant.ts'
import * as options from '../options.ts'
import { SCHEMA_VERSION } from '../report.ts'
import { paletteFor } from '../terminal.ts'
import { comparisonJson, comparisonText, variantJson, variantTable } from '../variants-view.ts'

const OPTIONS = [options.RELEASE_OPTION, options.FORMAT_OPTION]

export const variantsSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket variants [diff A B] [OPTION]...',
    OPTIONS,
    'Lists the variants, or says what differs between two: settings, defaults, services, rendered files.',
  ),
  options: OPTIONS,
  words: 'collect',
}

interface View {
  readonly json: () => JsonObject
  readonly text: (palette: ReturnType<typeof paletteFor>) => string
}

function listView(release: string | undefined): View {
  const variants = listVariants(release).map((name) => findVariant(name, release))
  return {
    json: () => jsonObject({ variants: variants.map(variantJson) }),
    text: (palette) => variantTable(variants, palette),
  }
}

function comparisonView(from: string, to: string, release: string | undefined): View {
  const comparison = compareVariants(findVariant(from, release), findVariant(to, release))
  return { json: () => comparisonJson(comparison), text: (palette) => comparisonText(comparison, palette) }
}

function viewOf(words: readonly string[], release: string | undefined): View {
  const [command, from, to] = words
  if (command === undefined) return listView(release)
  if (command !== 'diff') throw usageError(variantsSpec, `unknown argument '${command}'`)
  if (from === undefined || to === undefined || words.length > 3)
    throw usageError(variantsSpec, 'diff takes two variants')
  return comparisonView(from, to, release)
}

/** `bottlerocket variants`. */
export function variants(argv: readonly string[], io: ProgramIo): Promise<ExitCode> {
  const args = parseArgs(variantsSpec, argv)
  const asJson = options.wantsJson(variantsSpec, args)
  const view = viewOf(args.words, args.value('--release'))
  if (asJson) io.stdout.write(printJson(jsonObject({ schemaVersion: toJson(SCHEMA_VERSION), ...view.json() })) + '\n')
  else io.stdout.write(view.text(paletteFor(io)))
  return Promise.resolve(EXIT_OK)
}
