/** Renders a template of the package for tests, with facts that each test can name. */
import { PipelineError } from '../../src/lib/errors.ts'
import { jsonObject, toJson, type JsonObject } from '../../src/lib/json.ts'
import { parseTemplate, renderTemplate, type Template } from '../../src/schnauzer/template.ts'
import { templateText } from '../../src/variants/load.ts'

const OS = jsonObject({ arch: 'x86_64', build_id: 'b', pretty_name: 'p', variant_id: 'aws-ecs-2', version_id: '1' })

const parsed = new Map<string, Template>()

function templateOf(name: string): Template {
  const known = parsed.get(name)
  if (known !== undefined) return known
  const [file = '', kubernetesVersion] = name.split('@')
  const variant = kubernetesVersion === undefined ? {} : { kubernetesVersion }
  const template = parseTemplate(name, templateText(variant, file))
  parsed.set(name, template)
  return template
}

export interface Facts {
  readonly cpus?: number
  readonly efaAttached?: boolean
  readonly resolve?: Readonly<Record<string, readonly string[]>>
}

/** The text of a file, by the template's name below `src/templates`; `name@1.30` for a version of Kubernetes. */
export function render(name: string, settings: object, facts: Facts = {}): string {
  const template = templateOf(name)
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
