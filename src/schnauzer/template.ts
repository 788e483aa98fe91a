/** Parsing of templates. */
import { BodyCompiler } from './compile.ts'
import { faultError, type Fault } from './failures.ts'
import { readFrontMatter } from './front-matter.ts'
import { helpersOf, ownerOf } from './helpers/owners.ts'
import type { OutputFormat } from './output/write.ts'
import { readBody } from './reader.ts'
import type { Template } from './render.ts'
import { lastOfEach, type Requirement } from './requirement.ts'
import { SourceText } from './source-text.ts'
import type { Statement } from './tree.ts'

export { renderTemplate } from './render.ts'
export type { Template, TemplateData } from './render.ts'
export type { RenderFacts } from './helper.ts'
export type { OutputFormat } from './output/write.ts'
export type { Requirement } from './requirement.ts'

/** A template whose body is not compiled yet. */
export interface TemplateSource extends Omit<Template, 'compiled'> {
  readonly body: readonly Statement[]
}

/**
 * Reads a template file.
 *
 * @param name what messages call it
 * @throws PipelineError `TEMPLATE_FRONT_MATTER`, `TEMPLATE_DUPLICATE_HELPER`, `TEMPLATE_UNKNOWN_HELPER`,
 *   `TEMPLATE_SYNTAX`, each with diagnostics
 */
export function readTemplate(name: string, text: string): TemplateSource {
  const source = new SourceText(name, text)
  checkWellFormed(source)
  const { requirements, outputFormat, bodyStart } = readFrontMatter(source)
  return readParts(source, requirements, outputFormat, bodyStart)
}

/**
 * Reads a bare body. Its output format is `text`. Of two requirements with the same name the last one counts.
 *
 * @throws PipelineError `TEMPLATE_DUPLICATE_HELPER`, `TEMPLATE_UNKNOWN_HELPER`, `TEMPLATE_SYNTAX`
 */
export function readTemplateString(name: string, body: string, requirements: readonly Requirement[]): TemplateSource {
  const source = new SourceText(name, body)
  checkWellFormed(source)
  return readParts(source, lastOfEach(requirements), 'text', 0)
}

let ownCompiler: BodyCompiler | undefined

function compiled({ body, ...template }: TemplateSource, compiler: BodyCompiler | undefined): Template {
  const { importedHelpers } = template
  return { ...template, compiled: (compiler ?? (ownCompiler ??= new BodyCompiler())).compile(body, importedHelpers) }
}

/**
 * Reads a template file and makes it ready to be rendered.
 *
 * @param compiler of the set of templates that are rendered together; one of this module if there is none
 * @throws PipelineError as `readTemplate`
 */
export function parseTemplate(name: string, text: string, compiler?: BodyCompiler): Template {
  return compiled(readTemplate(name, text), compiler)
}

/** Reads a bare body and makes it ready to be rendered. @throws PipelineError as `readTemplateString` */
export function parseTemplateString(
  name: string,
  body: string,
  requirements: readonly Requirement[],
  compiler?: BodyCompiler,
): Template {
  return compiled(readTemplateString(name, body, requirements), compiler)
}

function checkWellFormed(source: SourceText): void {
  if (source.text.isWellFormed()) return
  const message = 'the text holds half of a surrogate pair'
  throw faultError(source, [{ code: 'TEMPLATE_SYNTAX', message, start: 0, end: 0 }])
}

function readParts(
  source: SourceText,
  requirements: readonly Requirement[],
  outputFormat: OutputFormat,
  bodyStart: number,
): TemplateSource {
  const importedHelpers = checkHelpers(source, requirements, bodyStart)
  const { body, faults } = readBody(source.text, bodyStart)
  throwFaults(
    source,
    faults.map((fault) => ({ ...fault, code: 'TEMPLATE_SYNTAX' })),
  )
  return {
    name: source.name,
    requiredExtensions: requirements.map(({ extension }) => extension),
    importedHelpers,
    outputFormat,
    source,
    body,
  }
}

function throwFaults(source: SourceText, faults: readonly Fault[]): void {
  const [first, ...rest] = faults
  if (first !== undefined) throw faultError(source, [first, ...rest])
}

/** Where a helper's name stands in the front matter, as well as that can be told. */
function placeOf(source: SourceText, helper: string, end: number): { start: number; end: number } {
  const start = source.text.slice(0, end).lastIndexOf(helper)
  return start < 0 ? { start: 0, end: 0 } : { start, end: start + helper.length }
}

function checkHelpers(source: SourceText, requirements: readonly Requirement[], headEnd: number): string[] {
  const imported = new Set<string>()
  const faults: Fault[] = []
  for (const { extension, helpers } of requirements) {
    const owned = helpersOf(extension)
    for (const helper of helpers) {
      const place = placeOf(source, helper, headEnd)
      if (imported.has(helper)) {
        faults.push({ code: 'TEMPLATE_DUPLICATE_HELPER', message: `'${helper}' is imported twice`, ...place })
      } else if (owned?.includes(helper) !== true) {
        const owner = ownerOf(helper)
        const where = owner === undefined ? 'it does not exist' : `'${owner}' does`
        const message = `'${extension}' owns no helper '${helper}'; ${where}`
        faults.push({ code: 'TEMPLATE_UNKNOWN_HELPER', message, ...place })
      }
      imported.add(helper)
    }
  }
  throwFaults(source, faults)
  return [...imported]
}
