/** See `templates.mjs`. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseJson } from '../../src/lib/json-parse.ts'
import { jsonObject, member, type JsonObject } from '../../src/lib/json.ts'
import { PipelineError } from '../../src/lib/errors.ts'
import { RenderSet } from '../../src/schnauzer/render-set.ts'
import { renderTemplate, type Template, type TemplateData } from '../../src/schnauzer/render.ts'
import type { ShippedTemplates } from '../../src/schnauzer/shipped.ts'
import { templatesOf, templateText } from '../../src/variants/load.ts'
import { findVariant } from '../../src/variants/variant.ts'
import { shippedFiles } from '../tooling/shipped-templates.ts'

const VARIANT = 'aws-k8s-1.30'
const EXAMPLE = 'src/cli/examples/aws-k8s.toml'
const ROUNDS = 60
const AIM_MS = 10
const FACTS = { cpus: 2, efaAttached: false, resolve: new Map<string, readonly string[]>() }

interface File {
  readonly name: string
  readonly text: string
}

/** Settings as a boot would have them. */
function effectiveSettings(): JsonObject {
  const args = ['dist/bottlerocket.js', 'render', '--variant', VARIANT, '--user-data', EXAMPLE, '--format', 'json']
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (status !== 0) throw new Error(stderr)
  return member(parseJson(stdout), 'settings') as JsonObject
}

async function loadShipped(): Promise<ShippedTemplates> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'bench-templates-'))
  const file = path.join(directory, 'shipped.mjs')
  writeFileSync(file, shippedFiles())
  const { SHIPPED_FILES } = (await import(pathToFileURL(file).href)) as { SHIPPED_FILES: ShippedTemplates }
  rmSync(directory, { recursive: true })
  return SHIPPED_FILES
}

/** Renders a file; one that lacks a setting here counts as well. */
function render(template: Template, data: TemplateData): number {
  try {
    const result = renderTemplate(template, data, FACTS)
    return result.kind === 'text' ? result.text.length : 0
  } catch (error) {
    if (error instanceof PipelineError) return 0
    throw error
  }
}

interface Round {
  readonly loadMs: number
  readonly renderMs: number
}

/** One pass over every file with a set of its own: making the templates ready, and rendering them. */
async function pass(files: readonly File[], shipped: ShippedTemplates, data: TemplateData): Promise<Round> {
  const set = new RenderSet(shipped)
  const start = performance.now()
  const templates: Template[] = []
  for (const { name, text } of files) templates.push(await set.file(name, text))
  // Handlebars compiles at the first rendering: an empty one, which mostly fails at once
  for (const template of templates) render(template, { settings: jsonObject(), os: jsonObject() })
  const loaded = performance.now()
  for (const template of templates) render(template, data)
  return { loadMs: loaded - start, renderMs: performance.now() - loaded }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

async function measure(
  title: string,
  files: readonly File[],
  shipped: ShippedTemplates,
  data: TemplateData,
): Promise<number> {
  const rounds: Round[] = []
  for (let i = 0; i < ROUNDS; i++) rounds.push(await pass(files, shipped, data))
  const [first] = rounds
  const warm = rounds.slice(ROUNDS / 3)
  const [load, rendered] = [median(warm.map((each) => each.loadMs)), median(warm.map((each) => each.renderMs))]
  const total = load + rendered
  const line = [
    `  ${title.padEnd(22)}`,
    `cold ${((first?.loadMs ?? 0) + (first?.renderMs ?? 0)).toFixed(1).padStart(6)} ms`,
    `warm ${total.toFixed(2).padStart(6)} ms`,
    `${Math.round((files.length / total) * 1000)
      .toString()
      .padStart(6)} files/s`,
    `making ready ${((load / total) * 100).toFixed(0).padStart(3)} %`,
  ]
  process.stdout.write(`${line.join('  ')}\n`)
  return total
}

const variant = findVariant(VARIANT)
const files = [...templatesOf(variant).values()].map((name) => ({ name, text: templateText(variant, name) }))
const os1 = jsonObject({
  arch: 'x86_64',
  variant_id: VARIANT,
  version_id: variant.release,
  build_id: 'b',
  pretty_name: 'p',
})
const data = { settings: effectiveSettings(), os: os1 }
process.stdout.write(
  `\ntemplates of ${VARIANT}: ${String(files.length)} files in one process (aim: under ${String(AIM_MS)} ms warm)\n`,
)
const shippedMs = await measure('compiled by the build', files, await loadShipped(), data)
const compiledMs = await measure('compiled on demand', files, new Map(), data)
process.stdout.write(`  the build's work saves ${((1 - shippedMs / compiledMs) * 100).toFixed(0)} % of a warm pass\n`)
