/** The programs as the units of a host run them: a process each, over a root that holds what an image ships. */
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenOnLoopback } from '../../src/host/loopback-listener.ts'
import { systemClock } from '../../src/host/node-ports.ts'
import { parseFault } from '../../src/imds-server/faults.ts'
import { startMetadataServer } from '../../src/imds-server/handler.ts'
import type { BootStepRecord } from '../../src/lib/boot-record.ts'
import { DEFAULT_METADATA } from '../../src/lib/facts.ts'
import { materialise } from '../support/image-root.ts'
import { runTool, startTool, stopTool, temporaryDirectory, type ToolResult } from '../support/run-tool.ts'

const directory = temporaryDirectory()
const root = path.join(directory.path, 'r')
const USER_DATA = `
[settings.kubernetes]
cluster-name = "demo"
api-server = "https://demo.example"
cluster-certificate = "Y2VydA=="
max-pods = 17
`
const readRecord = (file: string): BootStepRecord => JSON.parse(readFileSync(file, 'utf8')) as BootStepRecord

let metadata: { url: string; close(): Promise<void> }
let server: ChildProcess

const environment = (): Record<string, string> => ({
  BOTTLEROCKET_ROOT: root,
  BOTTLEROCKET_IMDS_URL: metadata.url,
  AWS_ENDPOINT_URL: metadata.url,
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'dummy',
})
const run = (name: string, ...args: string[]): Promise<ToolResult> => runTool(name, args, { env: environment() })
/** As systemd runs the commands of one unit. */
const runInUnit = (unit: string, name: string, ...args: string[]): Promise<ToolResult> =>
  runTool(name, args, { env: { ...environment(), INVOCATION_ID: `run-of-${unit}` } })

async function startServer(): Promise<ChildProcess> {
  const child = startTool('apiserver', ['--datastore-path', '/var/lib/bottlerocket/datastore/current'], {
    env: environment(),
  })
  for (let i = 0; i < 400 && (await run('apiclient', 'get', 'os')).code !== 0; i++) {
    expect(child.exitCode).toBeNull()
  }
  return child
}

beforeAll(async () => {
  metadata = await startMetadataServer({
    facts: {
      imds: { ...DEFAULT_METADATA, userData: USER_DATA },
      aws: { eks: { serviceIpv4Cidr: '172.20.0.0/16' }, ec2: { privateDnsName: DEFAULT_METADATA.localHostname } },
    },
    listen: listenOnLoopback,
    clock: systemClock,
    faults: ['user-data=503x2', 'meta-data/services/partition=500x1', 'meta-data/local-ipv4=429x1'].map(parseFault),
  })
  materialise(root, 'aws-k8s-1.30')
  mkdirSync(path.join(root, 'var/lib/netdog'), { recursive: true })
  writeFileSync(path.join(root, 'var/lib/netdog/current_ip'), DEFAULT_METADATA.localIpv4)
})
afterAll(async () => {
  await stopTool(server)
  await metadata.close()
  directory.remove()
})

