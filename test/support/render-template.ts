/** Renders a template of the package for tests, with facts that each test can name. */
import { readFileSync } from 'node:fs'
import { PipelineError } from '../../src/lib/errors.ts'
import { jsonObject, toJson, type JsonObject } from '../../src/lib/json.ts'
import { packageFile } from '../../src/lib/package-root.ts'
import { parseTemplate, renderTemplate } from '../../src/schnauzer/template.ts'

const OS = jsonObject({ arch: 'x86_64', build_id: 'b', pretty_name: 'p', variant_id: 'aws-ecs-2', version_id: '1' })

export interface Facts {
  readonly cpus?: number
  readonly efaAttached?: boolean
  readonly resolve?: Readonly<Record<string, readonly string[]>>
}

/** The text of a file, by the template's name below `src/templates`. */
export function render(name: string, settings: object, facts: Facts = {}): string {
  const template = parseTemplate(name, readFileSync(packageFile(`src/templates/${name}`), 'utf8'))
  const data = { settings: toJson(settings) as JsonObject, os: OS }
  const { cpus = 2, efaAttached = false, resolve = {} } = facts
  const result = renderTemplate(template, data, { cpus, efaAttached, resolve: new Map(Object.entries(resolve)) })
  if (result.kind === 'lookup') throw new Error(`asked for ${result.name}`)
  return result.text
}

/** The code of the error that rendering ends with, or `rendered`. */
export const failure = (name: string, settings: object): string => {
  try {
    render(name, settings)
  } catch (error) {
    if (error instanceof PipelineError) return error.code
    throw error
  }
  return 'rendered'
}
