/** Templates: parsing and rendering. */
import { jsonObject, member, type JsonObject } from '../lib/json.ts'
import { compileTree, constantBody, type Compiled } from './engine.ts'
import { faultError, RenderFailure, renderError, type Fault } from './failures.ts'
import { readFrontMatter } from './front-matter.ts'
import { LookupNeeded, type RenderFacts } from './helper.ts'
import { helpersOf, ownerOf, visibleHelpers } from './helpers/owners.ts'
import { Lowering } from './lower.ts'
import { writeOutput, type OutputFormat } from './output/write.ts'
import { readBody } from './reader.ts'
import { lastOfEach, type Requirement } from './requirement.ts'
import { SourceText } from './source-text.ts'
import type { Statement } from './tree.ts'

export type { RenderFacts } from './helper.ts'
export type { OutputFormat } from './output/write.ts'
export type { Requirement } from './requirement.ts'

/** A parsed template, ready to be rendered any number of times. */
export interface Template {
  readonly name: string
  /** Settings groups that the template sees. */
  readonly requiredExtensions: readonly string[]
  /** Helpers that it imports. */
  readonly importedHelpers: readonly string[]
  readonly outputFormat: OutputFormat
  /** The template's text, for excerpts in messages. */
  readonly source: SourceText
  readonly compiled: Compiled
}

/** The data of one rendering: the whole settings tree (a template sees what it requires) and facts about the OS image. */
export interface TemplateData {
  readonly settings: JsonObject
  readonly os: JsonObject
}

/** Rendered text, or the host name that has to be looked up before rendering again. */
export type RenderResult =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'lookup'; readonly name: string }

/**
 * Parses a template file.
 *
 * @param name what messages call it
 * @throws PipelineError `TEMPLATE_FRONT_MATTER`, `TEMPLATE_DUPLICATE_HELPER`, `TEMPLATE_UNKNOWN_HELPER`,
 *   `TEMPLATE_SYNTAX`, each with diagnostics
 */
export function parseTemplate(name: string, text: string): Template {
  const source = new SourceText(name, text)
  checkWellFormed(source)
  const { requirements, outputFormat, bodyStart } = readFrontMatter(source)
  return makeTemplate(source, requirements, outputFormat, bodyStart)
}

/**
 * Parses a bare body. Its output format is `text`. Of two requirements with the same name the last one counts.
 *
 * @throws PipelineError `TEMPLATE_DUPLICATE_HELPER`, `TEMPLATE_UNKNOWN_HELPER`, `TEMPLATE_SYNTAX`
 */
export function parseTemplateString(name: string, body: string, requirements: readonly Requirement[]): Template {
  const source = new SourceText(name, body)
  checkWellFormed(source)
  return makeTemplate(source, lastOfEach(requirements), 'text', 0)
}

function checkWellFormed(source: SourceText): void {
  if (source.text.isWellFormed()) return
  const message = 'the text holds half of a surrogate pair'
  throw faultError(source, [{ code: 'TEMPLATE_SYNTAX', message, start: 0, end: 0 }])
}

function makeTemplate(
  source: SourceText,
  requirements: readonly Requirement[],
  outputFormat: OutputFormat,
  bodyStart: number,
): Template {
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
    compiled: compileBody(body, importedHelpers),
  }
}

function compileBody(body: readonly Statement[], importedHelpers: readonly string[]): Compiled {
  const texts = body.filter((statement) => statement.kind === 'text')
  if (texts.length === body.length) return constantBody(texts.map(({ text }) => text).join(''))
  const lowering = new Lowering(visibleHelpers(importedHelpers))
  return compileTree(lowering.program(body), lowering.tables)
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

/** The end of the tag that an offset begins, or of the inside of the tag that it is in. */
function tagEnd(source: SourceText, offset: number): number {
  const end = source.text.indexOf('}}', offset)
  if (end < 0) return offset
  return source.text.startsWith('{{', offset) ? end + (source.text.startsWith('{{{', offset) ? 3 : 2) : end
}

/** Says so when a setting may be set, but the template did not ask for its group. */
function explained(template: Template, failure: RenderFailure): RenderFailure {
  const [top, group] = failure.settingsPath?.split('.') ?? []
  if (failure.code !== 'TEMPLATE_VALUE_MISSING' || top !== 'settings' || group === undefined) return failure
  if (template.requiredExtensions.includes(group)) return failure
  const message = `${failure.message}; the template does not require the extension '${group}'`
  return new RenderFailure(failure.code, message, failure.settingsPath, failure.offset)
}

function rootContext(template: Template, { settings, os }: TemplateData): JsonObject {
  const visible = jsonObject()
  for (const extension of template.requiredExtensions) {
    const value = member(settings, extension)
    if (value !== undefined) visible[extension] = value
  }
  return jsonObject({ settings: visible, os })
}

/**
 * Renders a template.
 *
 * @throws PipelineError `TEMPLATE_VALUE_MISSING`, `TEMPLATE_HELPER_FAILED`, `TEMPLATE_INVALID_PATH`,
 *   `TEMPLATE_UNKNOWN_HELPER` (for a call that is reached), `VALUE_UNREPRESENTABLE`; with `details.settingsPath` where a
 *   setting is meant
 */
export function renderTemplate(template: Template, data: TemplateData, facts: RenderFacts): RenderResult {
  try {
    const { stream, slots } = template.compiled.render(rootContext(template, data), facts)
    return { kind: 'text', text: writeOutput(template.outputFormat, stream, slots) }
  } catch (error) {
    if (error instanceof LookupNeeded) return { kind: 'lookup', name: error.host }
    if (!(error instanceof RenderFailure)) throw error
    const end = error.offset === undefined ? undefined : tagEnd(template.source, error.offset)
    throw renderError(template.source, explained(template, error), end)
  }
}
