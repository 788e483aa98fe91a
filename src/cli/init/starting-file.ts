/** A user data file to start with. */
import type { JsonObject } from '../../lib/json.ts'
import { variantCatalogue } from '../../variants/catalogue.ts'
import { USUAL } from '../../variants/starting-settings.ts'
import type { Variant } from '../../variants/variant.ts'
import { planSections, type StartingSection } from './plan-sections.ts'
import { comment, placeholdersOf, printSections } from './print-sections.ts'

export interface StartingOptions {
  /** Settings in force, in their normal form. */
  readonly given: JsonObject
  /** Whether every setting is offered, or only the usual ones. */
  readonly all: boolean
  /** The JSON Schema that editors check the file with. */
  readonly schema?: string | undefined
}

export interface StartingFile {
  readonly text: string
  /** Keys of settings in force whose values are examples. */
  readonly placeholders: readonly string[]
}

const keysOf = (sections: readonly StartingSection[]): Set<string> =>
  new Set(sections.flatMap(({ options }) => options.map(({ setting }) => setting.key)))

/** From this size on a file leaves little room for values on EC2, which counts comments, too. */
const LARGE_BYTES = 12_000
const SIZE_NOTE = 'EC2 takes at most 16,384 bytes of user data, comments included: take out what you do not use.'

function headLines({ name, release }: Variant, schema: string | undefined, needsValues: boolean): string[] {
  const values = needsValues ? ' The values that are given here are examples: put your own in their place.' : ''
  return [
    `# bottlerocket: variant=${name}`,
    ...(schema === undefined ? [] : [`#:schema ${schema}`]),
    '',
    ...comment(
      `User data of ${name}, release ${release}.${values} A line that starts with # and no space is a setting that can be given: take the # away.`,
    ),
    '',
  ]
}

function footLines({ name }: Variant, hidden: number): string[] {
  if (hidden === 0) return []
  return ['', `# ${String(hidden)} more settings: bottlerocket init --variant ${name} --all`]
}

/** Makes a starting file. What is not in force in it is commented out, one setting per line. */
export function startingFile(variant: Variant, { given, all, schema }: StartingOptions): StartingFile {
  const catalogue = variantCatalogue(variant)
  const everything = planSections(catalogue, given, () => true)
  const sections = all ? everything : planSections(catalogue, given, ({ key }) => USUAL.includes(key))
  const placeholders = placeholdersOf(sections)
  const shown = keysOf(sections)
  const hidden = [...keysOf(everything)].filter((key) => !shown.has(key)).length
  const content = printSections(sections, catalogue).trimEnd()
  const isLarge = variant.platform === 'aws' && content.length > LARGE_BYTES
  const text = [
    ...headLines(variant, schema, placeholders.length > 0),
    ...(isLarge ? [...comment(SIZE_NOTE), ''] : []),
    content,
    ...footLines(variant, hidden),
    '',
  ].join('\n')
  return { text, placeholders }
}
