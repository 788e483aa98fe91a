/** Variants, and what differs between two, as text for people and as JSON for programs. */
import type { Palette } from '../lib/diagnostics.ts'
import { jsonObject, printJson, toJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import type { Difference, RenderedFile, VariantComparison } from '../variants/compare.ts'
import type { Variant } from '../variants/variant.ts'

const COLUMNS: readonly (readonly [title: string, text: (variant: Variant) => string])[] = [
  ['VARIANT', ({ name }) => name],
  ['PLATFORM', ({ platform }) => platform],
  ['KUBERNETES', ({ kubernetesVersion = '-' }) => kubernetesVersion],
  ['SETTINGS MODEL', ({ modelName }) => modelName],
  ['DEFAULTS', ({ defaultsSet }) => defaultsSet],
  ['NETWORK', ({ networkBackend }) => networkBackend],
]

/** A table of variants. */
export function variantTable(variants: readonly Variant[], palette: Palette): string {
  const rows = [COLUMNS.map(([title]) => title), ...variants.map((variant) => COLUMNS.map(([, text]) => text(variant)))]
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)))
  return rows
    .map((row, i) => {
      const line = row
        .map((text, column) => text.padEnd(widths[column] as number))
        .join('  ')
        .trimEnd()
      return `${i === 0 ? palette.strong(line) : line}\n`
    })
    .join('')
}

/** A variant as the report holds it. */
export function variantJson({
  name,
  release,
  platform,
  kubernetesVersion,
  modelName,
  defaultsSet,
  networkBackend,
}: Variant): JsonValue {
  return toJson({ name, release, platform, kubernetesVersion, model: modelName, defaults: defaultsSet, networkBackend })
}

/** A difference as one line, or two where both have something: `-` for the first variant, `+` for the second. */
function lines<T>(differences: readonly Difference<T>[], text: (value: T) => string, palette: Palette): string[] {
  const width = Math.max(0, ...differences.map(({ name }) => name.length))
  return differences.flatMap(({ name, from, to }) => {
    const line = (sign: string, value: T | undefined): string[] =>
      value === undefined ? [] : [`  ${sign} ${name.padEnd(width)}  ${text(value)}`.trimEnd()]
    return [...line('-', from).map(palette.error), ...line('+', to).map(palette.strong)]
  })
}

function fileLines(files: readonly Difference<RenderedFile>[], palette: Palette): string[] {
  const isTextOnly = ({ from, to }: Difference<RenderedFile>): boolean =>
    from !== undefined && to !== undefined && from.template === to.template && from.mode === to.mode
  return [
    ...lines(
      files.filter((file) => !isTextOnly(file)),
      ({ template, mode }) => `${template}${mode === undefined ? '' : ` (mode ${mode})`}`,
      palette,
    ),
    ...files.filter(isTextOnly).map(({ name }) => `  ~ ${name}`),
  ]
}

const words = (texts: readonly string[]): string => (texts.length === 0 ? '(none)' : texts.join(', '))

/** What the variants themselves differ in, beside their names. */
function propertyDifferences(from: Variant, to: Variant): Difference<string>[] {
  const properties: readonly (readonly [name: string, of: (variant: Variant) => string | undefined])[] = [
    ['platform', ({ platform }) => platform],
    ['Kubernetes', ({ kubernetesVersion }) => kubernetesVersion],
    ['network', ({ networkBackend }) => networkBackend],
  ]
  return properties
    .map(([name, of]) => ({ name, from: of(from), to: of(to) }))
    .filter((difference) => difference.from !== difference.to)
}

/** What differs between two variants. */
export function comparisonText(comparison: VariantComparison, palette: Palette): string {
  const { from, to, settings, defaults, generators, affectedServices, files, services } = comparison
  const sections: [string, string[]][] = [
    ['Variants', lines(propertyDifferences(from, to), (value) => value, palette)],
    ['Settings', lines(settings, ({ description }) => palette.faint(description), palette)],
    ['Defaults', lines(defaults, printJson, palette)],
    ['Generators', lines(generators, (command) => command, palette)],
    ['Services that see a change', lines(affectedServices, words, palette)],
    ['Files and their templates (~: the same template with other lines)', fileLines(files, palette)],
    ['Restart commands of services', lines(services, words, palette)],
  ]
  const shown = sections.filter(([, content]) => content.length > 0)
  const title = `- ${from.name}\n+ ${to.name}\n`
  if (shown.length === 0) return `${title}\nno difference\n`
  return title + shown.map(([name, content]) => `\n${palette.strong(name)}\n${content.join('\n')}\n`).join('')
}

function differencesJson<T>(differences: readonly Difference<T>[], json: (value: T) => JsonValue): JsonValue {
  return differences.map(({ name, from, to }) =>
    jsonObject({
      name,
      ...(from !== undefined && { from: json(from) }),
      ...(to !== undefined && { to: json(to) }),
    }),
  )
}

/** The same as the report holds it. */
export function comparisonJson(comparison: VariantComparison): JsonObject {
  return jsonObject({
    from: variantJson(comparison.from),
    to: variantJson(comparison.to),
    settings: differencesJson(comparison.settings, ({ description }) => description),
    defaults: differencesJson(comparison.defaults, (value) => value),
    generators: differencesJson(comparison.generators, (command) => command),
    affectedServices: differencesJson(comparison.affectedServices, toJson),
    files: differencesJson(comparison.files, ({ template, mode, text }) => toJson({ template, mode, text })),
    services: differencesJson(comparison.services, toJson),
  })
}
