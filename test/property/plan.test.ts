/** A plan is what rendering both of its sides gives, for any pair of documents. `PLAN_PAIRS` says how many. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planJson } from '../../src/cli/plan/json.ts'
import { renderPlan } from '../../src/cli/plan/text.ts'
import type { Plan } from '../../src/cli/plan/types.ts'
import type { NamedBytes, RenderResult } from '../../src/cli/render.ts'
import { PLAIN } from '../../src/lib/diagnostics.ts'
import { PipelineError } from '../../src/lib/errors.ts'
import { isJsonObject, jsonObject, printJson, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import { encodeUtf8 } from '../../src/lib/utf8.ts'
import { parseSegments } from '../../src/model/key.ts'
import { loadModel } from '../../src/model/models.ts'
import { findVariant } from '../../src/variants/variant.ts'
import * as cases from '../support/plan-cases.ts'
import { settingChanges } from '../support/setting-changes.ts'

const PAIRS = Number(process.env['PLAN_PAIRS'] ?? 16)
const VARIANTS = ['aws-k8s-1.30', 'aws-ecs-2', 'metal-k8s-1.29', 'aws-k8s-1.26-nvidia']

const BASE: Readonly<Record<string, JsonValue>> = {
  kubernetes: jsonObject({
    'cluster-name': 'demo',
    'api-server': 'https://demo.example',
    'cluster-certificate': 'Y2VydA==',
  }),
}

/** Later values over earlier ones. */
function over(below: JsonValue | undefined, above: JsonValue): JsonValue {
  if (!isJsonObject(below) || !isJsonObject(above)) return above
  const merged = jsonObject(below)
  for (const [name, value] of Object.entries(above)) merged[name] = over(below[name], value)
  return merged
}

/** Without what nobody can give: a null is no value. */
function given(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value
  return jsonObject(
    Object.fromEntries(Object.entries(value).flatMap(([name, item]) => (item === null ? [] : [[name, given(item)]]))),
  )
}

/** Pairs of documents that have much in common, as an old and a new one have. */
function pairs(variant: string): fc.Arbitrary<readonly [JsonValue, JsonValue]> {
  const model = loadModel(findVariant(variant).modelName)
  const base = variant.includes('k8s') ? jsonObject(BASE) : jsonObject()
  const some = fc.array(settingChanges(model), { maxLength: 3 })
  const refused = fc.nat(9).map((n) => n === 0)
  // mostly what a host accepts: of a refused document there is nothing to compare
  return fc.tuple(some, some, some, refused).map(([common, old, now, withRefused]) => {
    const all = (changes: readonly JsonValue[]): JsonValue =>
      changes
        .map(given)
        .filter((change) => withRefused || model.parse(change).ok)
        .reduce<JsonValue>(over, base)
    return [all([...common, ...old]), all([...common, ...now])]
  })
}

const documentOf = (file: string, settings: JsonValue): NamedBytes => ({
  file,
  bytes: encodeUtf8(printJson(jsonObject({ settings }))),
})

/** The settings of the old side with every change of the plan made. */
function changed(before: ReadonlyMap<string, string>, { settings }: Plan): ReadonlyMap<string, string> {
  const after = new Map(before)
  for (const { key, before: old, after: now } of settings) {
    const name = JSON.stringify(parseSegments(key).slice(1))
    expect(after.get(name)).toBe(old === undefined ? undefined : printJson(old))
    if (now === undefined) after.delete(name)
    else after.set(name, printJson(now))
  }
  return after
}

const byKey = (leaves: ReadonlyMap<string, string>): [string, string][] =>
  [...leaves].sort(([a], [b]) => (a < b ? -1 : 1))

/** What the plan says of a host that runs, against a change of one. */
function compareLive(plan: Plan, variant: string, old: RenderResult, now: RenderResult): void {
  const [change] = old.changes
  if (change === undefined || plan.live === undefined) throw new Error('nothing was applied')
  expect(plan.live.commands.map(({ command }) => command)).toEqual(change.commands.map(({ command }) => command))
  expect(plan.live.notRendered).toEqual(change.notRendered)
  const keys = change.changedKeys.map((key) => parseSegments(key).slice(1))
  const [before, applied] = [cases.leavesOf(old.settings), cases.leavesOf(change.settings)]
  if (change.notRendered.length === 0) {
    expect(cases.restartsOf(change)).toEqual(cases.commandsByMetadata(variant, keys))
    // what only gives settings again is told apart
    const differing = keys.filter((path) => before.get(JSON.stringify(path)) !== applied.get(JSON.stringify(path)))
    const needed = plan.live.commands.filter((each) => each.needed && each.command !== cases.DAEMON_RELOAD)
    expect(needed.map(({ command }) => command)).toEqual(cases.commandsByMetadata(variant, differing))
  }
  const fresh = cases.leavesOf(now.settings)
  const kept = [...applied].filter(([key, text]) => fresh.get(key) !== text).map(([key]) => key)
  expect(plan.live.kept.map(({ key }) => JSON.stringify(parseSegments(key).slice(1))).sort()).toEqual(kept.sort())
}

type Outcome = 'failed' | 'rejected' | 'equal' | 'different' | 'not rendered'

