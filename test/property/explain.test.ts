/**
 * `explain` names for every setting exactly the files that are seen to change when it changes, over documents in which any
 * two settings meet with every two of their values.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Experiments, imageFacts } from '../../src/cli/explain/experiments.ts'
import { firstAt, withValue } from '../../src/cli/explain/value-classes.ts'
import { coveringRows } from '../../src/cli/explain/covering-rows.ts'
import { PipelineError } from '../../src/lib/errors.ts'
import { isJsonObject, jsonEquals, jsonObject, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import type { CatalogueEntry } from '../../src/model/catalogue.ts'
import { loadModel, type ModelName } from '../../src/model/models.ts'
import { RenderSet } from '../../src/schnauzer/render-set.ts'
import { renderParts, type Template } from '../../src/schnauzer/render.ts'
import { SHIPPED_FILES } from '../../src/schnauzer/shipped-files.ts'
import { variantCatalogue } from '../../src/variants/catalogue.ts'
import { loadDefaults, templateText } from '../../src/variants/load.ts'
import { filesOf } from '../../src/variants/rendered-files.ts'
import { findVariant, listVariants, type Variant } from '../../src/variants/variant.ts'
import { changesBetween, Reads } from '../support/watched-settings.ts'
import { documented } from './arbitraries.ts'

const FACTS = { cpus: 2, efaAttached: false }
const MAX_VALUES = 3
const SAMPLES = 12
/** Every so many of the changes that nobody could have seen are tried all the same. */
const TRIED_ANYWAY = 499

/** One of each family and model, old and new; all of them with EXPLAIN_ALL=1. */
const VARIANTS =
  process.env['EXPLAIN_ALL'] === '1'
    ? listVariants()
    : [
        'aws-k8s-1.23',
        'aws-k8s-1.31-nvidia',
        'metal-k8s-1.29',
        'vmware-k8s-1.30',
        'aws-ecs-1',
        'aws-ecs-2-nvidia',
        'metal-dev',
      ]

function stored(tree: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(tree)) return tree
  const members = Object.entries(tree).flatMap(([name, value]) => {
    const kept = stored(value)
    return kept === undefined ? [] : [[name, kept] as const]
  })
  return members.length === 0 ? undefined : jsonObject(Object.fromEntries(members))
}

function over(below: JsonValue | undefined, above: JsonValue): JsonValue {
  if (!isJsonObject(below) || !isJsonObject(above)) return above
  const result = jsonObject(below)
  for (const [name, value] of Object.entries(above)) result[name] = over(below[name], value)
  return result
}

interface Corpus {
  /** Tables under chosen names, each with one name and nothing in it. */
  readonly tables: JsonObject
  readonly factors: readonly CatalogueEntry[]
  readonly values: ReadonlyMap<string, readonly JsonValue[]>
  readonly rows: readonly (readonly number[])[]
}

const corpora = new Map<ModelName, Corpus>()

/** Settings documents of a model: values from the examples and from arbitraries, in pairwise combination. */
function corpusOf(variant: Variant): Corpus {
  const known = corpora.get(variant.modelName)
  if (known !== undefined) return known
  const model = loadModel(variant.modelName)
  const entries = variantCatalogue(variant).settings
  let tables: JsonValue = jsonObject()
  for (const { kind, names, path, examples } of entries) {
    if (kind !== 'table' || names === undefined) continue
    const [example] = examples
    const name = (isJsonObject(example) ? Object.keys(example)[0] : undefined) ?? names.allowed?.[0] ?? 'chosen'
    tables = withValue(tables, [...path, name], jsonObject())
  }
  let whole: JsonValue = tables
  for (const { kind, path, examples } of entries) {
    if (kind === 'setting' && examples[0] !== undefined) whole = withValue(whole, path, examples[0])
  }
  const values = new Map<string, readonly JsonValue[]>()
  for (const entry of entries.filter(({ kind }) => kind !== 'table')) {
    const samples = fc.sample(documented(entry.type), { numRuns: SAMPLES, seed: 11 })
    const accepted: JsonValue[] = []
    for (const value of [...entry.examples, ...(entry.allowed ?? []), ...samples]) {
      if (accepted.length === MAX_VALUES) break
      const group = jsonObject({ [entry.group]: firstAt(whole, [entry.group]) ?? jsonObject() })
      const parsed = model.parse(withValue(group, entry.path, value))
      const normal = parsed.ok ? firstAt(parsed.settings, entry.path) : undefined
      if (normal !== undefined && !accepted.some((one) => jsonEquals(one, normal))) accepted.push(normal)
    }
    values.set(entry.key, accepted)
  }
  const factors = entries.filter(({ kind }) => kind === 'setting')
  const rows = coveringRows(factors.map(({ key }) => (values.get(key)?.length ?? 0) + 1))
  const corpus = { tables: tables as JsonObject, factors, values, rows }
  corpora.set(variant.modelName, corpus)
  return corpus
}

