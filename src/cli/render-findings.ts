/**
 * What rendering has to say about settings: values that a file cannot hold, and those for which a host of the release
 * itself writes a broken or different file.
 */
import type { AcceptedSettings } from '../documents/check.ts'
import type { Diagnostic, Place } from '../lib/diagnostics.ts'
import { ERROR_CODES, type ErrorCode } from '../lib/error-codes.ts'
import { PipelineError } from '../lib/errors.ts'
import { isJsonArray, isJsonObject, jsonObject, member, type JsonObject, type JsonValue } from '../lib/json.ts'
import type { DocumentPath } from '../lib/source-map.ts'
import { formatKey, KeyError, parseSegments } from '../model/key.ts'
import { loadModel } from '../model/models.ts'
import { inspectTemplate, type Inspection } from '../schnauzer/inspect.ts'
import { RenderSet } from '../schnauzer/render-set.ts'
import type { Template, TemplateData } from '../schnauzer/render.ts'
import { SHIPPED_FILES } from '../schnauzer/shipped-files.ts'
import { loadDefaults, templatesOf, templateText } from '../variants/load.ts'
import type { Variant } from '../variants/variant.ts'
import { differenceOf, escapeOf, type Difference } from './compat/reference-text.ts'
import { ignoredSpotDraining, repeatedRegistries, unreadableAuthData, type Finding } from './compat/registries.ts'

/** One file of the variant and its template. */
interface TemplateFile {
  readonly path: string
  readonly template: Template
}

const FACTS = { cpus: 2, efaAttached: false }
/** Stands for a setting that is only known on a host. */
const STAND_IN = 'x'
const MAX_STAND_INS = 40

/** Later values over earlier ones, maps member by member, as the datastore keeps them. */
function over(below: JsonValue | undefined, above: JsonValue): JsonValue {
  if (!isJsonObject(below) || !isJsonObject(above)) return above
  const merged = jsonObject(below)
  for (const [name, value] of Object.entries(above)) merged[name] = over(below[name], value)
  return merged
}

/** A tree with a value at a path, which leads through maps and lists. */
function withValue(tree: JsonValue | undefined, path: readonly string[], value: JsonValue): JsonValue {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (isJsonArray(tree)) return tree.map((item, i) => (String(i) === step ? withValue(item, rest, value) : item))
  const base = isJsonObject(tree) ? tree : {}
  return jsonObject({ ...base, [step]: withValue(base[step], rest, value) })
}

function segmentsOf(name: unknown): readonly string[] | undefined {
  if (typeof name !== 'string') return undefined
  try {
    return parseSegments(name)
  } catch (error) {
    if (error instanceof KeyError) return undefined
    throw error
  }
}

/** Looks at a file; settings that it misses and that nobody can know here are stood in for. */
function inspect(template: Template, data: TemplateData): Inspection | PipelineError {
  let { settings } = data
  for (let missing = 0; ; missing++) {
    try {
      return inspectTemplate(template, { ...data, settings }, FACTS)
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error
      const path = segmentsOf(error.details['settingsPath'])
      const isMissing = error.code === 'TEMPLATE_VALUE_MISSING' && path?.[0] === 'settings' && path.length > 2
      if (!isMissing || missing === MAX_STAND_INS) return error
      settings = withValue(settings, path.slice(1), STAND_IN) as JsonObject
    }
  }
}

async function templateFiles(variant: Variant, groups: ReadonlySet<string>): Promise<TemplateFile[]> {
  const set = new RenderSet(SHIPPED_FILES)
  const known = templatesOf(variant)
  const files = member(loadDefaults(variant), 'configuration-files')
  const wanted = Object.values(isJsonObject(files) ? files : {}).map(
    async (file): Promise<TemplateFile | undefined> => {
      const [path, templatePath] = [member(file, 'path'), member(file, 'template-path')]
      const name = typeof templatePath === 'string' ? known.get(templatePath) : undefined
      if (name === undefined || typeof path !== 'string') return undefined
      const template = await set.file(name, templateText(variant, name))
      return template.requiredExtensions.some((group) => groups.has(group)) ? { path, template } : undefined
    },
  )
  return (await Promise.all(wanted)).filter((file) => file !== undefined)
}

/** Where a setting stands in a document, as far down as the document goes along. */
class Places {
  private readonly accepted: AcceptedSettings

  constructor(accepted: AcceptedSettings) {
    this.accepted = accepted
  }

  /** The document's own path of a setting; undefined if it sets no part of it below a group's setting. */
  private find(path: readonly string[]): DocumentPath | undefined {
    const found: (string | number)[] = []
    let node: JsonValue | undefined = this.accepted.settings
    for (const segment of path.slice(1)) {
      const step = isJsonArray(node) ? Number(segment) : segment
      const next: JsonValue | undefined = isJsonArray(node) ? node[Number(segment)] : member(node, segment)
      if (next === undefined) break
      found.push(step)
      node = next
    }
    return found.length < 2 && found.length < path.length - 1 ? undefined : found
  }

  has(path: readonly string[]): boolean {
    return this.find(path) !== undefined
  }

  place(path: readonly string[], isKey: boolean): Place | undefined {
    const found = this.find(path)
    if (found === undefined) return undefined
    const { sourceMap, at } = this.accepted
    const full = [...at, ...found]
    return (isKey ? sourceMap.key(full) : sourceMap.value(full)) ?? sourceMap.value(full) ?? sourceMap.key(full)
  }
}

