/**
 * `bottlerocket check` over any tree: what it finds is what `validate` finds, however the work is divided and whatever the
 * cache knows, and no secret stays anywhere.
 */
import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { checkInputs } from '../../src/cli/validate/check-inputs.ts'
import type { ItemResult, Threads } from '../../src/lib/threads.ts'
import { reportJson } from '../../src/cli/validate/print.ts'
import { parseJson } from '../../src/lib/json-parse.ts'
import { isJsonObject, printJson, toJson, type JsonValue } from '../../src/lib/json.ts'
import { loadModel, MODEL_NAMES } from '../../src/model/models.ts'
import type { SettingType } from '../../src/model/types.ts'
import { findVariant } from '../../src/variants/variant.ts'
import { runCheck, treeOf } from '../support/check-run.ts'
import { corpus } from '../support/check-corpus.ts'

const VARIANT = 'aws-k8s-1.30'
const K8S = ['--variant', VARIANT]

const LINES = [
  ...[
    'max-pods = 10',
    'max-pods = "10"',
    'cluster-name = demo',
    'cluster-nam = "x"',
    'log-level = ${x}',
    'registry-qps = 0',
  ],
  ...[
    '[settings.ntp]',
    'time-servers = ["a.test"',
    '[settings.kubernetes.node-labels]',
    '"a.test/b" = "é😀"',
    '# comment',
    '',
  ],
  ...['[settings]', 'motd = "{{ x }}"', 'motd = """x', 'y"""', 'a: b', '[package]'],
]
const userData = fc
  .array(fc.constantFrom(...LINES), { maxLength: 8 })
  .map((all) => `[settings.kubernetes]\n${all.map((line) => `${line}\n`).join('')}`)

const inNodeClass = (text: string): string =>
  `kind: EC2NodeClass\nspec:\n  amiFamily: Bottlerocket\n  userData: |\n${text.replace(/^(?=.)/gm, '    ')}`
const file = fc.oneof(
  userData.map((text) => ({ extension: 'toml', text })),
  userData.map((text) => ({ extension: 'yaml', text: inNodeClass(text) })),
  userData.map((text) => ({
    extension: 'json',
    text: JSON.stringify({ UserData: Buffer.from(text).toString('base64') }),
  })),
)
/** Files by names in several directories. */
const files = fc
  .array(fc.tuple(fc.constantFrom('', 'a/', 'b/c/', 'a b/'), file), { minLength: 1, maxLength: 8 })
  .map(
    (all) =>
      new Map(all.map(([directory, { extension, text }], i) => [`${directory}f${String(i)}.${extension}`, text])),
  )

const inMemory = (all: ReadonlyMap<string, string>): ReturnType<typeof treeOf> =>
  treeOf(Object.fromEntries([...all].map(([name, text]) => [`/w/${name}`, text])))

/** Threads that do the work in another order, several items at a time, and hand results back in theirs. */
const inOrder = (order: (count: number) => number[], threads: number): Threads => ({
  processors: threads,
  async run(job) {
    const results: ItemResult<Awaited<ReturnType<typeof job.work>>>[] = []
    const queue = order(job.items.length)
    const work = async (): Promise<void> => {
      for (let i = queue.shift(); i !== undefined; i = queue.shift()) {
        results[i] = { ok: true, value: structuredClone(await job.work(job.items[i] as (typeof job.items)[number])) }
      }
    }
    await Promise.all(Array.from({ length: threads }, work))
    return results
  },
})

const backwards = (count: number): number[] => Array.from({ length: count }, (_, i) => count - 1 - i)

/** A report without what `validate` does not tell. */
function withoutTotals(report: string): JsonValue {
  const value = parseJson(report)
  if (!isJsonObject(value)) return value
  return toJson({ ...value, totals: null })
}

describe('any tree', () => {
  test.prop([files], { numRuns: 40 })('has the findings that validate has of each file', async (all) => {
    const { stdout } = await runCheck(inMemory(all), [...K8S, '--format', 'json'])
    const { renderFindings } = await import('../../src/cli/render-findings.ts')
    const sorted = [...all].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    const expected = await checkInputs(
      sorted.map(([name, text]) => ({ file: name, bytes: Buffer.from(text) })),
      [findVariant(VARIANT)],
      renderFindings,
    )
    expect(withoutTotals(stdout)).toEqual(withoutTotals(reportJson(expected)))
  })

  test.prop([files, fc.constantFrom('text', 'json', 'github', 'sarif'), fc.integer({ min: 1, max: 4 })], {
    numRuns: 40,
  })('has the same report in any order, on any threads, from any cache', async (all, format, threads) => {
    const argv = [...K8S, '--format', format]
    const expected = await runCheck(inMemory(all), argv)
    const reversed = new Map([...all].reverse())
    expect(await runCheck(inMemory(reversed), argv, { threads: inOrder(backwards, threads) })).toEqual(expected)
    const fs = inMemory(all)
    // part of it is known before
    await runCheck(fs, [...[...all.keys()].slice(0, 2), ...argv, '--cache'])
    expect(await runCheck(fs, [...argv, '--cache'])).toEqual(expected)
    expect(await runCheck(fs, [...argv, '--cache'])).toEqual(expected)
  })
})