function contentOf(template: Template, settings: JsonObject, os: JsonObject): string | undefined {
  try {
    return renderParts(template, { settings, os }, FACTS).text
  } catch (error) {
    if (error instanceof PipelineError) return undefined
    throw error
  }
}

const templates = new RenderSet(SHIPPED_FILES)

interface WatchedFile {
  readonly path: string
  readonly template: Template
  readonly reads: Reads
  readonly content: string | undefined
}

/** All files for some settings, with what their templates read. */
function watchedFiles(files: readonly Pick<WatchedFile, 'path' | 'template'>[], settings: JsonObject, os: JsonObject) {
  return files.map((file): WatchedFile => {
    const reads = new Reads()
    return { ...file, reads, content: contentOf(file.template, reads.watch(settings), os) }
  })
}

/** Settings with another content of one group. */
function withGroup(settings: JsonObject, group: string, content: JsonValue | undefined): JsonObject {
  const others = Object.entries(settings).filter(([name]) => name !== group)
  return jsonObject(Object.fromEntries(content === undefined ? others : [...others, [group, content]]))
}

/** The files that are seen to change with each setting. */
async function seenToChange(variant: Variant): Promise<Map<string, Set<string>>> {
  const { tables, factors, values, rows } = corpusOf(variant)
  const defaults = loadDefaults(variant)['settings'] as JsonObject
  const os = imageFacts(variant)
  const files = await Promise.all(
    filesOf(variant).map(async ({ path, template }) => ({
      path,
      template: await templates.file(template, templateText(variant, template)),
    })),
  )
  const subjects = variantCatalogue(variant).settings.filter(({ kind }) => kind !== 'table')
  const seen = new Map(subjects.map(({ key }) => [key, new Set<string>()]))
  let skipped = 0
  for (const row of rows) {
    let tree: JsonValue = over(defaults, tables)
    factors.forEach(({ key, path }, i) => {
      const value = values.get(key)?.[(row[i] ?? 0) - 1]
      if (value !== undefined) tree = withValue(tree, path, value)
    })
    const settings = (stored(tree) ?? jsonObject()) as JsonObject
    const rendered = watchedFiles(files, settings, os)
    for (const { key, path, kind, group } of subjects) {
      const known = seen.get(key) as Set<string>
      const open = rendered.filter((file) => file.content !== undefined && !known.has(file.path))
      for (const value of [...(kind === 'part' ? [] : [undefined]), ...(values.get(key) ?? [])]) {
        const changed = withValue(jsonObject({ [group]: firstAt(tree, [group]) ?? jsonObject() }), path, value)
        const content = stored(over(defaults[group], (changed as JsonObject)[group] ?? null) ?? null)
        const places = changesBetween(settings[group], content ?? undefined, `\u0000${group}`)
        const after = withGroup(settings, group, content ?? undefined)
        for (const file of open) {
          if (known.has(file.path)) continue
          const isVisible = file.reads.couldSee(places)
          if (!isVisible && skipped++ % TRIED_ANYWAY !== 0) continue
          const text = contentOf(file.template, after, os)
          // what was read is all that can make a difference
          if (!isVisible) expect(text).toBe(file.content)
          if (text !== undefined && text !== file.content) known.add(file.path)
        }
      }
    }
  }
  return seen
}

describe('the files that explain names', () => {
  it.each(VARIANTS)(
    'are those seen to change on %s',
    async (name) => {
      const variant = findVariant(name)
      const seen = await seenToChange(variant)
      const experiments = new Experiments(variant)
      const named = new Map<string, string[]>()
      for (const setting of variantCatalogue(variant).settings.filter(({ kind }) => kind !== 'table')) {
        named.set(setting.key, (await experiments.filesOf(setting)).map(({ file }) => file.path).sort())
      }
      expect(Object.fromEntries(named)).toEqual(
        Object.fromEntries([...seen].map(([key, files]) => [key, [...files].sort()])),
      )
      expect([...named.values()].filter((files) => files.length > 0).length).toBeGreaterThan(20)
    },
    120_000,
  )
})

describe('rows that cover all pairs', () => {
  const coversAll = (levels: readonly number[], rows: readonly (readonly number[])[]): boolean =>
    levels.every((count, a) =>
      levels.every(
        (others, b) =>
          a >= b || new Set(rows.map((row) => `${String(row[a])} ${String(row[b])}`)).size === count * others,
      ),
    )
  const anyLevels = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 12 })

  it('do', () => {
    fc.assert(
      fc.property(anyLevels, (levels) => levels.length < 2 || coversAll(levels, coveringRows(levels))),
      { numRuns: 50 },
    )
  })
})
