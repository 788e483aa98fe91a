/** Hosts whose power is cut while settings are committed or applied, and hosts that get another version of the OS. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { INSTANCES } from '../support/machine-instances.ts'
import { makeImage, makeLayer, PipelineMachine, type Image } from '../support/pipeline-machine.ts'
import { HELD, REACHED } from '../support/stand-ins.ts'

const VARIANT = 'aws-ecs-2'
/** Units in whose own program the power is cut: after what their first command has committed. */
const STEPS = ['storewolf', 'early-boot-config', 'sundog', 'settings-applier']
const KEYS = 50

/** Commits generation after generation, and writes down each that was acknowledged. */
const COMMITTER = `
import { appendFileSync } from 'node:fs'
import { request } from 'node:http'
const send = (method, path, body) =>
  new Promise((resolve, reject) => {
    const call = request({ socketPath: '/run/api.sock', method, path, headers: { 'content-type': 'application/json' } }, (answer) => {
      answer.resume().on('end', () => (answer.statusCode < 300 ? resolve() : reject(new Error(String(answer.statusCode)))))
    })
    call.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })
for (let generation = Number(process.argv[2]); ; generation++) {
  const sysctl = Object.fromEntries(Array.from({ length: ${String(KEYS)} }, (_, i) => ['net.k' + i, String(generation)]))
  await send('PATCH', '/settings?tx=t', { kernel: { sysctl } })
  await send('POST', '/tx/commit?tx=t')
  appendFileSync('/local/acknowledged', generation + '\\n')
}
`

function put(machine: PipelineMachine, file: string, text = ''): void {
  mkdirSync(path.dirname(machine.inside(file)), { recursive: true })
  writeFileSync(machine.inside(file), text)
}

async function boot(machine: PipelineMachine): Promise<void> {
  await machine.start()
  machine.settle()
  expect(machine.must('systemctl', 'is-system-running'), machine.report()).toBe('running\n')
  expect(machine.must('systemctl', 'get-default')).toBe('multi-user.target\n')
}

