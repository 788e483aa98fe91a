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

interface Inspected {
  readonly result: Inspection | PipelineError
  /** Settings that the template needs and that are not set. */
  readonly missing: readonly (readonly string[])[]
}

/** Looks at a file; settings that it misses are stood in for, since most are only known on a host. */
function inspect(template: Template, data: TemplateData): Inspected {
  let { settings } = data
  const missing: (readonly string[])[] = []
  for (;;) {
    try {
      return { result: inspectTemplate(template, { ...data, settings }, FACTS), missing }
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error
      const path = segmentsOf(error.details['settingsPath'])
      const isMissing = error.code === 'TEMPLATE_VALUE_MISSING' && path?.[0] === 'settings' && path.length > 2
      if (!isMissing || missing.length === MAX_STAND_INS) return { result: error, missing }
      missing.push(path)
      settings = withValue(settings, path.slice(1), STAND_IN) as JsonObject
    }
  }
}

/** What rendering for a variant starts from. */
interface VariantFiles {
  readonly defaults: JsonObject | undefined
  readonly files: readonly TemplateFile[]
}

async function readVariantFiles(variant: Variant): Promise<VariantFiles> {
  const set = new RenderSet(SHIPPED_FILES)
  const known = templatesOf(variant)
  const data = loadDefaults(variant)
  const [defaults, listed] = [member(data, 'settings'), member(data, 'configuration-files')]
  const wanted = Object.values(isJsonObject(listed) ? listed : {}).map(
    async (file): Promise<TemplateFile | undefined> => {
      const [path, templatePath] = [member(file, 'path'), member(file, 'template-path')]
      const name = typeof templatePath === 'string' ? known.get(templatePath) : undefined
      if (name === undefined || typeof path !== 'string') return undefined
      return { path, template: await set.file(name, templateText(variant, name)) }
    },
  )
  const files = (await Promise.all(wanted)).filter((file) => file !== undefined)
  return { defaults: isJsonObject(defaults) ? defaults : undefined, files }
}

const readVariants = new WeakMap<Variant, Promise<VariantFiles>>()

/** Read and compiled once for each variant: many documents are checked in one run. */
function filesOf(variant: Variant): Promise<VariantFiles> {
  const files = readVariants.get(variant) ?? readVariantFiles(variant)
  readVariants.set(variant, files)
  return files
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

  /** Whether the document holds just this. */
  hasAll(path: readonly string[]): boolean {
    return this.find(path)?.length === path.length - 1
  }

  /** Where the name of an entry in a list of registries stands. */
  withRegistry(path: readonly string[]): readonly string[] {
    const named = [...path, 'registry']
    return /^\d+$/.test(path.at(-1) ?? '') && this.hasAll(named) ? named : path
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

/** What is the matter with one setting, and in which files. */
interface Matter {
  readonly path: readonly string[]
  readonly isKey: boolean
  readonly code: ErrorCode
  readonly message: (files: readonly string[]) => string
  readonly files: string[]
}

/** The findings about single values, each told once with all files that it is about. */
class ValueFindings {
  private readonly matters = new Map<string, Matter>()
  private readonly places: Places
  private readonly release: string

  constructor(places: Places, release: string) {
    this.places = places
    this.release = release
  }

  add({ path: file, template }: TemplateFile, data: TemplateData): void {
    const { result, missing } = inspect(template, data)
    for (const path of missing) this.addMissing(file, path)
    if (result instanceof PipelineError) {
      this.addFailure(file, result)
      return
    }
    for (const value of result.values) {
      if (value.path?.[0] !== 'settings' || !this.places.has(value.path)) continue
      const difference = differenceOf(value, template.outputFormat, result)
      if (difference === undefined) continue
      const code = difference.kind === 'escaped' ? 'COMPAT_HTML_ESCAPED' : 'COMPAT_UNQUOTED'
      const message = (files: readonly string[]): string => differenceMessage(difference, this.release, files)
      this.note(file, { code, path: value.path, isKey: value.isKey, message })
    }
  }

  /** A member that something in the document lacks; other settings may come from generators. */
  private addMissing(file: string, path: readonly string[]): void {
    if (path.length < 4 || !this.places.hasAll(path.slice(0, -1))) return
    const reason = `it needs '${path.at(-1) ?? ''}' here`
    this.note(file, { code: 'TEMPLATE_VALUE_MISSING', path, isKey: true, message: unrendered(reason) })
  }

  private addFailure(file: string, error: PipelineError): void {
    const path = segmentsOf(error.details['settingsPath'])
    const [diagnostic] = error.diagnostics
    if (path === undefined || diagnostic === undefined || !this.places.has(path)) return
    // an entry of a list that cannot be written is one whose name cannot
    const isKey = /^\d+$/.test(path.at(-1) ?? '')
    this.note(file, { code: error.code, path, isKey, message: unrendered(diagnostic.message) })
  }

  private note(file: string, matter: Omit<Matter, 'files'>): void {
    const path = matter.isKey ? this.places.withRegistry(matter.path) : matter.path
    const id = JSON.stringify([matter.code, path, matter.message([])])
    const known = this.matters.get(id)
    if (known === undefined) this.matters.set(id, { ...matter, path, files: [file] })
    else if (!known.files.includes(file)) known.files.push(file)
  }

  all(): Diagnostic[] {
    return [...this.matters.values()].map(({ code, path, isKey, message, files }) => {
      const isName = isKey && path.at(-1) !== 'registry'
      return warning(code, path, message(files), this.places.place(path, isName))
    })
  }
}

const unrendered =
  (reason: string) =>
  (files: readonly string[]): string =>
    `${files.join(', ')} cannot be rendered: ${reason}`

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
  const { defaults, files: all } = await filesOf(variant)
  const settings = effective ?? (over(defaults, parsed.settings) as JsonObject)
  const { name, release, buildId } = variant
  const os = jsonObject({
    ...{ arch: 'x86_64', variant_id: name, version_id: release, build_id: buildId },
    pretty_name: `Bottlerocket OS ${release} (${name})`,
  })
  const places = new Places(accepted)
  const values = new ValueFindings(places, release)
  const groups = Object.keys(parsed.settings)
  const files = all.filter(({ template }) => groups.some((group) => template.requiredExtensions.includes(group)))
  for (const file of files) values.add(file, { settings, os })
  return [...values.all(), ...groupFindings(settings, files).flatMap((finding) => placed(finding, places))]
}
