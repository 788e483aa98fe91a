/**
 * A host from its first boot on, with a real systemd as PID 1: what starts in which order, what is written, what a change of
 * settings restarts, and what a second boot does.
 */
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXECUTABLE, makeImage, PipelineMachine, TOOL, type Image, type Programs } from '../support/pipeline-machine.ts'
import { INSTANCES, renderedFor } from '../support/machine-instances.ts'

const RUNS: readonly [variant: string, programs: Programs][] = [
  ['aws-k8s-1.30', 'bundles'],
  ['aws-ecs-2', 'bundles'],
  ['metal-k8s-1.29', 'bundles'],
  // the one executable, where it has been built
  ...(existsSync(EXECUTABLE) ? ['aws-k8s-1.30', 'aws-ecs-2'] : []).map((name): [string, Programs] => [
    name,
    'executable',
  ]),
]

/** Pairs of units: the first is up before the second starts. */
const ORDER: readonly (readonly [string, string])[] = [
  ['migrator.service', 'storewolf.service'],
  ['migrator.service', 'mark-successful-boot.service'],
  ['storewolf.service', 'apiserver.service'],
  ['generate-network-config.service', 'write-network-status.service'],
  ['write-network-status.service', 'early-boot-config.service'],
  ['network-online.target', 'early-boot-config.service'],
  ['apiserver.service', 'early-boot-config.service'],
  ['early-boot-config.service', 'sundog.service'],
  ['sundog.service', 'pluto.service'],
  ['pluto.service', 'settings-applier.service'],
  ['sundog.service', 'settings-applier.service'],
  ['settings-applier.service', 'set-hostname.service'],
  ['settings-applier.service', 'preconfigured.target'],
  ['preconfigured.target', 'activate-configured.service'],
  ['preconfigured.target', 'host-containerd.service'],
  ['preconfigured.target', 'chronyd.service'],
  ['preconfigured.target', 'configured.target'],
  ['configured.target', 'activate-multi-user.service'],
  ['configured.target', 'containerd.service'],
  ['configured.target', 'send-boot-success.service'],
  ['containerd.service', 'kubelet.service'],
  ['warm-pool-wait.service', 'kubelet.service'],
  ['containerd.service', 'docker.service'],
  ['docker.service', 'ecs.service'],
  ['activate-multi-user.service', 'multi-user.target'],
  ['configured.target', 'multi-user.target'],
]
/** Started by the switch before, which goes on meanwhile. */
const SWITCHES: readonly (readonly [string, string])[] = [
  ['activate-configured.service', 'host-containerd.service'],
  ['activate-configured.service', 'chronyd.service'],
  ['activate-multi-user.service', 'containerd.service'],
]
/** Oneshots, and how each is left. */
const ONESHOTS: Readonly<Record<string, 'active' | 'inactive'>> = {
  'generate-network-config.service': 'active',
  'write-network-status.service': 'active',
  'migrator.service': 'active',
  'storewolf.service': 'active',
  'early-boot-config.service': 'active',
  'sundog.service': 'active',
  'pluto.service': 'active',
  'settings-applier.service': 'active',
  'set-hostname.service': 'active',
  'mark-successful-boot.service': 'active',
  'activate-configured.service': 'active',
  'activate-multi-user.service': 'active',
  'warm-pool-wait.service': 'active',
  'send-boot-success.service': 'active',
  'reboot-if-required.service': 'inactive',
}

/** What a change of a setting restarts or reloads, of the services that are meant to be. */
interface Change {
  readonly set: string
  readonly restarted: readonly string[]
  readonly calls?: readonly string[]
}
const CHANGES: Readonly<Record<string, readonly Change[]>> = {
  kubernetes: [
    { set: 'kubernetes.event-qps=7', restarted: ['kubelet.service'] },
    // kubelet is bound to containerd
    { set: 'container-runtime.max-concurrent-downloads=4', restarted: ['containerd.service', 'kubelet.service'] },
  ],
  ecs: [{ set: 'ecs.loglevel=debug', restarted: ['ecs.service'] }],
  all: [
    { set: '{"ntp":{"time-servers":["time.example"]}}', restarted: ['chronyd.service'] },
    { set: 'motd=hello', restarted: [] },
    {
      set: '{"kernel":{"sysctl":{"vm.swappiness":"10"}}}',
      restarted: [],
      calls: ['corndog sysctl [settings.kernel.sysctl."vm.swappiness"]'],
    },
    { set: 'network.hostname=renamed.example', restarted: ['set-hostname.service'] },
  ],
}