function warning(code: ErrorCode, path: readonly string[], message: string, at: Place | undefined): Diagnostic {
  const { hint } = ERROR_CODES[code]
  return { code, severity: 'warning', path: formatKey(path), message, hint, ...(at === undefined ? {} : { at }) }
}

function differenceMessage(difference: Difference, release: string, files: readonly string[]): string {
  const where = files.join(', ')
  if (difference.kind === 'unquoted') {
    return `a host of release ${release} writes this value to ${where} without the quotes or escapes that it needs there`
  }
  const pairs = difference.characters.map((character) => `${character} as ${escapeOf(character)}`)
  return `a host of release ${release} writes ${pairs.join(', ')} in this value to ${where}`
}

interface Different {
  readonly path: readonly string[]
  readonly isKey: boolean
  readonly difference: Difference
  readonly files: string[]
}

/** The findings about single values, each told once with all files that it is about. */
class ValueFindings {
  private readonly different = new Map<string, Different>()
  private readonly failed = new Map<string, Diagnostic>()
  private readonly places: Places

  constructor(places: Places) {
    this.places = places
  }

  add({ path: file, template }: TemplateFile, data: TemplateData): void {
    const inspection = inspect(template, data)
    if (inspection instanceof PipelineError) {
      this.addFailure(file, inspection)
      return
    }
    for (const value of inspection.values) {
      const { path, isKey } = value
      if (path?.[0] !== 'settings' || !this.places.has(path)) continue
      const difference = differenceOf(value, template.outputFormat, inspection)
      if (difference === undefined) continue
      const id = JSON.stringify([path, isKey, difference])
      const known = this.different.get(id)
      if (known === undefined) this.different.set(id, { path, isKey, difference, files: [file] })
      else if (!known.files.includes(file)) known.files.push(file)
    }
  }

  private addFailure(file: string, error: PipelineError): void {
    const path = segmentsOf(error.details['settingsPath'])
    const [diagnostic] = error.diagnostics
    if (path === undefined || diagnostic === undefined || !this.places.has(path)) return
    const message = `${file} cannot be rendered: ${diagnostic.message}`
    this.failed.set(
      `${error.code} ${formatKey(path)}`,
      warning(error.code, path, message, this.places.place(path, false)),
    )
  }

  all(release: string): Diagnostic[] {
    const different = [...this.different.values()].map(({ path, isKey, difference, files }) => {
      const code = difference.kind === 'escaped' ? 'COMPAT_HTML_ESCAPED' : 'COMPAT_UNQUOTED'
      return warning(code, path, differenceMessage(difference, release, files), this.places.place(path, isKey))
    })
    return [...this.failed.values(), ...different]
  }
}

function placed({ code, path, message, hint, other }: Finding, places: Places): Diagnostic[] {
  if (!places.has(path)) return []
  const at = places.place(path, false)
  const before = other === undefined ? undefined : places.place(other.path, false)
  return [
    {
      ...warning(code, path, message, at),
      ...(hint === undefined ? {} : { hint }),
      ...(other === undefined || before === undefined ? {} : { related: [{ message: other.message, at: before }] }),
    },
  ]
}

/** Findings about several values together. */
function groupFindings(settings: JsonObject, files: readonly TemplateFile[]): Finding[] {
  const pathsOf = (pattern: RegExp): string[] =>
    files.filter(({ template }) => pattern.test(template.name)).map(({ path }) => path)
  const agent = pathsOf(/^ecs-base-conf$/)
  return [
    ...repeatedRegistries(settings, pathsOf(/^(?:host-ctr-toml|containerd-config-toml_k8s.*)$/)),
    ...agent.flatMap((file) => [...unreadableAuthData(settings, file), ...ignoredSpotDraining(settings, file)]),
  ]
}

/**
 * Warnings about settings that nothing else is wrong with: a value that some file cannot hold (`VALUE_UNREPRESENTABLE` and
 * other codes of failed renderings), and values for which a host of the release itself writes a broken or different file
 * (`COMPAT_...`).
 *
 * @param effective the settings that files are rendered from, if they are known; else the variant's defaults with the
 *   document's settings over them
 */
export async function renderFindings(
  variant: Variant,
  accepted: AcceptedSettings,
  effective?: JsonObject,
): Promise<Diagnostic[]> {
  const parsed = loadModel(variant.modelName).parse(accepted.settings)
  if (!parsed.ok) return []
  const defaults = member(loadDefaults(variant), 'settings')
  const settings = effective ?? (over(isJsonObject(defaults) ? defaults : undefined, parsed.settings) as JsonObject)
  const { name, release, buildId } = variant
  const os = jsonObject({
    ...{ arch: 'x86_64', variant_id: name, version_id: release, build_id: buildId },
    pretty_name: `Bottlerocket OS ${release} (${name})`,
  })
  const places = new Places(accepted)
  const values = new ValueFindings(places)
  const files = await templateFiles(variant, new Set(Object.keys(parsed.settings)))
  for (const file of files) values.add(file, { settings, os })
  return [...values.all(release), ...groupFindings(settings, files).flatMap((finding) => placed(finding, places))]
}
