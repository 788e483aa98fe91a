/** Every key and every line of the golden files can be explained, and what is named is what produced it. */
import { describe, expect, it } from 'vitest'
import { ExplainedFile, type ExplainedPart } from '../../src/cli/explain/explained-file.ts'
import { recordedRun, type RecordedRun } from '../../src/cli/explain/recorded-run.ts'
import { partDetails, partJson, partTable } from '../../src/cli/explain/file-view.ts'
import { readFile } from '../../src/documents/read-file.ts'
import { systemClock } from '../../src/host/node-ports.ts'
import { isJsonArray, isJsonObject, printJson, type JsonValue } from '../../src/lib/json.ts'
import { PLAIN } from '../../src/lib/diagnostics.ts'
import { loadModel, type ModelName } from '../../src/model/models.ts'
import { decodeUtf8 } from '../../src/lib/utf8.ts'
import { releaseText, templateFile } from '../../src/variants/assets.ts'
import { filesOf, type VariantFile } from '../../src/variants/rendered-files.ts'
import { findVariant } from '../../src/variants/variant.ts'
import { goldenInput, readGolden, readTable } from '../support/golden.ts'

const CASES = ['typical', 'maximal'] as const
const VARIANTS = ['aws-k8s-1.23', 'aws-k8s-1.31-nvidia', 'aws-ecs-1', 'aws-ecs-2-nvidia', 'vmware-k8s-1.29', 'metal-dev']
const runs = CASES.flatMap((name) => VARIANTS.map((variant) => [name, variant] as const))

async function runOf(name: string, variant: string): Promise<RecordedRun> {
  const { userData, facts } = goldenInput(name, variant)
  const [source] = (await readFile(userData.bytes, userData.file)).sources
  const io = { env: {}, signal: new AbortController().signal }
  return recordedRun({ variant: findVariant(variant), userData: source, facts, clock: systemClock, io })
}

const templateLines = (file: VariantFile): readonly string[] => decodeUtf8(templateFile(file.template)).split('\n')

/** What the template says stands there, and says the key or shows what is there. */
function checkPart(part: ExplainedPart, file: VariantFile): void {
  const lines = templateLines(file)
  const where = `${file.path}:${String(part.line)} ${part.key ?? ''}`
  expect(part.template.length, where).toBeGreaterThan(0)
  for (const { line, text } of part.template) expect(text, where).toBe(lines[line - 1])
  const said = part.template.map(({ text }) => text).join('\n')
  const roles = part.settings.map(({ role }) => role)
  if (roles.every((role) => role === 'decides')) {
    // all of it is text of the template
    for (const line of part.text.split('\n')) expect(said, where).toContain(line.trim())
    return
  }
  expect(said, where).toContain('{{')
  const name = part.path?.at(-1)
  const isComputed = /\{\{\{?(?:@key|@id|this)\}\}|oci_defaults/.test(said)
  if (typeof name === 'string' && part.path?.[0] !== 'line' && !isComputed) expect(said, where).toContain(name)
}

/** The values that a part shows, as text. */
function shownTexts(part: ExplainedPart): string[] {
  const texts = (value: JsonValue | undefined): string[] => {
    if (isJsonArray(value)) return value.flatMap(texts)
    if (isJsonObject(value)) return Object.values(value).flatMap(texts)
    return typeof value === 'bigint' || typeof value === 'boolean' ? [String(value)] : []
  }
  return part.settings.filter(({ role }) => role === 'shown').flatMap(({ value }) => texts(value))
}

/** What must not be shown of a secret setting: of a list only the members that are secret themselves. */
function secretTexts(value: JsonValue, path: readonly string[], model: ModelName): string[] {
  if (isJsonArray(value)) return value.flatMap((item, i) => secretTexts(item, [...path, String(i)], model))
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([member, item]) => secretTexts(item, [...path, member], model))
  }
  if (typeof value !== 'string' || value.length < 4 || !loadModel(model).isSecret(path)) return []
  const decoded = /^[A-Za-z0-9+/]+=*$/.test(value) ? Buffer.from(value, 'base64').toString('utf8').split('\n') : []
  return [value, ...decoded.filter((line) => line.length > 8 && !/^\[|^-----/.test(line))]
}