describe.each(RUNS)('%s, with programs as %s', (variant, programs) => {
  const instance = INSTANCES[variant] ?? {}
  let image: Image
  let machine: PipelineMachine
  beforeAll(async () => {
    image = makeImage(variant, programs)
    machine = new PipelineMachine([image], instance)
    await machine.start()
    machine.settle()
  })
  afterAll(async () => {
    await machine.remove()
    image.remove()
  })
  const isKubernetes = variant.includes('k8s')
  const has = (unit: string): boolean => machine.exists(unit)

  it('boots to the last target without a failure', () => {
    expect(machine.must('systemctl', 'is-system-running'), machine.report()).toBe('running\n')
    expect(machine.run(['systemctl', '--failed', '--no-legend']).stdout).toBe('')
    const units = machine.show(['*.service', '*.target', '*.mount', '*.socket'], ['Result', 'LoadState'])
    const failed = [...units].filter(([, shown]) => (shown.get('Result') ?? 'success') !== 'success')
    expect(failed.map(([name]) => name)).toEqual([])
    for (const target of ['preconfigured', 'configured', 'multi-user']) {
      expect(machine.must('systemctl', 'is-active', `${target}.target`)).toBe('active\n')
    }
  })

  it('starts everything in order', () => {
    const names = [...new Set([...ORDER, ...SWITCHES].flat())].filter(has)
    const times = machine.times(names)
    const wrong = ORDER.filter(([a, b]) => has(a) && has(b) && !(times(a).upMs <= times(b).startMs))
    expect(wrong).toEqual([])
    expect(SWITCHES.filter(([a, b]) => !(times(a).startMs <= times(b).startMs))).toEqual([])
    expect(has('kubelet.service')).toBe(isKubernetes)
    expect(has('ecs.service')).toBe(!isKubernetes)
    expect(has('pluto.service')).toBe(variant.startsWith('aws-k8s'))
  })

  it('goes from default target to default target', () => {
    expect(machine.must('readlink', '/usr/lib/systemd/system/default.target')).toBe('preconfigured.target\n')
    const switched = (unit: string): string => machine.journal('-u', unit)
    expect(switched('activate-configured.service')).toMatch(/default\.target → \S*\/configured\.target/)
    expect(switched('activate-multi-user.service')).toMatch(/default\.target → \S*\/multi-user\.target/)
    expect(machine.must('systemctl', 'get-default')).toBe('multi-user.target\n')
  })

  it('leaves oneshots as they are meant to be, and has run the reboot check at both switches', () => {
    const expected = Object.entries(ONESHOTS).filter(([unit]) => has(unit))
    const shown = machine.show(Object.keys(ONESHOTS).filter(has), ['ActiveState', 'Result'])
    expect(Object.fromEntries([...shown].map(([name, unit]) => [name, unit.get('ActiveState')]))).toEqual(
      Object.fromEntries(expected),
    )
    expect(machine.journal('-u', 'reboot-if-required.service').match(/Starting reboot-if-required/g)).toHaveLength(2)
  })

  it('writes the files that render has for the same instance', () => {
    const files = renderedFor(variant, instance, machine)
    expect(files.length).toBeGreaterThan(20)
    const different = files.filter(({ path, content }) => machine.contentOf(path) !== content)
    expect(different.map(({ path, content }) => [path, machine.contentOf(path), content])).toEqual([])
  })

  it('has run every restart command, without the names of changed settings', () => {
    const calls = machine.takeCalls()
    expect(calls).toEqual(expect.arrayContaining(['host-containers', 'corndog sysctl', 'certdog']))
    expect(calls.filter((call) => call.includes('['))).toEqual([])
    expect(calls.filter((call) => call.split(' ')[0] === (isKubernetes ? 'kubelet' : 'amazon-ecs-agent'))).toHaveLength(
      1,
    )
  })

  it('is analysed with the times of systemd', () => {
    const report = JSON.parse(machine.must(...TOOL, 'analyze', '--format', 'json')) as {
      failedStep?: string
      reached: { target: string }
      processStartMs: number
      units: { name: string; isRecorded: boolean; startMs: number; endMs: number; phases: { endMs: number }[] }[]
      criticalPath: { startMs: number; endMs: number; unit: string }[]
    }
    expect(report.failedStep).toBeUndefined()
    expect(report.reached.target).toBe('multi-user.target')
    expect(report.processStartMs).toBeGreaterThan(0)
    const recorded = report.units.filter(({ isRecorded }) => isRecorded)
    const steps = ['storewolf', 'apiserver', 'early-boot-config', 'sundog', 'settings-applier']
    expect(recorded.map(({ name }) => name)).toEqual(expect.arrayContaining(steps.map((name) => `${name}.service`)))
    for (const unit of recorded) expect(unit.phases.at(-1)?.endMs).toBe(unit.endMs)
    const path = report.criticalPath
    expect(path[0]?.startMs).toBe(0)
    for (const [i, item] of path.entries()) if (i > 0) expect(item.startMs - (path[i - 1]?.endMs ?? 0)).toBeLessThan(1)
    const on = new Set(path.map(({ unit }) => unit))
    for (const step of ['sundog', 'settings-applier', 'activate-configured']) expect(on).toContain(`${step}.service`)
  })

  it.each([...(CHANGES[isKubernetes ? 'kubernetes' : 'ecs'] ?? []), ...(CHANGES['all'] ?? [])])(
    'restarts what a change of $set affects, and nothing else',
    ({ set, restarted, calls = [] }) => {
      machine.takeCalls()
      const before = machine.runs()
      machine.must('apiclient', 'set', '--wait', ...(set.startsWith('{') ? ['--json'] : []), set)
      machine.settle()
      const after = machine.runs()
      const changed = [...after].filter(([name, run]) => before.get(name) !== run).map(([name]) => name)
      expect(changed.sort()).toEqual([...restarted].sort())
      expect([...before.keys()].filter((name) => !after.has(name))).toEqual([])
      expect(machine.takeCalls()).toEqual(expect.arrayContaining([...calls]))
    },
  )

  it('does not start a stopped service when its settings change', () => {
    const [unit, setting] = isKubernetes
      ? ['kubelet.service', 'kubernetes.event-qps=8']
      : ['ecs.service', 'ecs.loglevel=info']
    machine.must('systemctl', 'stop', unit)
    machine.must('apiclient', 'set', '--wait', setting)
    machine.settle()
    expect(machine.run(['systemctl', 'is-active', unit]).stdout).toBe('inactive\n')
  })

  it('skips user data at its second boot, and keeps the settings', async () => {
    const before = machine.must('apiclient', 'get', 'settings')
    await machine.powerOff()
    await machine.start()
    machine.settle()
    expect(machine.must('systemctl', 'is-system-running'), machine.report()).toBe('running\n')
    const shown = machine.show(['early-boot-config.service'], ['ActiveState', 'ConditionResult', 'Result'])
    expect(Object.fromEntries(shown.get('early-boot-config.service') ?? [])).toMatchObject({
      ActiveState: 'inactive',
      ConditionResult: 'no',
      Result: 'success',
    })
    expect(machine.must('systemctl', 'get-default')).toBe('multi-user.target\n')
    expect(JSON.parse(machine.must('apiclient', 'get', 'settings'))).toEqual(JSON.parse(before))
    expect(machine.contentOf('/etc/motd')).toBe('hello\n')
    expect(machine.must('hostname')).toBe('renamed.example\n')
  })
})
