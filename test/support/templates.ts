import { parseJson } from '../../src/lib/json-parse.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { PipelineError } from '../../src/lib/errors.ts'
import { ownerOf } from '../../src/schnauzer/helpers/owners.ts'
import { parseRequirement } from '../../src/schnauzer/requirement.ts'
import {
  parseTemplate,
  parseTemplateString,
  renderTemplate,
  type OutputFormat,
  type RenderFacts,
  type TemplateData,
} from '../../src/schnauzer/template.ts'

export const OS = parseJson('{"arch":"x86_64","variant_id":"aws-k8s-1.30","version_id":"1.24.1"}') as JsonObject
export const FACTS: RenderFacts = { cpus: 2, efaAttached: false, resolve: new Map() }

/** The data of a template that sees one group `t`. */
export function dataOf(json: string): TemplateData {
  return { settings: parseJson(`{"t":${json}}`) as JsonObject, os: OS }
}

export interface RenderOptions {
  /** `settings.t` as JSON. */
  readonly t?: string
  /** Helpers to import, as requirements. */
  readonly requires?: readonly string[]
  readonly facts?: Partial<RenderFacts>
}

/** Renders a template string. */
export function renderString(body: string, { t = 'null', requires = [], facts = {} }: RenderOptions = {}): string {
  const template = parseTemplateString('test', body, ['t@v1', ...requires].map(parseRequirement))
  const result = renderTemplate(template, dataOf(t), { ...FACTS, ...facts })
  return result.kind === 'text' ? result.text : `<lookup ${result.name}>`
}

/** Renders `{{helper args}}` with the helper imported from its owner; `t` is `settings.t` as JSON. */
export function callHelper(helper: string, args: string, t: string, facts: Partial<RenderFacts> = {}): string {
  const requires = [`${String(ownerOf(helper))}@v1(helpers=[${helper}])`]
  return renderString(`{{${helper} ${args}}}`, { t, requires, facts })
}

/** Renders a template file of a format; `settings.t` is JSON. */
export function renderFormat(format: OutputFormat, body: string, t: string, helpers: readonly string[] = []): string {
  const head = `output-format = "${format}"\n[required-extensions]\nt = "v1"\nstd = { version = "v1", helpers = ${JSON.stringify(helpers)} }\n+++\n`
  const result = renderTemplate(parseTemplate('test', head + body), dataOf(t), FACTS)
  return result.kind === 'text' ? result.text : `<lookup ${result.name}>`
}

/** What a function throws, which must be a PipelineError. */
export function failureOf(run: () => unknown): PipelineError {
  try {
    run()
  } catch (error) {
    if (error instanceof PipelineError) return error
    throw error
  }
  throw new Error('it did not fail')
}
