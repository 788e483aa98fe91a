/**
 * Which files a setting ends up in: those for which two renderings exist that differ in nothing but the setting and in the
 * file. So a file is named only with a proof, and never because its template merely mentions the setting; that none is
 * missed rests on the renderings that are tried: the setting with each of its kinds of values, among rows of a covering
 * array over everything else, in which any two conditions of a template meet in every combination.
 */
import { PipelineError } from '../../lib/errors.ts'
import { isJsonObject, jsonObject, printJson, type JsonObject, type JsonValue } from '../../lib/json.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { loadModel, type ModelName } from '../../model/models.ts'
import { lazily } from '../../model/types.ts'
import { renderParts, type Template, type TemplateData } from '../../schnauzer/render.ts'
import { RenderSet } from '../../schnauzer/render-set.ts'
import { SHIPPED_FILES } from '../../schnauzer/shipped-files.ts'
import { variantCatalogue } from '../../variants/catalogue.ts'
import { loadDefaults, templateText } from '../../variants/load.ts'
import { filesOf, type VariantFile } from '../../variants/rendered-files.ts'
import type { Variant } from '../../variants/variant.ts'
import { coveringRows } from './covering-rows.ts'
import { firstAt, ValueClasses, withValue } from './value-classes.ts'

/** Two settings trees that differ in one setting, and so do the contents of a file. */
export interface Witness {
  readonly before: JsonObject
  readonly after: JsonObject
}

export interface FileWitnesses {
  readonly file: VariantFile
  /** At least one: with as little and with as much set as possible, where that makes a difference. */
  readonly witnesses: readonly Witness[]
}

/** The host of the experiments. */
export const FACTS = { cpus: 2, efaAttached: false }

/** What the image says of itself, where no image is there to ask. */
export function imageFacts({ name, release, buildId }: Variant): JsonObject {
  return jsonObject({
    ...{ arch: 'x86_64', variant_id: name, version_id: release, build_id: buildId },
    pretty_name: `Bottlerocket OS ${release} (${name})`,
  })
}

/** A tree as a datastore gives it back: without empty tables. */
function stored(tree: JsonValue): JsonValue | undefined {
  if (!isJsonObject(tree)) return tree
  const result = jsonObject()
  for (const [name, value] of Object.entries(tree)) {
    const kept = stored(value)
    if (kept !== undefined) result[name] = kept
  }
  return Object.keys(result).length === 0 ? undefined : result
}

function merged(below: JsonValue | undefined, above: JsonValue): JsonValue {
  if (!isJsonObject(below) || !isJsonObject(above)) return above
  const result = jsonObject(below)
  for (const [name, value] of Object.entries(above)) result[name] = merged(below[name], value)
  return result
}

/** The settings of a model that vary, and how they are combined. */
interface Plan {
  readonly classes: ValueClasses
  readonly factors: readonly CatalogueEntry[]
  /** Levels: 0 leaves the default, others are values. Made when they are needed. */
  readonly rows: () => readonly (readonly number[])[]
}

const plans = new Map<ModelName, Plan>()

function planOf(variant: Variant): Plan {
  const known = plans.get(variant.modelName)
  if (known !== undefined) return known
  const entries = variantCatalogue(variant).settings
  const classes = new ValueClasses(loadModel(variant.modelName), entries)
  const factors = entries.filter(({ kind }) => kind === 'setting')
  const rows = lazily(() => coveringRows(factors.map((entry) => classes.of(entry).length + 1)))
  const plan = { classes, factors, rows }
  plans.set(variant.modelName, plan)
  return plan
}

const templates = new RenderSet(SHIPPED_FILES)
const byText = new Map<string, Template>()

async function templateOf(variant: Variant, name: string): Promise<Template> {
  const text = templateText(variant, name)
  const template = byText.get(text) ?? (await templates.file(name, text))
  byText.set(text, template)
  return template
}

