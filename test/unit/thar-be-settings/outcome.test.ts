/** What can be read back of a change: that it went well, or what became of it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { member, printJson, toJson, type JsonValue } from '../../../src/lib/json.ts'
import { PATHS } from '../../../src/lib/paths.ts'
import type { FileReplacement } from '../../../src/lib/ports.ts'
import { failingFs } from '../../support/faulty-fs.ts'
import { temporaryDirectory } from '../../support/run-tool.ts'
import { jsonArgument, printed, startNode, type NodeOptions, type RunningNode } from '../../support/running-node.ts'

const started: RunningNode[] = []
const directories: { remove(): void }[] = []
async function start(options: NodeOptions = {}): Promise<RunningNode> {
  const node = await startNode(options)
  started.push(node)
  return node
}
afterEach(async () => {
  for (const node of started.splice(0)) await node.close()
  for (const directory of directories.splice(0)) directory.remove()
})

const KUBELET = '/usr/bin/systemctl try-restart kubelet.service'
const CHRONYD = '/bin/systemctl try-reload-or-restart chronyd.service'
const timeServers = (name: string): string => jsonArgument({ ntp: { 'time-servers': [name] } })
const idOf = (run: JsonValue): string => member(run, 'id') as string

/** A host under a directory, whose restart commands are scripts that do as a test wants. */
async function startWithCommands(): Promise<{ node: RunningNode; systemctl: string }> {
  const directory = temporaryDirectory()
  directories.push(directory)
  const node = await start({ root: directory.path })
  const systemctl = path.join(directory.path, 'bin/systemctl')
  mkdirSync(path.dirname(systemctl), { recursive: true })
  return { node, systemctl }
}

function writeScript(file: string, ...lines: readonly string[]): void {
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 })
}

describe('status', () => {
  it('tells keys, files and commands of the last change', async () => {
    const node = await start()
    expect((await node.change('set', 'kubernetes.max-pods=42', '--wait')).code).toBe(0)
    const run = await node.lastRun()
    expect(run).toMatchObject({ state: 'done', changedKeys: ['settings.kubernetes.max-pods'], notRendered: [] })
    expect(run).not.toHaveProperty('failure')
    const status = await node.apiclient('status')
    expect(status).toMatchObject({ code: 0, stderr: '' })
    expect(status.stdout).toMatch(/^\S+ done \(\d+ ms\)\n {2}changed settings\.kubernetes\.max-pods\n/)
    expect(status.stdout).toContain('  wrote /etc/kubernetes/kubelet/config (kubernetes)\n')
    expect(status.stdout).toContain(`  recorded ${KUBELET} (kubernetes)\n`)
    const id = idOf(run)
    expect((await node.apiclient('status', id)).stdout).toBe(status.stdout)
    expect(JSON.parse((await node.apiclient('status', '--format', 'json')).stdout)).toMatchObject({
      applies: [{ id }, {}],
    })
    expect((await node.apiclient('status', '--all')).stdout).toContain('changed everything')
  })

  it('keeps the last twenty runs, and no content of any file', async () => {
    const node = await start()
    for (let i = 0; i < 25; i++) await node.change('set', `motd=secret-${String(i)}`)
    const runs = member(await node.status(), 'applies') as readonly unknown[]
    expect(runs).toHaveLength(20)
    expect(printJson(toJson(runs))).not.toContain('secret-')
  })

  it('has nothing to tell before anything was applied', async () => {
    const node = await start()
    node.host.fs.removeTree(PATHS.applyRecords)
    expect(await node.apiclient('status')).toEqual({ code: 0, stdout: 'nothing was applied yet\n', stderr: '' })
  })

  it('shows changes on trial and how they ended', async () => {
    const node = await start()
    await node.change('set', 'motd=x', '--try', '60')
    expect((await node.apiclient('status')).stdout).toMatch(
      /on trial \w{8}: taken back in (60|59) s unless confirmed: settings\.motd/,
    )
    await node.apiclient('confirm')
    expect((await node.apiclient('status')).stdout).toMatch(/confirmed \w{8} at .*: settings\.motd\n$/)
  })
})

