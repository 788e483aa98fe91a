/**
 * The pipeline installed on a Debian with an `/etc` that stays: beside the distribution's own units, without a container
 * runtime or kubelet, from boot to boot, and taken out again.
 */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { baseUsr, Machine } from '../support/machine.ts'
import { temporaryDirectory, toolCommand } from '../support/run-tool.ts'

const RESTARTED = ['bootstrap-containers', 'certdog', 'corndog', 'host-containers', 'static-pods']
const USER_DATA = `[settings.kubernetes]
cluster-name = "demo"
api-server = "https://demo.example"
cluster-certificate = "Y2VydA=="
cluster-dns-ip = "10.96.0.10"
bootstrap-token = "abcdef.0123456789abcdef"
`
const NETWORK = 'version = 3\n[eth0]\ndhcp4 = true\nprimary = true\n'
const UNITS = '/usr/local/lib/systemd/system'
/** Containers have a read-only `/proc/sys`, where a host's name is written. */
const HOSTNAME_UNIT = `[Unit]
DefaultDependencies=no
Before=basic.target
[Service]
Type=oneshot
RemainAfterExit=true
ExecStart=/bin/mount --bind /proc/sys/kernel/hostname /proc/sys/kernel/hostname
ExecStart=/bin/mount -o remount,bind,rw /proc/sys/kernel/hostname
`

/** Waits while the test wants it, and fails when the test wants it. */
const STAND_IN = '#!/bin/sh\nwhile [ -e /local/held ]; do sleep 0.05; done\n[ ! -e /local/failing ]\n'

const layer = temporaryDirectory()
const usr = path.join(layer.path, 'usr')
const machine = new Machine({ layers: [usr], binds: { '/usr/bin/node': process.execPath }, keepEtc: true })
const inside = (file: string): string => path.join(machine.root, file)

function write(file: string, text: string, mode = 0o644): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text, { mode })
}