describe('after a power cut', () => {
  let image: Image
  let machine: PipelineMachine
  beforeAll(() => {
    image = makeImage(VARIANT, 'bundles')
    machine = new PipelineMachine([image], INSTANCES[VARIANT] ?? {})
  })
  afterAll(async () => {
    await machine.remove()
    image.remove()
  })

  it('in each step of the first boots, and while settings are applied, the next boot comes to the same end as any', async () => {
    for (const step of STEPS) {
      // user data counts as read when the program that reads it is done: it must not be, when the power is cut
      machine.setFaults(step === 'early-boot-config' ? ['user-data=hang'] : [])
      await machine.start()
      machine.waitFor(`test "$(systemctl show -P ExecMainStartTimestampMonotonic ${step}.service)" -gt 0`)
      await machine.cut()
    }
    machine.setFaults([])
    put(machine, `${HELD}/corndog`)
    await machine.start()
    machine.waitFor(`test -e ${REACHED}/corndog`)
    await machine.cut()
    rmSync(machine.inside(HELD), { recursive: true })
    rmSync(machine.inside(REACHED), { recursive: true })
    await boot(machine)
    expect(machine.setting('ecs.cluster')).toBe('demo')
    expect(machine.setting('ecs.instance-attributes.pool')).toBe('blue')
    expect(machine.contentOf('/etc/systemd/system/ecs.service.d/10-base.conf')).toMatch(/ECS_CLUSTER="?demo/)
    // nothing is left that only an interrupted boot has
    expect(machine.must('apiclient', 'raw', '-m', 'GET', '-u', '/tx/list').trim()).toBe('[]')
  })

  it('while a change is applied, the host has the new settings, and applies them all', async () => {
    machine.takeCalls()
    put(machine, `${HELD}/corndog`)
    machine.must('apiclient', 'set', '--json', '{"kernel":{"sysctl":{"vm.swappiness":"11"}},"motd":"cut"}')
    machine.waitFor(`test -e ${REACHED}/corndog`)
    await machine.cut()
    rmSync(machine.inside(HELD), { recursive: true })
    await boot(machine)
    expect(machine.contentOf('/etc/motd')).toBe('cut\n')
    expect(machine.contentOf('/etc/corndog.toml')).toContain('"vm.swappiness" = "11"')
    expect(machine.takeCalls()).toContain('corndog sysctl')
  })

  it('while commits of 50 keys are made, the host has one of them as a whole, and none that was acknowledged is lost', async () => {
    put(machine, '/local/commit.mjs', COMMITTER)
    let generation = 1
    for (const delayMs of [0, 3, 7, 12]) {
      put(machine, '/local/acknowledged')
      machine.background(['node', '/local/commit.mjs', String(generation)])
      // what a server does for the first time takes long, and would get most of the cuts
      machine.waitFor(`test "$(wc -l </local/acknowledged)" -gt 5`)
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      await machine.cut()
      const acknowledged = Number(readFileSync(machine.inside('/local/acknowledged'), 'utf8').trim().split('\n').at(-1))
      expect(acknowledged).toBeGreaterThan(generation)
      await boot(machine)
      const sysctl = machine.setting('kernel.sysctl') as Record<string, string>
      const values = Object.entries(sysctl).flatMap(([name, value]) =>
        name.startsWith('net.k') ? [Number(value)] : [],
      )
      expect(values).toHaveLength(KEYS)
      expect(new Set(values).size).toBe(1)
      expect([acknowledged, acknowledged + 1]).toContain(values[0])
      generation = acknowledged + 10
    }
    expect(readFileSync(machine.inside('/var/lib/bottlerocket/datastore/.journal'), 'utf8')).toBe('')
  }, 240_000)
})

describe('with another version of the OS', () => {
  const SOURCES = ['admin', 'control'] as const
  let images: Image[] = []
  let machine: PipelineMachine
  beforeAll(() => {
    const image = makeImage(VARIANT, 'bundles')
    // the release before, as far as it differs
    const defaults = readFileSync(path.join(image.usr, `share/storewolf/${VARIANT}.toml`), 'utf8')
    const release = readFileSync(path.join(image.usr, 'share/bottlerocket/os-release'), 'utf8')
    const older = makeLayer({
      [`share/storewolf/${VARIANT}.toml`]: defaults.replaceAll('v0.11.12', 'v0.11.11').replaceAll('v0.7.16', 'v0.7.15'),
      'share/bottlerocket/os-release': release.replaceAll('1.24.1', '1.24.0'),
    })
    images = [image, older]
    machine = new PipelineMachine(images, INSTANCES[VARIANT] ?? {})
  })
  afterAll(async () => {
    await machine.remove()
    for (const image of images) image.remove()
  })
  const versionOf = (): string => machine.must('sh', '-c', 'cd /var/lib/bottlerocket/datastore && readlink v1.24')
  const tags = (): unknown[] =>
    SOURCES.map((name) =>
      String(machine.setting(`host-containers.${name}.source`))
        .split(':')
        .at(-1),
    )

  it('first boots with the older one', async () => {
    await boot(machine)
    expect(versionOf()).toBe('v1.24.0\n')
    expect(tags()).toEqual(['v0.11.11', 'v0.7.15'])
    machine.must('apiclient', 'set', '--wait', 'motd=kept')
  })

  it('migrates at the boot after the update, before anything reads the datastore', async () => {
    await machine.powerOff()
    machine.install(images.slice(0, 1).map(({ usr }) => usr))
    await boot(machine)
    expect(versionOf()).toBe('v1.24.1\n')
    expect(tags()).toEqual(['v0.11.12', 'v0.7.16'])
    expect(machine.setting('motd')).toBe('kept')
    expect(machine.setting('ecs.cluster')).toBe('demo')
    const times = machine.times(['migrator.service', 'storewolf.service'])
    expect(times('migrator.service').upMs).toBeLessThanOrEqual(times('storewolf.service').startMs)
    expect(machine.run(['systemctl', 'is-active', 'early-boot-config.service']).stdout).toBe('inactive\n')
  })

  it('migrates back at the boot after a rollback', async () => {
    await machine.powerOff()
    machine.install(images.map(({ usr }) => usr))
    await boot(machine)
    expect(versionOf()).toBe('v1.24.0\n')
    expect(tags()).toEqual(['v0.11.11', 'v0.7.15'])
    expect(machine.setting('motd')).toBe('kept')
  })
})