describe('a boot of separate processes', () => {
  it('makes the datastore and serves it', async () => {
    const base = '/var/lib/bottlerocket/datastore'
    const link = '/var/lib/bottlerocket/inventory/application.json'
    const made = await run('storewolf', '--data-store-base-path', base, '--inventory-file-symlink-path', link)
    expect(made.stderr).toBe('')
    expect(made.code).toBe(0)
    server = await startServer()
    expect(existsSync(path.join(root, 'run/api.sock'))).toBe(true)
  })

  it('takes the root from the command line too', async () => {
    expect((await runTool('apiclient', ['--root', root, 'get', 'os'])).code).toBe(0)
    expect((await runTool('apiclient', [`--root=${root}-other`, 'get', 'os'])).code).toBe(1)
  })

  it.each([
    ['early-boot-config', 'early-boot-config'],
    ['sundog', 'settings-committer'],
    ['sundog', 'sundog'],
    ['pluto', 'settings-committer'],
    ['pluto', 'pluto'],
    ['settings-applier', 'settings-committer'],
  ])('runs for %s: %s', async (unit, program) => {
    const result = await runInUnit(unit, program)
    expect(result.stderr).toBe('')
    expect(result.code).toBe(0)
  })

  it('has the settings of user data, generators and pluto', async () => {
    const result = await run('apiclient', 'get', 'settings.kubernetes', 'settings.updates', 'settings.network')
    const { settings } = JSON.parse(result.stdout) as { settings: Record<string, Record<string, unknown>> }
    expect(settings['kubernetes']).toMatchObject({
      'max-pods': 17,
      'node-ip': DEFAULT_METADATA.localIpv4,
      'cluster-dns-ip': '172.20.0.10',
      'provider-id': `aws:///${DEFAULT_METADATA.availabilityZone}/${DEFAULT_METADATA.instanceId}`,
    })
    expect(settings['updates']?.['seed']).toEqual(expect.any(Number))
    expect(settings['network']?.['hostname']).toBe(DEFAULT_METADATA.localHostname)
  })

  it('renders every file', async () => {
    const result = await runInUnit('settings-applier', 'thar-be-settings', '--all')
    expect(result.stderr).toBe('')
    expect(result.code).toBe(0)
    expect(readFileSync(path.join(root, 'etc/kubernetes/kubelet/config'), 'utf8')).toMatch(/^maxPods: 17$/m)
  })

  it('has left a record of each step, with what its parts waited for in their own processes', () => {
    const directory = path.join(root, 'run/bottlerocket/boot-record.d')
    const records = readdirSync(directory).map((file) => readRecord(path.join(directory, file)))
    const byName = new Map(records.map((record) => [record.name, record]))
    expect([...byName.keys()].sort()).toEqual(
      [
        'apiserver',
        'early-boot-config',
        'pluto',
        'settings-applier',
        'settings-committer',
        'storewolf',
        'sundog',
      ].sort(),
    )
    for (const record of records) {
      expect(record).toMatchObject({ outcome: 'ok', bootStartMs: 0 })
      expect(record.endMs).toBeGreaterThan(record.startMs)
    }
    const order = ['storewolf', 'early-boot-config', 'sundog', 'pluto', 'settings-applier']
    expect([...order].sort((a, b) => (byName.get(a)?.startMs ?? 0) - (byName.get(b)?.startMs ?? 0))).toEqual(order)
    const part = (step: string, name: string): BootStepRecord['activities'][number] | undefined =>
      byName.get(step)?.activities.find((activity) => activity.name === name)
    expect(part('early-boot-config', '40-ec2-imds')).toMatchObject({
      kind: 'provider',
      outcome: 'ok',
      detail: 'EC2 IMDS',
      attempts: 3,
      waits: [
        { target: 'metadata service, user-data', reason: 'status 503', ms: 250, retry: true },
        { target: 'metadata service, user-data', reason: 'status 503', ms: 250, retry: true },
      ],
    })
    expect(part('early-boot-config', '10-local-defaults')).toMatchObject({ outcome: 'none', attempts: 1, waits: [] })
    expect(part('sundog', 'settings.metrics.send-metrics')).toMatchObject({ kind: 'generator', attempts: 2 })
    expect(part('sundog', 'settings.updates.seed')).toMatchObject({ outcome: 'ok', detail: 'bork seed', attempts: 1 })
    expect(part('pluto', 'settings.kubernetes.node-ip')).toMatchObject({ waits: [{ reason: 'status 429' }] })
    const commits = records.filter(({ name }) => name === 'settings-committer').map(({ invocation }) => invocation)
    expect(commits.sort()).toEqual(['run-of-pluto', 'run-of-settings-applier', 'run-of-sundog'])
    expect(byName.get('sundog')?.invocation).toBe('run-of-sundog')
  })

  it('applies a later change in the background', async () => {
    expect((await run('apiclient', 'set', 'motd=later')).code).toBe(0)
    const motd = path.join(root, 'etc/motd')
    for (let i = 0; i < 200 && readFileSync(motd, 'utf8') !== 'later\n'; i++) {
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    expect(readFileSync(motd, 'utf8')).toBe('later\n')
  })

  it('stops the server cleanly', async () => {
    expect(await stopTool(server)).toBe(0)
    expect((await run('apiclient', 'get', 'os')).stderr).toMatch(/API_UNREACHABLE/)
  })
})