/** What a promise gives, or the code of the error that it ends with. */
async function outcomeOf<T>(promise: Promise<T>): Promise<T | string> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof PipelineError) return error.code
    throw error
  }
}

async function compare(variant: string, from: JsonValue, to: JsonValue): Promise<Outcome> {
  const [one, other] = [documentOf('old.json', from), documentOf('new.json', to)]
  const plan = await outcomeOf(cases.planOf({ variant, from: [one], to: other }))
  const old = await outcomeOf(cases.renderingOf(variant, one, [other]))
  const now = await outcomeOf(cases.renderingOf(variant, other))
  if (typeof plan === 'string' || typeof old === 'string' || typeof now === 'string') {
    // a generator fails; a document that is refused is told before anything is generated
    if (typeof plan === 'string') expect([old, now]).toContain(plan)
    else expect(plan.accepted).toBe(false)
    return 'failed'
  }
  expect(plan.accepted).toBe(old.accepted && now.accepted)
  if (!plan.accepted) return 'rejected'
  expect(cases.patched(cases.filesOf(old), plan)).toEqual(cases.filesOf(now))
  const settings = changed(cases.leavesOf(old.settings), plan)
  expect(byKey(settings)).toEqual(byKey(cases.leavesOf(now.settings)))
  compareLive(plan, variant, old, now)
  if (now.notRendered.length > 0) return 'not rendered'
  return plan.settings.length + plan.files.length === 0 ? 'equal' : 'different'
}

describe.each(VARIANTS)('a plan on %s', (variant) => {
  it('is the difference between what render gives for both sides', async () => {
    const counts = new Map<Outcome, number>()
    const numRuns = Math.ceil(PAIRS / VARIANTS.length)
    await fc.assert(
      fc.asyncProperty(pairs(variant), async ([from, to]) => {
        const outcome = await compare(variant, from, to)
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
      }),
      { numRuns, endOnFailure: true },
    )
    // nothing but refusals would prove nothing
    if (numRuns >= 100) expect(counts.get('different') ?? 0).toBeGreaterThan(numRuns / 2)
    if (PAIRS >= 1000) process.stderr.write(`${variant}: ${JSON.stringify([...counts])}\n`)
  }, 3_600_000)
})

const encoded = (text: string): string => Buffer.from(text).toString('base64')

/** Each secret setting of the variant, made of a mark. */
const SECRETS: Readonly<Record<string, (mark: string) => JsonObject>> = {
  token: (mark) => jsonObject({ kubernetes: jsonObject({ 'bootstrap-token': `abcdef.${mark}` }) }),
  key: (mark) => jsonObject({ kubernetes: jsonObject({ 'server-key': encoded(mark) }) }),
  aws: (mark) =>
    jsonObject({ aws: jsonObject({ credentials: encoded(`[default]\naws_secret_access_key=${mark}\n`) }) }),
  host: (mark) => jsonObject({ 'host-containers': jsonObject({ admin: jsonObject({ 'user-data': encoded(mark) }) }) }),
  bootstrap: (mark) =>
    jsonObject({
      'bootstrap-containers': jsonObject({ a: jsonObject({ source: 'a/b', 'user-data': encoded(mark) }) }),
    }),
  registry: (mark) =>
    jsonObject({
      'container-registry': jsonObject({
        credentials: [
          jsonObject({ registry: 'a.example', username: 'u', password: mark }),
          jsonObject({ registry: 'b.example', auth: encoded(`u:${mark}`) }),
          jsonObject({ registry: 'c.example', identitytoken: mark }),
        ],
      }),
    }),
}

const STYLE = {
  palette: PLAIN,
  diff: { header: String, hunk: String, removed: String, added: String },
}

/** How a mark may show: as it is, or in base64 behind any text. */
function formsOf(mark: string): string[] {
  const inBase64 = ['', ' ', '  '].map((before) => encoded(`${before}${mark}`).slice(4, 16))
  return [mark, ...inBase64]
}

describe('a plan', () => {
  const names = fc.subarray(Object.keys(SECRETS))
  const mark = fc.stringMatching(/^zq[a-z0-9]{14}$/)

  it('shows no secret of either side', async () => {
    await fc.assert(
      fc.asyncProperty(names, names, mark, mark, fc.boolean(), async (before, after, one, other, isApply) => {
        const settings = (chosen: readonly string[], word: string): JsonValue =>
          chosen.reduce<JsonValue>((tree, name) => over(tree, SECRETS[name]?.(word) ?? jsonObject()), jsonObject(BASE))
        const [from, to] = [
          documentOf('old.json', settings(before, one)),
          documentOf('new.json', settings(after, other)),
        ]
        const as = isApply ? 'apply' : 'replace'
        const plan = await cases.planOf({ variant: 'aws-k8s-1.30', as, from: [from], to, showSecrets: false })
        expect(plan.accepted).toBe(true)
        const shown = [planJson(plan), renderPlan(plan, { ...STYLE, isShort: false })].join('\n')
        for (const form of [...formsOf(one), ...formsOf(other)]) expect(shown).not.toContain(form)
        if (one !== other && before.length > 0 && before.every((name) => after.includes(name))) {
          expect(shown).toMatch(/secret/)
        }
      }),
      { numRuns: Math.max(8, Math.ceil(PAIRS / 10)) },
    )
  }, 600_000)
})
