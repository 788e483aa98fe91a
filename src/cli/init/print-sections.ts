/** A starting user-data file as text. */
import { printTomlKey, printTomlValue } from '../../toml/trusted-toml.ts'
import type { Catalogue, VariantSetting } from '../../variants/catalogue.ts'
import { describeOrigin } from '../../variants/setting-words.ts'
import type { StartingLine, StartingOption, StartingSection } from './plan-sections.ts'

const WIDTH = 100

/** Words as comment lines of at most 100 columns; a longer word has a line of its own. */
export function comment(text: string, indent = ''): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`# ${lines.length === 0 ? '' : indent}${word}`)
  }
  return lines
}

function lineText({ name, value, source }: StartingLine): string {
  const isInForce = source === 'given' || source === 'needed'
  return `${isInForce ? '' : '#'}${name.map(printTomlKey).join('.')} = ${printTomlValue(value)}`
}

/** The words that are possible, where they are fixed. */
function wordsOf({ allowed, names }: VariantSetting): string[] {
  const words = allowed ?? names?.allowed
  // the empty word has a second spelling
  return words === undefined ? [] : [`One of: ${[...new Set(words.map((word) => word || '""'))].join(', ')}.`]
}

/** What the lines below show. */
function tailOf({ setting, origin, lines }: StartingOption): string[] {
  const sources = new Set(lines.map(({ source }) => source))
  if (sources.has('needed')) return [`Needed: without it ${setting.needed as string}.`]
  if (sources.has('default')) return ['Default:']
  if (sources.has('given')) return []
  if (origin === undefined) return ['Example:']
  return [`Default: ${describeOrigin(origin, setting).replaceAll('`', '')}. Example:`]
}

/** The members of what is given in one line. */
function memberLines(setting: VariantSetting, catalogue: Catalogue): string[] {
  const members = catalogue.within(setting)
  const width = Math.max(0, ...members.map(({ path }) => (path.at(-1) as string).length))
  return members.flatMap((each) => {
    const name = (each.path.at(-1) as string).padEnd(width)
    return comment(`  ${name}  ${each.description}`, '    ')
  })
}

function optionLines(option: StartingOption, isBelowHeading: boolean, catalogue: Catalogue): string[] {
  const { setting, lines, isRepeated } = option
  const values = lines.map(lineText)
  if (isRepeated) return values
  const about = isBelowHeading ? [] : [setting.description]
  const members = memberLines(setting, catalogue)
  const text = [...about, ...wordsOf(setting), ...tailOf(option)].join(' ')
  return [...(text === '' ? [] : comment(text)), ...members, ...values]
}

function sectionLines(section: StartingSection, catalogue: Catalogue): string[] {
  const { heading, table, options, isRepeated } = section
  const title = `[${heading.map(printTomlKey).join('.')}]`
  const lines = [...(table === undefined || isRepeated ? [] : comment(table.description)), title]
  options.forEach((option, i) => {
    const isOwn = option.setting === table
    if (!option.isRepeated && !(isOwn && i === 0)) lines.push('')
    lines.push(...optionLines(option, isOwn, catalogue))
  })
  return lines
}

/** The file, from its first heading on. */
export function printSections(sections: readonly StartingSection[], catalogue: Catalogue): string {
  return sections.map((section) => `${sectionLines(section, catalogue).join('\n')}\n`).join('\n')
}

/** Settings in force in a file whose values are examples: their keys as people write them. */
export function placeholdersOf(sections: readonly StartingSection[]): readonly string[] {
  return sections.flatMap(({ heading, options }) =>
    options.flatMap(({ lines }) =>
      lines.flatMap(({ name, source }) =>
        source === 'needed' ? [[...heading, ...name].map(printTomlKey).join('.')] : [],
      ),
    ),
  )
}
