/** A plan for a host that runs is what applying the document then does, and asking changes nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planLive, variantOfHost, type LiveTarget } from '../../src/cli/plan/live.ts'
import type { Plan } from '../../src/cli/plan/types.ts'
import type { DocumentResult } from '../../src/cli/document.ts'
import { settingsOf } from '../../src/cli/user-data.ts'
import { readFile } from '../../src/documents/read-file.ts'
import { member, printJson, type JsonValue } from '../../src/lib/json.ts'
import { findVariant } from '../../src/variants/variant.ts'
import { leavesOf, patched } from '../support/plan-cases.ts'
import { startNode, type RunningNode } from '../support/running-node.ts'

const VARIANT = findVariant('aws-k8s-1.30')

async function documentOf(settings: object): Promise<DocumentResult> {
  const { sources } = await readFile(Buffer.from(JSON.stringify({ settings })), 'new.json')
  const [source] = sources
  if (source === undefined) throw new Error('no document')
  return settingsOf(source, VARIANT)
}

let node: RunningNode
let target: LiveTarget
beforeAll(async () => {
  node = await startNode({ variant: VARIANT.name })
  const readFileOf = (path: string): string | undefined =>
    node.host.fs.stat(path) === undefined ? undefined : node.host.fs.readText(path)
  target = { api: node.api, name: 'the host', variant: await variantOfHost(node.api), readFile: readFileOf }
})
afterAll(async () => {
  await node.close()
})

async function planOf(settings: object, of: LiveTarget = target, showSecrets = true): Promise<Plan> {
  return planLive({
    target: of,
    to: { name: 'new.json', read: await documentOf(settings) },
    showSecrets,
    host: node.host,
  })
}

/** Contents without the modes that the node puts in front of them. */
async function contents(): Promise<Map<string, string>> {
  const files = await node.files()
  return new Map(Object.entries(files).map(([path, text]) => [path, text.slice(text.indexOf(' ') + 1)]))
}

const listOf = (value: JsonValue, name: string): readonly JsonValue[] =>
  (member(value, name) ?? []) as readonly JsonValue[]

const UPDATES = { 'metadata-base-url': 'https://u.example/', 'targets-base-url': 'https://t.example/', seed: 1 }

const CHANGES: readonly (readonly [what: string, settings: object])[] = [
  ['a text', { motd: 'hi\n\nthere\n' }],
  ['a number and a map', { kubernetes: { 'max-pods': 42, 'node-labels': { 'example.com/a': 'b' } } }],
  ['the same again', { kubernetes: { 'max-pods': 42 } }],
  [
    'files of several services',
    { updates: UPDATES, network: { 'https-proxy': 'http://p.example:3128', 'no-proxy': ['a.example'] } },
  ],
  ['boot settings', { boot: { 'reboot-to-reconcile': true, 'kernel-parameters': { quiet: [''] } } }],
  ['secrets', { 'container-registry': { credentials: [{ registry: 'a', username: 'u', password: 'pa55word' }] } }],
  ['a secret again', { 'container-registry': { credentials: [{ registry: 'a', username: 'u', password: 'other' }] } }],
  ['something for new nodes', { cloudformation: { 'should-signal': false } }],
]

describe('a plan for a host', () => {
  it.each(CHANGES)('of %s is what then happens', async (_what, settings) => {
    const [before, pairs] = [await contents(), node.pairs()]
    const old = await node.api.getJson('/settings')
    const plan = await planOf(settings)
    expect([await contents(), node.pairs(), await node.api.getJson('/tx/list')]).toEqual([before, pairs, []])

    expect((await node.change('set', '-j', JSON.stringify(settings))).code).toBe(0)
    expect(patched(before, plan)).toEqual(await contents())
    const run = await node.lastRun()
    const commands = listOf(run, 'commands').map((entry) => member(entry, 'command'))
    expect(plan.live?.commands.map(({ command }) => command)).toEqual(commands)
    const [was, is] = [leavesOf(old), leavesOf(await node.api.getJson('/settings'))]
    const changed = [...is].filter(([key, text]) => was.get(key) !== text)
    expect(plan.settings.map(({ after }) => printJson(after ?? null)).sort()).toEqual(
      changed.map(([, text]) => text).sort(),
    )
  })

  it('tells what is only given again, what needs a reboot, and what takes a new node', async () => {
    const again = await planOf({ kubernetes: { 'max-pods': 42 }, motd: 'new' })
    expect(again.live?.commands).toEqual([
      expect.objectContaining({ command: 'systemctl daemon-reload', needed: true }),
      { command: '/usr/bin/systemctl try-restart kubelet.service', services: ['kubernetes'], needed: false },
    ])
    expect(again.live?.reboot).toEqual({ needed: false, settings: [] })
    const boot = await planOf({ boot: { 'kernel-parameters': { debug: ['1'] } } })
    expect(boot.live?.reboot).toEqual({ needed: true, settings: ['settings.boot.kernel.debug'] })
    const signal = await planOf({ cloudformation: { 'should-signal': true } })
    expect(signal.live?.newNodesOnly).toEqual(['settings.cloudformation.should-signal'])
  })

  it('tells what stays set although the document leaves it out', async () => {
    const { live } = await planOf({ kubernetes: { 'max-pods': 42 } })
    const kept = new Map(live?.kept.map(({ key, value }) => [key, value]))
    expect(kept.get('settings.kubernetes.node-labels."example.com/a"')).toBe('b')
    expect(kept.get('settings.kubernetes.cluster-name')).toBe('demo')
    // defaults, and what a generator gives, are nobody's choice
    expect([...kept.keys()].filter((key) => /host-containers|node-ip|max-pods/.test(key))).toEqual([])
  })

  it('hides secrets', async () => {
    const credentials = [{ registry: 'a', username: 'v', password: 'h1dden' }]
    const plan = await planOf({ 'container-registry': { credentials } }, target, false)
    const text = JSON.stringify(plan, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
    expect(text).not.toMatch(/h1dden|"other"/)
    expect(plan.settings).toMatchObject([
      { hidden: true, after: [{ registry: 'a', username: 'v', password: '(secret)' }] },
    ])
    expect(plan.files.map(({ path }) => path)).toContain('/etc/containerd/config.toml')
  })

  it('does not know what is in files that it cannot read', async () => {
    const { files } = await planOf({ motd: 'again' }, { api: node.api, name: 'the host', variant: VARIANT })
    expect(files).toEqual([expect.objectContaining({ path: '/etc/motd', isBeforeKnown: false, after: 'again\n' })])
  })

  it('tells which files could not be rendered', async () => {
    const plan = await planOf({ pki: { broken: { trusted: true } }, motd: 'x' })
    expect(plan.notRendered).toMatchObject([{ path: '/etc/certdog.toml', code: 'TEMPLATE_VALUE_MISSING' }])
    expect([plan.files, plan.live?.commands]).toEqual([[], []])
  })

  it('is none for a document that the host would refuse', async () => {
    const plan = await planOf({ motd: 5 })
    expect(plan).toMatchObject({ accepted: false, live: undefined, diagnostics: [{ code: 'SETTINGS_WRONG_TYPE' }] })
    expect(await node.api.getJson('/tx/list')).toEqual([])
  })
})
