/** What a boot with a failure comes to under a real systemd: what still runs, what does not, and what the journal says. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { INSTANCES } from '../support/machine-instances.ts'
import { makeImage, makeLayer, PipelineMachine, TOOL, type Image, type Instance } from '../support/pipeline-machine.ts'
import { FAILING } from '../support/stand-ins.ts'

const PIPELINE = ['migrator', 'storewolf', 'early-boot-config', 'sundog', 'pluto', 'settings-applier', 'set-hostname']

interface Failure {
  readonly step: string
  /** What its journal says. */
  readonly reason: RegExp
  readonly instance?: Partial<Instance>
  /** Files to lay over the image, by their path below `/usr`. */
  readonly files?: Readonly<Record<string, string>>
  /** A stand-in that fails. */
  readonly failing?: string
  /** There is a datastore already. */
  readonly hasDatastore?: true
  readonly isMarked: boolean
  readonly hasServer: boolean
}

const FAILURES: readonly Failure[] = [
  {
    step: 'migrator',
    reason: /migrator: error\[/,
    hasDatastore: true,
    files: { 'share/bottlerocket/os-release': 'ID=bottlerocket\nVERSION_ID=nonsense\nVARIANT_ID=aws-k8s-1.30\n' },
    isMarked: false,
    hasServer: false,
  },
  {
    step: 'storewolf',
    reason: /storewolf: error\[/,
    files: { 'share/storewolf/aws-k8s-1.30.toml': '[settings\n' },
    isMarked: true,
    hasServer: false,
  },
  {
    step: 'early-boot-config',
    reason: /SETTINGS_UNKNOWN_KEY.*settings\.kubernetes\.nonsense|settings\.kubernetes\.nonsense/,
    instance: { userData: '[settings.kubernetes]\nnonsense = "x"\n' },
    isMarked: true,
    hasServer: true,
  },
  {
    step: 'sundog',
    reason: /sundog: error\[.*settings\.updates\.seed[^]*no seed today/,
    files: { 'bin/bork': '#!/bin/sh\necho "no seed today" >&2\nexit 1\n' },
    isMarked: true,
    hasServer: true,
  },
  {
    step: 'pluto',
    reason: /pluto: error\[/,
    instance: { faults: ['meta-data/instance-id=404'] },
    isMarked: true,
    hasServer: true,
  },
  {
    step: 'settings-applier',
    reason: /thar-be-settings: error\[.*certdog/,
    failing: 'certdog',
    isMarked: true,
    hasServer: true,
  },
]

/** An empty datastore of a version, with the links that lead to it. */
function makeDatastore(directory: string): void {
  const names = ['v1.24.1_0123456789abcdef', 'v1.24.1', 'v1.24', 'v1', 'current']
  mkdirSync(path.join(directory, `${names[0] ?? ''}/live`), { recursive: true })
  for (const [i, name] of names.slice(1).entries()) symlinkSync(names[i] ?? '', path.join(directory, name))
}

describe('a boot fails', () => {
  let image: Image
  beforeAll(() => {
    image = makeImage('aws-k8s-1.30', 'bundles')
  })
  afterAll(() => {
    image.remove()
  })

  it.each(FAILURES)('at $step, and nothing after it runs', async (failure) => {
    const { step, reason, instance, files = {}, failing, isMarked, hasServer, hasDatastore = false } = failure
    const layer = makeLayer(files)
    const machine = new PipelineMachine([image, layer], { ...INSTANCES['aws-k8s-1.30'], ...instance })
    if (hasDatastore) makeDatastore(machine.inside('/var/lib/bottlerocket/datastore'))
    if (failing !== undefined) {
      const flag = machine.inside(path.join(FAILING, failing))
      mkdirSync(path.dirname(flag), { recursive: true })
      writeFileSync(flag, '')
    }
    try {
      await machine.start()
      machine.settle()
      expect(machine.run(['systemctl', 'is-system-running']).stdout).toBe('degraded\n')
      const states = machine.show(
        [...PIPELINE, 'apiserver', 'mark-successful-boot', 'chronyd'].map((name) => `${name}.service`),
        ['ActiveState', 'Result', 'InactiveExitTimestampMonotonic'],
      )
      const stateOf = (name: string): string | undefined => states.get(`${name}.service`)?.get('ActiveState')
      const at = PIPELINE.indexOf(step)
      expect(
        PIPELINE.map((name) => [name, stateOf(name)]),
        machine.report(),
      ).toEqual(PIPELINE.map((name, i) => [name, i < at ? 'active' : i === at ? 'failed' : 'inactive']))
      // never started, rather than started and stopped
      for (const name of PIPELINE.slice(at + 1)) {
        expect(states.get(`${name}.service`)?.get('InactiveExitTimestampMonotonic')).toBe('0')
      }
      expect(stateOf('apiserver')).toBe(hasServer ? 'active' : 'inactive')
      expect(stateOf('mark-successful-boot')).toBe(isMarked ? 'active' : 'inactive')
      expect(stateOf('chronyd')).toBe('inactive')
      for (const target of ['preconfigured', 'configured', 'multi-user']) {
        expect(machine.run(['systemctl', 'is-active', `${target}.target`]).stdout, target).toBe('inactive\n')
      }
      expect(machine.must('systemctl', 'get-default')).toBe('preconfigured.target\n')
      const said = machine.journal('-u', `${step}.service`)
      expect(said).toMatch(reason)
      expect(said).not.toMatch(/\n\s+at .*\.js:\d+/)
      expect(machine.journal()).toContain('Dependency failed for preconfigured.target')
      if (hasServer) expect(machine.must('apiclient', 'get', 'os')).toContain('1.24.1')
      const analysis = machine.must(...TOOL, 'analyze')
      expect(analysis).toMatch(new RegExp(`^Boot: .*, ${step} failed$`, 'm'))
      expect(analysis).toMatch(new RegExp(`^not started without ${step}\\.service: .*preconfigured\\.target`, 'm'))
    } finally {
      await machine.remove()
      layer.remove()
    }
  })
})

describe('a unit that is only wanted', () => {
  it('fails without stopping the boot, and is tried again at each switch', async () => {
    const image = makeImage('aws-ecs-2', 'bundles')
    const layer = makeLayer({
      'lib/systemd/system/set-hostname.service.d/fail.conf': '[Service]\nExecStartPre=/bin/false\n',
    })
    const machine = new PipelineMachine([image, layer], INSTANCES['aws-ecs-2'] ?? {})
    try {
      await machine.start()
      machine.settle()
      expect(machine.must('systemctl', 'is-active', 'multi-user.target')).toBe('active\n')
      expect(machine.run(['systemctl', 'is-failed', 'set-hostname.service']).stdout).toBe('failed\n')
      const tries = machine.journal('-u', 'set-hostname.service').match(/Starting set-hostname/g)
      expect(tries).toHaveLength(3)
    } finally {
      await machine.remove()
      layer.remove()
      image.remove()
    }
  })
})

describe('a stopped boot', () => {
  it('goes on at the next start, once its cause is gone', async () => {
    const image = makeImage('aws-k8s-1.30', 'bundles')
    const machine = new PipelineMachine([image], {
      ...INSTANCES['aws-k8s-1.30'],
      faults: ['meta-data/instance-id=404'],
    })
    try {
      await machine.start()
      machine.settle()
      expect(machine.run(['systemctl', 'is-failed', 'pluto.service']).stdout).toBe('failed\n')
      machine.setFaults([])
      await machine.powerOff()
      await machine.start()
      machine.settle()
      expect(machine.must('systemctl', 'is-system-running'), machine.report()).toBe('running\n')
      expect(machine.setting('kubernetes.provider-id')).toMatch(/^aws:/)
    } finally {
      await machine.remove()
      image.remove()
    }
  })
})