describe('a dry run', () => {
  it('hides secret values, and works for documents as for pairs', async () => {
    const node = await start()
    const document =
      '[settings.container-registry]\n[[settings.container-registry.credentials]]\nregistry = "a.example"\nusername = "me"\npassword = "hunter2"\n'
    const dry = await node.apiclientWith({ stdin: document }, 'apply', '--dry-run')
    expect(dry).toMatchObject({ code: 0, stderr: '' })
    expect(dry.stdout).toContain('settings.container-registry.credentials new (secret)')
    expect(dry.stdout).toContain('would write\n')
    expect(dry.stdout).not.toContain('hunter2')
    expect(await node.api.getJson('/settings?prefix=container-registry')).toEqual(toJson({}))
    // the file itself holds the secret, and so does the report that is asked for as a whole
    const report = await node.apiclientWith({ stdin: document }, 'apply', '-', '--dry-run', '--format', 'json')
    expect(printed(report)).toMatchObject({ schemaVersion: 1n, keys: [{ change: 'new' }], notRendered: [] })
  })

  it('tells values that stay, and changes without any effect', async () => {
    const node = await start()
    const same = await node.apiclient('set', 'kubernetes.max-pods=110', 'updates.ignore-waves=true', '--dry-run')
    expect(same.stdout).toMatch(/^settings\n {2}settings\.kubernetes\.max-pods stays 110\n/)
    await node.change('set', 'motd=x')
    expect((await node.apiclient('set', 'motd=x', '--dry-run')).stdout).toBe(
      'settings\n  settings.motd stays "x"\nno file would change and no command would run\n',
    )
  })

  it('of a transaction with any name', async () => {
    const node = await start()
    const tx = encodeURIComponent('--all \0/../"')
    await node.api.send('PATCH', `/settings?tx=${tx}`, toJson({ motd: 'x' }))
    expect(member(await node.api.getJson(`/tx/preview?tx=${tx}`), 'settings')).toMatchObject({ motd: 'x' })
    expect((await node.api.send('POST', `/tx/dry_run?tx=${tx}`)).body).toContain('"path":"/etc/motd"')
    expect((await node.api.request('POST', '/tx/dry_run?tx=none')).status).toBe(422)
  })
})

