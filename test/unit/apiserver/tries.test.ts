/** Changes that take themselves back, with a clock that the test moves. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { member, toJson } from '../../../src/lib/json.ts'
import { planTakeBack } from '../../../src/apiserver/take-back.ts'
import type { TriedKey } from '../../../src/apiserver/try-record.ts'
import { PATHS } from '../../../src/lib/paths.ts'
import { loadModel } from '../../../src/model/models.ts'
import { failingFs } from '../../support/faulty-fs.ts'
import { manualClock, type ManualClock } from '../../support/manual-clock.ts'
import { jsonArgument, startNode, type NodeOptions, type RunningNode } from '../../support/running-node.ts'

const TRIES = `${PATHS.datastore}/.tries`
const started: RunningNode[] = []

interface Trial {
  readonly node: RunningNode
  readonly clock: ManualClock
}

async function start(options: NodeOptions = {}): Promise<Trial> {
  const clock = manualClock()
  const node = await startNode({ clock, ...options })
  started.push(node)
  return { node, clock }
}
afterEach(async () => {
  for (const node of started.splice(0)) await node.close()
})

async function state(node: RunningNode): Promise<unknown> {
  return { pairs: node.pairs(), files: await node.files() }
}

const isOpen = ({ host }: RunningNode): boolean => host.fs.stat(TRIES) !== undefined

describe('set --try', () => {
  it('takes pairs and files back when nobody confirms, absence included, and restarts what it touched', async () => {
    const { node, clock } = await start()
    const before = await state(node)
    const labels = { kubernetes: { 'max-pods': 42, 'node-labels': { 'example.com/role': 'web' } }, motd: 'x' }
    const result = await node.change('set', '-j', jsonArgument(labels), '--try', '5')
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout).toMatch(/^in force; taken back in 5 s \(until 2100-01-01T00:00:05.000Z\) unless/)
    expect(await state(node)).not.toEqual(before)
    expect(node.pairs()).toHaveProperty([
      `${PATHS.datastoreCurrent}/live/settings/kubernetes/node-labels/example%2Ecom%2Frole`,
    ])
    await clock.advance(4999)
    expect(await state(node)).not.toEqual(before)
    node.events.take()
    await clock.advance(1)
    await node.settled()
    expect(await state(node)).toEqual(before)
    expect(isOpen(node)).toBe(false)
    const commands = node.events.take().flatMap((event) => (event.kind === 'command' ? event.command : []))
    expect(commands).toContain('/usr/bin/systemctl try-restart kubelet.service')
    expect(await node.lastRun()).toMatchObject({
      state: 'done',
      try: { kind: 'take-back' },
      changedKeys: [
        'settings.kubernetes.max-pods',
        'settings.kubernetes.node-labels."example.com/role"',
        'settings.motd',
      ],
    })
    expect((await node.apiclient('confirm')).stderr).toMatch(/nothing waits.*taken back at 2100-01-01T00:00:05/)
  })

  it('keeps what is confirmed in time', async () => {
    const { node, clock } = await start()
    await node.change('set', 'motd=x', '--try', '5')
    await clock.advance(4000)
    expect(await node.apiclient('confirm')).toEqual({ code: 0, stdout: 'settings.motd\n', stderr: '' })
    expect(isOpen(node)).toBe(false)
    const confirmed = await state(node)
    await clock.advance(600_000)
    await node.settled()
    expect(await state(node)).toEqual(confirmed)
    expect(await node.status()).toMatchObject({ tries: [], endedTries: [{ outcome: 'confirmed' }] })
  })

  it('confirms one change of several by its id', async () => {
    const { node, clock } = await start()
    await node.change('set', 'motd=x', '--try', '5')
    await node.change('set', 'kubernetes.max-pods=42', '--try', '5')
    const tries = member(await node.status(), 'tries') as readonly { id: string }[]
    expect(tries).toHaveLength(2)
    expect((await node.apiclient('confirm', tries[1]?.id ?? '')).stdout).toBe('settings.kubernetes.max-pods\n')
    expect((await node.apiclient('confirm', 'unknown')).code).toBe(1)
    await clock.advance(5000)
    await node.settled()
    expect(await node.api.getJson('/settings?keys=settings.motd,settings.kubernetes.max-pods')).toEqual(
      toJson({ kubernetes: { 'max-pods': 42 }, motd: 'Welcome to Bottlerocket!' }),
    )
  })

  it.each([
    ['set', ['set', 'motd=later']],
    ['a commit without applying', undefined],
  ])('ends for a key that %s sets later', async (_name, argv) => {
    const { node, clock } = await start()
    await node.change('set', 'motd=x', 'kubernetes.max-pods=42', '--try', '5')
    if (argv === undefined) {
      await node.api.send('PATCH', '/settings?tx=t', toJson({ motd: 'later' }))
      await node.api.send('POST', '/tx/commit?tx=t')
    } else await node.change(...argv)
    expect(await node.status()).toMatchObject({ tries: [{ keys: ['settings.kubernetes.max-pods'] }] })
    await clock.advance(5000)
    await node.settled()
    expect(await node.api.getJson('/settings?keys=settings.motd,settings.kubernetes.max-pods')).toEqual(
      toJson({ kubernetes: { 'max-pods': 110 }, motd: 'later' }),
    )
  })

  it('ends altogether when all of its keys are set later, also to the same values', async () => {
    const { node, clock } = await start()
    await node.change('set', 'motd=x', '--try', '5')
    await node.change('set', 'motd=x')
    expect(await node.status()).toMatchObject({ tries: [], endedTries: [{ outcome: 'replaced' }] })
    expect(isOpen(node)).toBe(false)
    await clock.advance(5000)
    expect(await node.api.getJson('/settings?prefix=motd')).toEqual(toJson({ motd: 'x' }))
  })

  it('goes back to what was confirmed last when a try follows a try', async () => {
    const { node, clock } = await start()
    const before = await state(node)
    await node.change('set', 'motd=x', 'kubernetes.max-pods=41', '--try', '5')
    await clock.advance(3000)
    await node.change('set', 'motd=y', '--try', '5')
    await clock.advance(2000)
    await node.settled()
    // the first one is over for the key that it still had
    expect(await node.api.getJson('/settings?keys=settings.motd,settings.kubernetes.max-pods')).toEqual(
      toJson({ kubernetes: { 'max-pods': 110 }, motd: 'y' }),
    )
    await clock.advance(3000)
    await node.settled()
    expect(await state(node)).toEqual(before)
  })

  it('takes back after a crash when the time is up, before it serves anybody', async () => {
    const { node, clock } = await start()
    const before = await state(node)
    await node.change('set', 'motd=x', 'kubernetes.node-labels.a=b', '--try', '5')
    await node.crash()
    await clock.advance(60_000)
    await node.restart(clock)
    expect(await node.api.getJson('/settings?prefix=motd')).toEqual(toJson({ motd: 'Welcome to Bottlerocket!' }))
    await vi.waitFor(async () => {
      expect(await state(node)).toEqual(before)
    })
    expect(isOpen(node)).toBe(false)
  })

  it('waits on after a crash while there is time, and no longer than it was given', async () => {
    const { node, clock } = await start()
    const before = await state(node)
    await node.change('set', 'motd=x', '--try', '10')
    await node.crash()
    await clock.advance(4000)
    await node.restart(clock)
    expect(await node.status()).toMatchObject({ tries: [{ secondsLeft: 6n }] })
    await clock.advance(5999)
    expect(await state(node)).not.toEqual(before)
    await clock.advance(1)
    expect(await state(node)).toEqual(before)
    // a clock that was set back to long ago
    await node.change('set', 'motd=x', '--try', '10')
    await node.crash()
    const back = manualClock(0)
    await node.restart(back)
    await back.advance(10_000)
    expect(await state(node)).toEqual(before)
  })

  it('can be confirmed after a crash', async () => {
    const { node, clock } = await start()
    await node.change('set', 'motd=x', '--try', '10')
    await node.crash()
    await node.restart(clock)
    expect((await node.apiclient('confirm')).stdout).toBe('settings.motd\n')
    await clock.advance(20_000)
    expect(await node.api.getJson('/settings?prefix=motd')).toEqual(toJson({ motd: 'x' }))
  })

  it('leaves applying to the boot when nothing was applied yet', async () => {
    const { node, clock } = await start()
    await node.change('set', 'motd=x', '--try', '5')
    await node.crash()
    node.host.fs.removeTree(PATHS.applyRecords)
    await clock.advance(5000)
    node.events.take()
    await node.restart(clock)
    await node.settled()
    expect(node.events.take()).toEqual([])
    expect(await node.api.getJson('/settings?prefix=motd')).toEqual(toJson({ motd: 'Welcome to Bottlerocket!' }))
  })

  it('restores a file that the earlier settings cannot render', async () => {
    const { node, clock } = await start({ userData: { network: { hostname: 'n' } } })
    const before = await state(node)
    const failing = member(await node.lastRun(), 'notRendered') as readonly unknown[]
    expect(failing.length).toBeGreaterThan(0)
    const kubernetes = {
      'cluster-name': 'demo',
      'api-server': 'https://demo.example',
      'cluster-certificate': 'Y2VydA==',
      'cluster-dns-ip': '10.100.0.10',
      'node-ip': '10.0.0.7',
      'provider-id': 'aws:///us-west-2a/i-0a1b2c3d4e5f67890',
      'max-pods': 42,
    }
    const result = await node.change(
      'set',
      '-j',
      jsonArgument({ kubernetes, aws: { region: 'us-west-2' } }),
      '--try',
      '5',
    )
    expect(result.code).toBe(0)
    expect(await node.lastRun()).toMatchObject({ state: 'done' })
    expect(Object.keys(await node.files()).length).toBeGreaterThan(
      Object.keys((before as { files: object }).files).length,
    )
    await clock.advance(5000)
    await node.settled()
    expect(await state(node)).toEqual(before)
  })

  it.each(['0', '-1', '1.5', 'x', '86401', '1000000'])('refuses %s seconds', async (seconds) => {
    const { node } = await start()
    const before = node.pairs()
    expect((await node.apiclient('set', 'motd=x', '--try', seconds)).code).toBe(2)
    await node.api.send('PATCH', '/settings?tx=t', toJson({ motd: 'x' }))
    expect((await node.api.request('POST', `/tx/try?tx=t&seconds=${seconds}`)).status).toBe(400)
    expect((await node.api.request('POST', '/tx/try?tx=t')).status).toBe(400)
    expect((await node.api.request('POST', '/tx/try?tx=none&seconds=5')).status).toBe(422)
    expect(node.pairs()).toEqual(before)
    expect(isOpen(node)).toBe(false)
  })
})

describe('planning to take back', () => {
  const model = loadModel('aws-k8s')
  const provider = 'settings.kubernetes.credential-providers.p'
  const added = (key: string, text: string): TriedKey => ({ key, before: null, tried: [text] })
  const image = added(`${provider}.image-patterns`, '["*.example"]')
  const age = added(`${provider}.cache-duration`, '"1h"')
  const motd: TriedKey = { key: 'settings.motd', before: '"a"', tried: ['"b"'] }
  const live = new Map([
    [`${provider}.enabled`, 'true'],
    ['settings.kubernetes.max-pods', '7'],
    [image.key, '["*.example"]'],
    [age.key, '"1h"'],
    ['settings.motd', '"b"'],
  ])

  it('keeps what settings that were committed since cannot do without', () => {
    const plan = planTakeBack(model, live, [image, age, motd])
    expect(plan.restored).toContain(motd)
    expect(plan.kept).toContain(image)
    expect(plan.restored).not.toContain(image)
  })

  it('leaves alone what holds something else by now', () => {
    expect(planTakeBack(model, new Map([...live, ['settings.motd', '"c"']]), [motd])).toEqual({
      restored: [],
      kept: [],
    })
  })

  it('restores everything where the settings were not valid before', () => {
    const broken = new Map([...live, ['settings.kubernetes.max-pods', '"many"']])
    expect(planTakeBack(model, broken, [image, motd])).toEqual({ restored: [image, motd], kept: [] })
  })
})

describe('faults', () => {
  it('a change that cannot be noted is not made', async () => {
    let full = false
    const { node } = await start({
      wrapFs: (fs) =>
        failingFs(fs, 'ENOSPC', (operation, path) => full && path === TRIES && operation === 'replaceFile'),
    })
    const before = await state(node)
    full = true
    const result = await node.change('set', 'motd=x', '--try', '5')
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/changes that wait to be confirmed cannot be noted: ENOSPC/)
    expect(await state(node)).toEqual(before)
  })

  it('a confirmation that cannot be noted is refused, and the change goes on waiting', async () => {
    let full = false
    const { node, clock } = await start({
      wrapFs: (fs) => failingFs(fs, 'EROFS', (operation, path) => full && path === TRIES && operation === 'remove'),
    })
    await node.change('set', 'motd=x', '--try', '5')
    full = true
    expect((await node.apiclient('confirm')).stderr).toMatch(/cannot be noted/)
    expect(await node.status()).toMatchObject({ tries: [{ keys: ['settings.motd'] }] })
    full = false
    expect((await node.apiclient('confirm')).code).toBe(0)
    await clock.advance(5000)
    expect(await node.api.getJson('/settings?prefix=motd')).toEqual(toJson({ motd: 'x' }))
  })

  it('what cannot be taken back is tried again until it can', async () => {
    let full = false
    const { node, clock } = await start({
      wrapFs: (fs) => failingFs(fs, 'ENOSPC', (operation) => full && operation === 'writeFile'),
    })
    const before = await state(node)
    await node.change('set', 'motd=x', '--try', '5')
    full = true
    await clock.advance(5000)
    expect(await node.status()).toMatchObject({ tries: [{ keys: ['settings.motd'], secondsLeft: 0n }] })
    await clock.advance(4000)
    full = false
    await clock.advance(60_000)
    await node.settled()
    expect(await state(node)).toEqual(before)
  })

  it('a note that cannot be read is left alone, and the server starts', async () => {
    const { node, clock } = await start()
    await node.crash()
    for (const text of [
      '{',
      '{"tries":1}',
      '{"tries":[{"id":1}]}',
      '{"tries":[{"id":"a","seconds":1,"deadline":1,"keys":[1]}]}',
    ]) {
      node.host.fs.writeFile(TRIES, text)
      await node.restart(clock)
      expect(await node.status()).toMatchObject({ tries: [] })
      await node.crash()
    }
    await node.restart(clock)
  })
})