function must(...command: string[]): string {
  const [program = '', ...args] = command
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw error ?? new Error(`${command.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

/** Does something with the root as the machine sees it, while that is off. What is written below `/usr` is in the layer. */
function inRoot<T>(action: () => T): T {
  const work = path.join(layer.path, 'work')
  mkdirSync(work, { recursive: true })
  const options = `lowerdir=${baseUsr().path},upperdir=${usr},workdir=${work}`
  must('mount', '-t', 'overlay', 'overlay', '-o', options, inside('/usr'))
  try {
    return action()
  } finally {
    must('umount', inside('/usr'))
  }
}

interface Report {
  readonly generalHost: boolean
  readonly enabledBy: string
  readonly notEnabled: readonly { readonly unit: string }[]
  readonly changes: readonly { readonly action: string; readonly path: string }[]
  readonly diagnostics: readonly { readonly code: string }[]
}
const tool = (...words: string[]): Report =>
  JSON.parse(must(...toolCommand('bottlerocket'), ...words, '--root', machine.root, '--format', 'json')) as Report

/** Files and links of the layer and of `/etc`. */
function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

/** Unit files of ours, for units that are enabled, that the running systemd has not read. */
function unitsNotLoaded(): string[] {
  const shown = machine.must('systemctl', 'show', '--all', '--property=FragmentPath,DropInPaths', '*')
  const loaded = new Set(shown.split(/[\n= ]/))
  const idle = new Set(report.notEnabled.map(({ unit }) => `${UNITS}/${unit}`))
  const ours = report.changes.map((change) => change.path).filter((file) => file.startsWith(`${UNITS}/`))
  // templates wait for instances, and this drop-in and slice for a unit that nothing starts here
  const waiting = /@\.[a-z]+$|\/kubelet\.service\.d\/|\/runtime\.slice$|\/default\.target$/
  return ours.filter((file) => !loaded.has(file) && !idle.has(file) && !waiting.test(file))
}

const isActive = (unit: string): boolean => machine.run(['systemctl', 'is-active', unit]).stdout === 'active\n'

let report: Report
let before: string[]

function prepare(): void {
  for (const name of RESTARTED) write(path.join(usr, 'bin', name), STAND_IN, 0o755)
  write(path.join(usr, 'bin/node'), '', 0o755)
  write(inside('/etc/machine-id'), '0123456789abcdef0123456789abcdef\n')
  write(inside('/etc/systemd/system/writable-hostname.service'), HOSTNAME_UNIT)
  mkdirSync(inside('/etc/systemd/system/basic.target.wants'))
  symlinkSync(
    '../writable-hostname.service',
    inside('/etc/systemd/system/basic.target.wants/writable-hostname.service'),
  )
  write(inside('/var/lib/bottlerocket/net.toml'), NETWORK)
  write(inside('/var/lib/bottlerocket/user-data.toml'), USER_DATA)
  inRoot(() => must('systemctl', '--root', machine.root, 'enable', 'systemd-networkd', 'systemd-resolved'))
  before = [...files(usr), ...files(inside('/etc'))]
  report = inRoot(() => tool('install', '--variant', 'metal-k8s-1.29'))
}

afterAll(async () => {
  await machine.remove()
  layer.remove()
})

// the machine's own /usr may have any program, and units of its own for it
describe.skipIf(baseUsr().origin === 'host')('a Debian with the pipeline', () => {
  beforeAll(prepare)

  it('lists the units that nothing starts', () => {
    expect(report).toMatchObject({ generalHost: true, enabledBy: 'links', diagnostics: [] })
    expect(report.notEnabled.map(({ unit }) => unit)).toEqual([
      'bootstrap-commands.service',
      'bootstrap-containers@.service',
      'chronyd.service',
      'containerd.service',
      'host-containerd.service',
      'host-containers@.service',
      'kubelet.service',
      'metricdog.service',
      'metricdog.timer',
      'send-boot-success.service',
    ])
    expect(inRoot(() => tool('install', '--variant', 'metal-k8s-1.29')).changes).toEqual([])
  })

  it.each(['first', 'second'])('boots from target to target, the %s time too', async (time) => {
    write(inside('/local/held'), '')
    await machine.start()
    machine.waitFor('test "$(systemctl is-active settings-applier.service)" = activating')
    // it is on its way to the first of the targets, not to the one that the boot before ended with
    expect(machine.must('systemctl', 'get-default')).toBe('preconfigured.target\n')
    expect(machine.must('systemctl', 'list-jobs')).toMatch(/ preconfigured\.target /)
    expect(machine.must('systemctl', 'list-jobs')).not.toMatch(/ (?:configured|multi-user)\.target /)
    rmSync(inside('/local/held'))
    machine.settle()
    expect(machine.run(['systemctl', 'is-system-running']).stdout, machine.report()).toBe('running\n')
    for (const target of ['preconfigured', 'configured', 'multi-user']) expect(isActive(`${target}.target`)).toBe(true)
    expect(machine.must('systemctl', 'get-default')).toBe('multi-user.target\n')
    expect(readlinkSync(inside('/etc/systemd/system/default.target'))).toBe(`${UNITS}/multi-user.target`)
    const reached = machine.journal().match(/Reached target \S+/g)
    const targets = ['preconfigured', 'configured', 'multi-user'].map((name) => `Reached target ${name}.target`)
    expect(reached?.filter((line) => targets.includes(line))).toEqual(targets)
    expect(machine.must('apiclient', 'get', 'settings.kubernetes.cluster-name')).toMatch(/"demo"/)
    expect(machine.must('apiclient', 'get', 'os')).toMatch(/"variant_id": "metal-k8s-1\.29"/)
    expect(existsSync(inside('/var/lib/bottlerocket/boot-succeeded'))).toBe(true)
    const userData = machine.run(['systemctl', 'show', '-P', 'ConditionResult', 'early-boot-config']).stdout
    expect(userData).toBe(time === 'first' ? 'yes\n' : 'no\n')
    expect(unitsNotLoaded()).toEqual([])
    expect(machine.must('stat', '-c', '%a %g', '/run/api.sock')).toBe('660 274\n')
    expect(machine.must('getent', 'group', 'api')).toBe('api:x:274:\n')
    await machine.powerOff()
  })

  it('stays at the first target when the settings cannot be applied', async () => {
    write(inside('/local/failing'), '')
    await machine.start()
    machine.waitFor('systemctl is-failed settings-applier.service')
    machine.settle()
    expect(isActive('preconfigured.target')).toBe(false)
    expect(isActive('multi-user.target')).toBe(false)
    expect(isActive('apiserver.service')).toBe(true)
    expect(machine.must('systemctl', 'get-default')).toBe('preconfigured.target\n')
    expect(machine.journal('-u', 'settings-applier')).toMatch(/error\[RESTART_COMMAND_FAILED\]/)
    await machine.powerOff()
  })

  it('is a Debian again afterwards', () => {
    const { changes } = inRoot(() => tool('uninstall'))
    expect(changes.filter(({ action }) => action === 'kept')).toEqual([])
    const etc = new Set(before)
    const left = [...files(usr), ...files(inside('/etc'))].filter((file) => !etc.has(file))
    // what boots have written stays; nothing of it is a unit of ours
    expect(left.filter((file) => file.startsWith(usr))).toEqual([])
    expect(left.filter((file) => /\/etc\/systemd\/system\/(?!kubelet\.service\.d\/)/.test(file))).toEqual([])
    expect(readFileSync(inside('/etc/machine-id'), 'utf8')).toMatch(/^0123456789abcdef/)
  })
})