describe.each(runs)('golden files %s of %s', (name, variant) => {
  it('are explained key by key and line by line', async () => {
    const run = await runOf(name, variant)
    expect(run.accepted).toBe(true)
    const table = readTable(name)
    let keys = 0
    for (const file of filesOf(run.variant).filter(({ path }) => run.files.has(path))) {
      const explained = await ExplainedFile.of(run, file, true)
      const owners = Object.entries(table[`files${file.path}`] ?? {}).filter(([, sharing]) => sharing.includes(variant))
      expect(owners, file.path).toHaveLength(1)
      expect(explained.text).toBe(readGolden(name, owners[0]?.[0] ?? '', `files${file.path}`))
      for (const key of explained.keys) {
        const part = explained.explainKey(key)
        checkPart(part, file)
        const isNegated = part.template.some(({ text }) => text.includes('negate_or_else'))
        for (const text of isNegated ? [] : shownTexts(part)) expect(part.text).toContain(text)
      }
      keys += explained.keys.length
      explained.text.split('\n').forEach((text, i) => {
        if (text.trim() !== '') expect(explained.explainLine(i + 1)?.template.length, text).toBeGreaterThan(0)
      })
    }
    expect(keys).toBeGreaterThan(50)
  })

  it('show no secret', async () => {
    const run = await runOf(name, variant)
    const secrets = run
      .held(['settings'])
      .filter(({ path }) => loadModel(run.variant.modelName).isSecret(path))
      .flatMap(({ value, path }) => secretTexts(value, path, run.variant.modelName))
    if (name === 'maximal') expect(secrets.length).toBeGreaterThan(2)
    for (const file of filesOf(run.variant).filter(({ path }) => run.files.has(path))) {
      const explained = await ExplainedFile.of(run, file, false)
      const parts = [
        ...explained.keys.map((key) => explained.explainKey(key)),
        ...explained.text.split('\n').flatMap((_, i) => explained.explainLine(i + 1) ?? []),
      ]
      const shown = [
        ...parts.flatMap((part) => [partDetails(explained, part, PLAIN), printJson(partJson(part))]),
        partTable(explained, parts, PLAIN),
      ].join('\n')
      for (const secret of secrets) expect(shown.includes(secret), `${file.path}: ${secret}`).toBe(false)
    }
  })

  it('have settings that come from the lines that are named', async () => {
    const run = await runOf(name, variant)
    const { userData } = goldenInput(name, variant)
    const lines = decodeUtf8(userData.bytes).split('\n')
    const kinds = new Map<string, number>()
    for (const { key, path, layer } of run.held(['settings'])) {
      expect(layer, key).toBeDefined()
      kinds.set(layer?.kind ?? '', (kinds.get(layer?.kind ?? '') ?? 0) + 1)
      const last = path.at(-1) ?? ''
      const text =
        layer?.kind === 'default'
          ? releaseText('1.24.1', `fragments/${layer.fragment}.toml`).split('\n')[layer.line - 1]
          : layer?.kind === 'user-data'
            ? lines[layer.at.line - 1]
            : last
      const isNamed = [last, JSON.stringify(last).slice(1, -1), path.at(-2) ?? ''].some((one) => text?.includes(one))
      expect(isNamed, `${key} ${printJson(text ?? null)}`).toBe(true)
    }
    expect(kinds.get('user-data') ?? 0).toBeGreaterThan(3)
    // where user data has everything, nothing is left to the defaults
    if (name === 'typical') expect(kinds.get('default') ?? 0).toBeGreaterThan(3)
  })
})