describe('restart commands', () => {
  it.each<[string, readonly string[] | undefined, RegExp]>([
    ['that fail', ['echo Unit is masked. >&2', 'exit 5'], /ended with 5:\nUnit is masked\./],
    ['that are killed', ['kill -9 $$'], /was ended by SIGKILL/],
    ['that are missing', undefined, /could not be started: no such program under the root/],
  ])('%s: the settings are in force, the files are written, and it can be read why', async (_name, script, reason) => {
    const { node, systemctl } = await startWithCommands()
    if (script !== undefined) writeScript(systemctl, ...script)
    const result = await node.change('set', '-j', timeServers('a.example'), '--wait')
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toMatch(/error\[APPLY_FAILED\] the settings are in force, but applying them failed/)
    expect(result.stderr).toMatch(reason)
    expect((await node.files())['/etc/chrony.conf']).toContain('a.example')
    expect(await node.lastRun()).toMatchObject({ state: 'failed', failure: { code: 'RESTART_COMMAND_FAILED' } })
    const status = await node.apiclient('status')
    expect(status.code).toBe(1)
    expect(status.stdout).toMatch(/ {2}failed: \[RESTART_COMMAND_FAILED\] '/)
    // without --wait a change ends well when the applier is started
    expect((await node.change('set', '-j', timeServers('b.example'))).code).toBe(0)
  })

  it('that hang are told by name while they run, and hold nobody up', async () => {
    const { node, systemctl } = await startWithCommands()
    const gate = path.join(path.dirname(systemctl), 'gate')
    writeFileSync(gate, '')
    writeScript(
      systemctl,
      '[ "$CHANGED_SETTINGS" = settings.ntp.time-servers ] || exit 0',
      `while [ -e ${gate} ]; do sleep 0.05; done`,
    )
    expect((await node.apiclient('set', '-j', timeServers('a.example'))).code).toBe(0)
    await vi.waitFor(
      async () => {
        expect(await node.lastRun()).toMatchObject({ state: 'running', step: 'restarting', command: CHRONYD })
      },
      { timeout: 10_000 },
    )
    const first = idOf(await node.lastRun())
    expect((await node.apiclient('status')).stdout).toContain(`running, in ${CHRONYD}`)
    expect((await node.apiclient('set', '-j', jsonArgument({ ntp: { options: ['minpoll 1'] } }), '--wait')).code).toBe(
      0,
    )
    expect((await node.files(false))['/etc/chrony.conf']).toContain('a.example minpoll 1')
    rmSync(gate)
    await node.settled()
    expect((await node.apiclient('status', first)).stdout).toContain('done')
  })
})

describe('a file that cannot be rendered', () => {
  it('leaves files and services alone; the settings are in force and the reason can be read', async () => {
    const node = await start()
    const before = await node.files()
    const broken = { pki: { x: { trusted: true } }, 'bootstrap-containers': { b: { mode: 'once' } } }
    const dry = await node.apiclient('set', '-j', jsonArgument(broken), '--dry-run')
    expect(dry.stdout).toMatch(
      /would be in force, but not be applied, since these files cannot be rendered\n {2}\/etc\/bootstrap-containers/,
    )
    const result = await node.change('set', '-j', jsonArgument(broken), '--wait')
    expect(result).toMatchObject({ code: 1 })
    expect(result.stderr).toMatch(/APPLY_FAILED.*APPLY_RENDER_FAILED.*nothing was written/)
    expect(await node.files()).toEqual(before)
    expect(await node.api.getJson('/settings?prefix=bootstrap-containers')).toEqual(
      toJson({ 'bootstrap-containers': { b: { mode: 'once' } } }),
    )
    const status = await node.apiclient('status')
    expect(status.code).toBe(1)
    expect(status.stdout).toMatch(/settings\.bootstrap-containers\.b\.source/)
    expect(await node.lastRun()).toMatchObject({ state: 'failed', step: 'rendering', files: [], commands: [] })
  })
})

describe('an applier that dies', () => {
  it('is told as interrupted, not as running', async () => {
    const node = await start()
    const run = await node.lastRun()
    const id = '20991231T000000.000Z-dead'
    const record = { ...(run as object), id, state: 'running', step: 'restarting' }
    node.host.fs.makeDirectory(`${PATHS.applyRecords}/${id}`)
    node.host.fs.writeFile(`${PATHS.applyRecords}/${id}/record.json`, jsonArgument(record))
    const status = await node.apiclient('status')
    expect(status.code).toBe(1)
    expect(status.stdout).toMatch(/^\S+-dead interrupted/)
    expect(status.stdout).toContain('failed: the applier ended while restarting')
    // one that is at work holds its lock
    const lock = await node.host.locks.acquire(`${PATHS.applyRecords}/${id}`, 'thar-be-settings')
    expect((await node.apiclient('status')).stdout).toMatch(/-dead running/)
    if ('release' in lock) await lock.release()
  })

  it('records that cannot be read are passed over', async () => {
    const node = await start()
    const id = '20991231T000000.000Z-torn'
    node.host.fs.makeDirectory(`${PATHS.applyRecords}/${id}`)
    node.host.fs.writeFile(`${PATHS.applyRecords}/${id}/record.json`, '{"id":')
    node.host.fs.makeDirectory(`${PATHS.applyRecords}/other`)
    expect((await node.apiclient('status')).stdout).not.toContain('torn')
  })
})

describe('together', () => {
  it('ten clients with different settings of the same file end with all of them in it', async () => {
    const node = await start()
    const labels = Array.from({ length: 10 }, (_, i) => `kubernetes.node-labels.label-${String(i)}=v${String(i)}`)
    const others = ['kubernetes.max-pods=42', 'kubernetes.event-qps=7', 'kubernetes.registry-qps=9', 'motd=together']
    const results = await Promise.all([...labels, ...others].map((pair) => node.apiclient('set', pair, '--wait')))
    expect(results.map(({ code }) => code)).toEqual(results.map(() => 0))
    const files = await node.files()
    const env = files['/etc/kubernetes/kubelet/env'] ?? ''
    for (let i = 0; i < 10; i++) expect(env).toContain(`label-${String(i)}=v${String(i)}`)
    const config = files['/etc/kubernetes/kubelet/config'] ?? ''
    expect(config).toMatch(/^maxPods: 42$/m)
    expect(config).toMatch(/^eventRecordQPS: 7$/m)
    expect(config).toMatch(/^registryPullQPS: 9$/m)
    expect(files['/etc/motd']).toContain('together')
  })

  it('a run that is slow to write does not write older settings over newer ones', async () => {
    let stalled = false
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    let isArmed = false
    const node = await start({
      wrapFs: (fs) =>
        new Proxy(fs, {
          get: (target, name) => {
            const value: unknown = Reflect.get(target, name)
            if (typeof value !== 'function') return value
            if (name !== 'replaceFiles') return (value as () => unknown).bind(target)
            return async (files: readonly FileReplacement[]) => {
              if (isArmed && !stalled) {
                stalled = true
                await gate
              }
              return target.replaceFiles(files)
            }
          },
        }),
    })
    isArmed = true
    await node.apiclient('set', 'kubernetes.max-pods=42')
    await vi.waitFor(() => {
      expect(stalled).toBe(true)
    })
    await node.apiclient('set', 'kubernetes.event-qps=7')
    await new Promise((resolve) => setTimeout(resolve, 200))
    release()
    const config = (await node.files())['/etc/kubernetes/kubelet/config'] ?? ''
    expect(config).toMatch(/^maxPods: 42$/m)
    expect(config).toMatch(/^eventRecordQPS: 7$/m)
  })

  it('a run without room for records applies all the same', async () => {
    let full = false
    const node = await start({
      wrapFs: (fs) => failingFs(fs, 'ENOSPC', (_operation, path) => full && path.startsWith('/run/bottlerocket')),
    })
    full = true
    expect((await node.change('set', 'motd=x')).code).toBe(0)
    expect((await node.files())['/etc/motd']).toContain('x')
    const waited = await node.change('set', 'motd=y', '--wait')
    expect(waited.code).toBe(1)
    expect(waited.stderr).toContain('status 404')
  })
})
