/** A dry run tells exactly what the change then does. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isJsonArray, member, printJson, toJson, type JsonValue } from '../../src/lib/json.ts'
import { jsonArgument, printed, startNode, type RunningNode } from '../support/running-node.ts'
import { settingChanges } from '../support/setting-changes.ts'

const RUNS = 250
const items = (value: JsonValue, name: string): readonly JsonValue[] => {
  const list = member(value, name)
  return isJsonArray(list) ? list : []
}
const text = (value: JsonValue, name: string): string => {
  const found = member(value, name)
  return typeof found === 'string' ? found : ''
}
const pick = (value: JsonValue, ...names: readonly string[]): string =>
  printJson(toJson(Object.fromEntries(names.map((name) => [name, member(value, name) ?? null]))))

/** What there is to compare of a plan or of a run. */
function effects(report: JsonValue, keys: readonly JsonValue[]): unknown {
  return {
    keys,
    files: items(report, 'files').map((file) => pick(file, 'name', 'path', 'mode', 'changed', 'services')),
    commands: items(report, 'commands').map((command) => pick(command, 'command', 'services')),
    notRendered: items(report, 'notRendered').map((failure) => printJson(failure)),
  }
}

type Outcome = 'refused' | 'not applied' | 'no file' | 'written'

interface State {
  readonly pairs: Record<string, string>
  readonly files: Record<string, string>
}

const stateOf = async (node: RunningNode): Promise<State> => ({ pairs: node.pairs(), files: await node.files() })

/** Runs a change dry and then for good. @param before the state of the host, which may be known from the change before */
async function compare(node: RunningNode, settings: JsonValue, before: State): Promise<Outcome> {
  const argument = jsonArgument(settings)
  const dry = await node.change('set', '-j', argument, '--dry-run', '--format', 'json')
  expect(await stateOf(node)).toEqual(before)
  expect(await node.api.getJson('/tx/list')).toEqual([])
  const real = await node.change('set', '-j', argument)
  expect(real.code).toBe(dry.code)
  if (real.code !== 0) {
    expect(await stateOf(node)).toEqual(before)
    return 'refused'
  }
  const [plan, run] = [printed(dry), await node.lastRun()]
  const planned = items(plan, 'keys').map((key) => member(key, 'key') ?? null)
  expect(effects(plan, planned)).toEqual(effects(run, items(run, 'changedKeys')))
  const written = items(plan, 'files').filter((file) => member(file, 'changed') === true)
  const expected = { ...before.files }
  for (const file of written) {
    const [path = '', mode = '', content = ''] = ['path', 'mode', 'content'].map((name) => text(file, name))
    expected[path] = `${String(Number.parseInt(mode, 8))} ${content}`
  }
  expect(await node.files()).toEqual(expected)
  if (items(plan, 'notRendered').length > 0) return 'not applied'
  return written.length > 0 ? 'written' : 'no file'
}

describe.each(['aws-k8s-1.30', 'aws-ecs-2'])('set --dry-run on %s', (variant) => {
  let node: RunningNode
  beforeAll(async () => {
    node = await startNode({ variant })
  })
  afterAll(async () => {
    await node.close()
  })

  it('equals what set then does, change after change', async () => {
    const counts = new Map<Outcome, number>()
    let state = await stateOf(node)
    await fc.assert(
      fc.asyncProperty(settingChanges(node.model), async (settings) => {
        const outcome = await compare(node, settings, state)
        if (outcome !== 'refused') state = await stateOf(node)
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
        if (outcome !== 'not applied') return
        // nothing can be unset, so what cannot be rendered now stands in the way of all that follows
        await node.close()
        node = await startNode({ variant })
        state = await stateOf(node)
      }),
      // the host goes on from change to change, so a failing one cannot be made smaller
      { numRuns: RUNS, endOnFailure: true },
    )
    // a test of nothing but refusals would be none
    expect(counts.get('written')).toBeGreaterThan(RUNS / 5)
    expect(counts.get('refused')).toBeGreaterThan(0)
  }, 120_000)
})
