import { parseArgs, type ArgsSpec, type ParsedArgs } from '../../lib/args.ts'
import { PipelineError } from '../../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { jsonObject, printJson, toJson } from '../../lib/json.ts'
import type { ProgramIo } from '../../lib/ports.ts'
import { nameVariants, settingsAcross, type SettingAcross } from '../../variants/across.ts'
import { variantCatalogue } from '../../variants/catalogue.ts'
import { findVariant, listVariants, type Variant } from '../../variants/variant.ts'
import * as options from '../options.ts'
import { SCHEMA_VERSION } from '../report.ts'
import { settingDetails, settingJson, settingLine } from '../settings-view.ts'
import { paletteFor } from '../terminal.ts'

const OPTIONS = [
  { ...options.VARIANT_OPTION, help: 'only what this variant has (default: all variants)' },
  options.RELEASE_OPTION,
  { names: ['--long'], help: 'everything that is known of each setting' } as const,
  options.FORMAT_OPTION,
]

export const settingsSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket settings [OPTION]... [WORD]...',
    OPTIONS,
    'Browses and searches settings. Every WORD has to be in the key or the description; * stands for anything in a key.',
  ),
  options: OPTIONS,
  words: 'collect',
}

function variantsOf(args: ParsedArgs): readonly Variant[] {
  const release = args.value('--release')
  const name = args.value('--variant')
  return (name === undefined ? listVariants(release) : [name]).map((each) => findVariant(each, release))
}

/** Whether a setting has a word, as people look for it. */
function hasWord({ entry: { key, writtenKey, description } }: SettingAcross, word: string): boolean {
  const wanted = word.toLowerCase()
  if (!wanted.includes('*')) return [key, writtenKey, description].some((text) => text.toLowerCase().includes(wanted))
  const parts = wanted.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(`^(?:settings[.])?${parts.join('.*')}$`)
  return [key, writtenKey].some((text) => pattern.test(text.toLowerCase()))
}

/** The setting that a word names, else every setting that has all words. */
function search(all: readonly SettingAcross[], words: readonly string[]): readonly SettingAcross[] {
  const [word = ''] = words
  const named = all.filter(({ entry }) =>
    [entry.key, entry.writtenKey].some((key) => key.replace('settings.', '') === word.replace(/^settings[.]/, '')),
  )
  if (words.length === 1 && named.length > 0 && named[0]?.entry.kind !== 'table') return named
  return all.filter((setting) => words.every((each) => hasWord(setting, each)))
}

/** A concrete key, such as `host-containers.admin.enabled`, belongs to a setting without having its words. */
function byConcreteKey(
  all: readonly SettingAcross[],
  variants: readonly Variant[],
  words: readonly string[],
): readonly SettingAcross[] {
  const [word] = words
  if (words.length !== 1 || word === undefined) return []
  const keys = new Set(variants.map((variant) => variantCatalogue(variant).find(word)?.setting.key))
  return all.filter(({ entry }) => keys.has(entry.key))
}

/** Where there is such a setting, or else which one was probably meant. */
function adviceOn(
  variants: readonly Variant[],
  words: readonly string[],
  release: string | undefined,
): string | undefined {
  const everywhere = listVariants(release)
  const all = settingsAcross(everywhere.map((name) => findVariant(name, release)))
  const having = search(all, words).flatMap(({ groups }) => groups.flatMap((group) => group.variants))
  const others = [...new Set(having.map(({ name }) => name))].sort(
    (a, b) => everywhere.indexOf(a) - everywhere.indexOf(b),
  )
  if (others.length > 0) return `only these variants have it: ${nameVariants(others, everywhere)}`
  const meant = variants.map((each) => variantCatalogue(each).nearest(words.join('.'))).find((key) => key !== undefined)
  return meant === undefined ? undefined : `did you mean ${meant}?`
}

function nothingFound(
  variants: readonly Variant[],
  words: readonly string[],
  release: string | undefined,
): PipelineError {
  const hint = adviceOn(variants, words, release)
  const where = variants.length === 1 ? ` of ${(variants[0] as Variant).name}` : ''
  return new PipelineError('SETTINGS_UNKNOWN_KEY', `no setting${where} has "${words.join(' ')}"`, {
    ...(hint !== undefined && { hint }),
  })
}

const FEW = 3

function printText(io: ProgramIo, found: readonly SettingAcross[], all: readonly string[], isLong: boolean): void {
  const palette = paletteFor(io)
  if (isLong || found.length <= FEW) {
    io.stdout.write(found.map((setting) => settingDetails(setting, all, palette)).join('\n\n') + '\n')
    return
  }
  const width = Math.max(...found.map(({ entry }) => entry.writtenKey.length))
  io.stdout.write(found.map((setting) => `${settingLine(setting, width, palette)}\n`).join(''))
}

/** `bottlerocket settings`: exit 1 when nothing is found. */
export function settings(argv: readonly string[], io: ProgramIo): Promise<ExitCode> {
  const args = parseArgs(settingsSpec, argv)
  const asJson = options.wantsJson(settingsSpec, args)
  const variants = variantsOf(args)
  const all = settingsAcross(variants)
  const hits = search(all, args.words)
  const found = hits.length > 0 ? hits : byConcreteKey(all, variants, args.words)
  if (found.length === 0) throw nothingFound(variants, args.words, args.value('--release'))
  if (asJson) {
    const report = jsonObject({ schemaVersion: toJson(SCHEMA_VERSION), settings: found.map(settingJson) })
    io.stdout.write(printJson(report) + '\n')
  } else {
    printText(
      io,
      found,
      variants.map(({ name }) => name),
      args.flags.has('--long'),
    )
  }
  return Promise.resolve(EXIT_OK)
}