it('a tree of a repository has the findings that validate has of each file', async () => {
  const all = corpus(60).filter(({ documents }) => documents > 0)
  const fs = treeOf(Object.fromEntries(all.map(({ name, text }) => [`/w/${name}`, text])))
  const { stdout } = await runCheck(fs, [...K8S, '--format', 'json'])
  const report = parseJson(stdout)
  const found = isJsonObject(report) ? (report['files'] as { file: string; part?: string }[]) : []
  const { renderFindings } = await import('../../src/cli/render-findings.ts')
  for (const { name, text } of all) {
    const input = { file: name, bytes: Buffer.from(text) }
    const outcome = await checkInputs([input], [findVariant(VARIANT)], renderFindings)
    const expected = parseJson(reportJson(outcome)) as { files: { part?: string }[] }
    // validate warns of scripts for other machines, too
    const ours = expected.files.filter(({ part }) => part?.includes('Bastion') !== true)
    expect(printJson(toJson(found.filter((each) => each.file === name)))).toBe(printJson(toJson(ours)))
  }
})

/** Every secret setting as a path, with a name in each map and a place in each list. */
function secretPaths(type: SettingType, path: readonly string[] = [], isSecret = false): string[][] {
  switch (type.kind) {
    case 'record':
      return Object.entries(type.fields).flatMap(([name, field]) =>
        secretPaths(field.type, [...path, name], isSecret || field.secret === true),
      )
    case 'map':
      return secretPaths(type.values, [...path, 'entry'], isSecret)
    case 'list':
      return secretPaths(type.elements, [...path, '#'], isSecret)
    case 'tuple':
      return type.items.flatMap((item) => secretPaths(item, path, isSecret))
    case 'union':
      return type.forms.flatMap((form) => secretPaths(form, path, isSecret))
    case 'converted':
      return secretPaths(type.from, path, isSecret)
    case 'text':
    case 'boolean':
    case 'integer':
    case 'choice':
    case 'enumeration':
      return isSecret ? [[...path]] : []
  }
}

const SECRETS = [
  ...new Map(
    MODEL_NAMES.flatMap((name) => secretPaths(loadModel(name).type)).map((path) => [path.join(' '), path] as const),
  ).values(),
]

/** A line that sets a secret, right or wrong in some way; MARK stands for its value. */
const WRITINGS = [
  '"MARK"',
  'MARK',
  "'MARK",
  '["MARK"]',
  '"MARK" x',
  '"bad \\q MARK"',
  '{ x = "MARK" }',
  '"""\nMARK\n"""',
]
const secretLine = fc.tuple(fc.constantFrom(...SECRETS), fc.constantFrom(...WRITINGS)).map(([path, writing]) => {
  const inLists = path.findIndex((step) => step === '#')
  if (inLists < 0) return `[settings.${path.slice(0, -1).join('.')}]\n${path.at(-1) ?? ''} = ${writing}\n`
  return `[[settings.${path.slice(0, inLists).join('.')}]]\n${path.slice(inLists + 1).join('.')} = ${writing}\n`
})

describe('a secret', () => {
  it('is one of several settings', () => {
    expect(SECRETS.length).toBeGreaterThan(5)
  })

  it('is shown if that is asked for', async () => {
    const fs = treeOf({ '/w/u.toml': '[settings.kubernetes]\nbootstrap-token = hunter2\n' })
    expect((await runCheck(fs, K8S)).stdout).toContain('bootstrap-token = *******')
    expect((await runCheck(fs, [...K8S, '--show-secrets'])).stdout).toContain('bootstrap-token = hunter2')
  })

  test.prop(
    [
      fc.array(secretLine, { minLength: 1, maxLength: 3 }),
      fc.stringMatching(/^[a-z]{12}$/),
      fc.constantFrom('toml' as const, 'yaml' as const, 'json' as const),
      fc.constantFrom('aws-k8s-1.30', 'aws-ecs-2', 'vmware-k8s-1.30'),
    ],
    { numRuns: 120 },
  )('is in no cache, and in no output', async (parts, word, extension, variant) => {
    const mark = `hunter${word}`
    const text = parts.join('').replaceAll('MARK', mark)
    const wrapped = {
      toml: text,
      yaml: inNodeClass(text),
      json: JSON.stringify({ UserData: Buffer.from(text).toString('base64') }),
    }[extension]
    const fs = treeOf({ [`/w/u.${extension}`]: wrapped })
    for (const format of ['text', 'json', 'github', 'sarif']) {
      const { stdout, stderr } = await runCheck(fs, ['--variant', variant, '--format', format, '--cache'])
      expect(`${stdout}${stderr}`).not.toContain(mark)
      expect(fs.readText('/home/.cache/bottlerocket/check')).not.toContain(mark)
    }
  })
})
