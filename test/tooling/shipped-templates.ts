/** Compiles the package's templates, and the template strings of setting generators, to a module for the bundles. */
import { isJsonObject, type JsonValue } from '../../src/lib/json.ts'
import { splitShellWords } from '../../src/lib/shell-words.ts'
import { BodyCompiler } from '../../src/schnauzer/compile.ts'
import { stringKey } from '../../src/schnauzer/render-set.ts'
import { parseRequirement } from '../../src/schnauzer/requirement.ts'
import { readTemplate, readTemplateString, type TemplateSource } from '../../src/schnauzer/template.ts'
import { templatesOf, templateText } from '../../src/variants/load.ts'
import { releaseFromSources } from '../../src/variants/release-sources.ts'
import { listReleases } from '../../src/variants/release.ts'
import { findVariant, listVariants } from '../../src/variants/variant.ts'

const GENERATOR = 'schnauzer-v2'

/** A value as JavaScript source: JSON's types, big integers, and objects without prototype as such. */
export function toSource(value: unknown): string {
  if (typeof value === 'bigint') return `${String(value)}n`
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (Array.isArray(value)) return `[${value.map(toSource).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const isBare = Object.getPrototypeOf(value) === null
  const members = Object.entries(value as Record<string, unknown>)
    .filter(([, item]) => item !== undefined)
    .map(([name, item]) => `[${JSON.stringify(name)}]:${toSource(item)}`)
  return isBare
    ? `{__proto__:null,${members.join(',')}}`
    : `{${members.map((text) => text.replace(/^\["(\w+)"\]/, '$1')).join(',')}}`
}

function entry(key: string, template: TemplateSource, compiler: BodyCompiler): string {
  const { requiredExtensions, importedHelpers, outputFormat } = template
  const body = compiler.precompile(template.body, importedHelpers)
  const source = 'text' in body ? toSource(body) : `{spec:${body.spec},tables:${toSource(body.tables)}}`
  const head = toSource({ requiredExtensions, importedHelpers, outputFormat })
  return `[${JSON.stringify(key)},()=>({...${head},body:${source}})]`
}

/** Every command of a setting generator in a tree of metadata. */
function generatorCommands(tree: JsonValue | undefined): string[] {
  if (!isJsonObject(tree)) return []
  return Object.entries(tree).flatMap(([name, value]) =>
    name === 'setting-generator' && typeof value === 'string' ? [value] : generatorCommands(value),
  )
}

/** The template string of a command, if that is what it renders. */
function templateString(command: string): { requirements: string[]; body: string } | undefined {
  const [program, subcommand, ...words] = splitShellWords(command) ?? []
  if (program !== GENERATOR || subcommand !== 'render') return undefined
  const valuesOf = (option: string): string[] => words.filter((_, i) => i % 2 === 1 && words[i - 1] === option)
  const [body] = valuesOf('--template')
  return body === undefined ? undefined : { requirements: valuesOf('--requires'), body }
}

function moduleOf(name: string, entries: ReadonlyMap<string, string>): string {
  return `export const ${name} = new Map([${[...entries.values()].join(',\n')}])\n`
}

/** The text of the module that takes the place of `src/schnauzer/shipped-files.ts`. */
export function shippedFiles(): string {
  const compiler = new BodyCompiler()
  const entries = new Map<string, string>()
  for (const release of listReleases()) {
    for (const variant of listVariants(release).map((name) => findVariant(name, release))) {
      for (const name of templatesOf(variant).values()) {
        const text = templateText(variant, name)
        if (!entries.has(text)) entries.set(text, entry(text, readTemplate(name, text), compiler))
      }
    }
  }
  return moduleOf('SHIPPED_FILES', entries)
}

/** The text of the module that takes the place of `src/schnauzer/shipped-strings.ts`. */
export function shippedStrings(): string {
  const compiler = new BodyCompiler()
  const entries = new Map<string, string>()
  for (const release of listReleases()) {
    const { sets, defaults } = releaseFromSources(release)
    for (const command of sets.flatMap((set) => generatorCommands(defaults(set)['metadata']))) {
      const found = templateString(command)
      if (found === undefined) continue
      const requirements = found.requirements.map(parseRequirement)
      const key = stringKey(found.body, requirements)
      entries.set(key, entry(key, readTemplateString(command, found.body, requirements), compiler))
    }
  }
  return moduleOf('SHIPPED_STRINGS', entries)
}