/** The content of a file, or nothing if these settings cannot make it. */
function contentOf(template: Template, data: TemplateData): string | undefined {
  try {
    return renderParts(template, data, FACTS).text
  } catch (error) {
    if (error instanceof PipelineError) return undefined
    throw error
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/**
 * Whether a template's text could read a setting: only if it has the last name of it, or reads a table around it as a whole.
 */
function mayRead(text: string, path: readonly string[]): boolean {
  const names = path.filter((step) => step !== '*' && step !== '[]')
  if (text.includes(names.at(-1) ?? '')) return true
  const prefixes = names.slice(0, -1).map((_, i) =>
    names
      .slice(0, i + 1)
      .map(escaped)
      .join('\\.'),
  )
  return new RegExp(`settings\\.(?:${prefixes.join('|')})(?![\\w.-])`).test(text)
}

/** What is set beside the setting: what a plain boot has, all there is, or a row of the covering array. */
type Row = 'plain' | 'full' | number
const ROWS = ['plain', 'full'] as const

/** Settings and files of one variant. */
export class Experiments {
  private readonly variant: Variant
  private readonly plan: Plan
  private readonly defaults: JsonObject
  private readonly os: JsonObject
  private readonly trees = new Map<Row, JsonObject>()

  constructor(variant: Variant) {
    this.variant = variant
    this.plan = planOf(variant)
    const { settings } = loadDefaults(variant)
    this.defaults = isJsonObject(settings) ? settings : jsonObject()
    this.os = imageFacts(variant)
  }

  /** What a boot makes of the defaults: settings that programs fill in have a value. */
  private filled(): JsonObject {
    let tree: JsonValue = merged(this.defaults, this.plan.classes.emptyTables)
    for (const { path, kind, origins } of variantCatalogue(this.variant).settings) {
      if (kind !== 'setting' || origins.length === 0 || origins.some((origin) => origin.kind === 'default')) continue
      tree = withValue(tree, path, firstAt(this.plan.classes.full, path))
    }
    return tree as JsonObject
  }

  /** Everything that can be set. */
  private everything(): JsonObject {
    return merged(this.defaults, this.plan.classes.full) as JsonObject
  }

  private combined(row: number): JsonObject {
    const { factors, rows, classes } = this.plan
    let tree: JsonValue = merged(this.defaults, classes.emptyTables)
    factors.forEach((factor, i) => {
      const value = classes.of(factor)[(rows()[row]?.[i] ?? 0) - 1]
      if (value !== undefined) tree = withValue(tree, factor.path, value)
    })
    return tree as JsonObject
  }

  /** The settings of a row. Tables under chosen names may be empty. */
  private tree(row: Row): JsonObject {
    const make = (): JsonObject =>
      row === 'plain' ? this.filled() : row === 'full' ? this.everything() : this.combined(row)
    const tree = this.trees.get(row) ?? make()
    this.trees.set(row, tree)
    return tree
  }

  /** The two settings trees of a row between which the content of a file changes, if there are such. */
  private witnessIn(row: Row, template: Template, entry: CatalogueEntry, path: readonly string[]): Witness | undefined {
    const tree = this.tree(row)
    const dataOf = (settings: JsonValue): TemplateData => {
      const kept = stored(settings)
      return { settings: isJsonObject(kept) ? kept : jsonObject(), os: this.os }
    }
    const isPart = entry.kind === 'part'
    const unset = isPart ? tree : withValue(tree, path, undefined)
    // what a variant has by default cannot be taken away
    const values = [isPart ? tree : merged(this.defaults, unset)]
    const all = [...values, ...this.plan.classes.of(entry).map((value) => withValue(tree, path, value))]
    let before: { readonly data: TemplateData; readonly text: string } | undefined
    for (const settings of all) {
      const data = dataOf(settings)
      const text = contentOf(template, data)
      if (text === undefined) continue
      if (before !== undefined && before.text !== text) return { before: before.data.settings, after: data.settings }
      before ??= { data, text }
    }
    return undefined
  }

  /**
   * The files that change when a setting changes, and how.
   *
   * @param path of the setting; names in it may be concrete
   */
  async filesOf(entry: CatalogueEntry, path: readonly string[] = entry.path): Promise<readonly FileWitnesses[]> {
    const found: FileWitnesses[] = []
    for (const file of filesOf(this.variant)) {
      const text = templateText(this.variant, file.template)
      if (!mayRead(text, entry.path)) continue
      const template = await templateOf(this.variant, file.template)
      if (!template.requiredExtensions.includes(entry.group)) continue
      const first = ROWS.flatMap((row) => this.witnessIn(row, template, entry, path) ?? [])
      const witnesses = first.length > 0 ? first : this.search(template, entry, path)
      if (witnesses.length > 0) found.push({ file, witnesses })
    }
    return found
  }

  private search(template: Template, entry: CatalogueEntry, path: readonly string[]): readonly Witness[] {
    for (let row = 0; row < this.plan.rows().length; row++) {
      const witness = this.witnessIn(row, template, entry, path)
      if (witness !== undefined) return [witness]
    }
    return []
  }
}

/** What decides which files a setting changes, as text: the same on variants that share it. */
export function experimentKey(variant: Variant, group: string): string {
  const { settings } = loadDefaults(variant)
  const files = filesOf(variant).flatMap(({ path, template }) => {
    const text = templateText(variant, template)
    return text.includes(`${group} =`) ? [[path, text]] : []
  })
  return printJson([variant.modelName, isJsonObject(settings) ? settings : null, files])
}
