/** The programs as the units of a host run them: a process each, over a root that holds what an image ships. */
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenOnLoopback } from '../../src/host/loopback-listener.ts'
import { systemClock } from '../../src/host/node-ports.ts'
import { startMetadataServer } from '../../src/imds-server/handler.ts'
import { DEFAULT_METADATA } from '../../src/lib/facts.ts'
import { imageTree } from '../../src/variants/image.ts'
import { findVariant } from '../../src/variants/variant.ts'
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
let metadata: { url: string; close(): Promise<void> }
let server: ChildProcess

function materialise(): void {
  for (const [target, entry] of imageTree(findVariant('aws-k8s-1.30'))) {
    const full = path.join(root, target)
    mkdirSync(path.dirname(full), { recursive: true })
    if (entry.kind === 'file') writeFileSync(full, entry.read())
    else symlinkSync(entry.target, full)
  }
  mkdirSync(path.join(root, 'var/lib/netdog'), { recursive: true })
  writeFileSync(path.join(root, 'var/lib/netdog/current_ip'), DEFAULT_METADATA.localIpv4)
}

const environment = (): Record<string, string> => ({
  BOTTLEROCKET_ROOT: root,
  BOTTLEROCKET_IMDS_URL: metadata.url,
  AWS_ENDPOINT_URL: metadata.url,
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'dummy',
})
const run = (name: string, ...args: string[]): Promise<ToolResult> => runTool(name, args, { env: environment() })

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
  })
  materialise()
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

  it.each(['early-boot-config', 'settings-committer', 'sundog', 'settings-committer', 'pluto', 'settings-committer'])(
    'runs %s',
    async (program) => {
      const result = await run(program)
      expect(result.stderr).toBe('')
      expect(result.code).toBe(0)
    },
  )

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
    const result = await run('thar-be-settings', '--all')
    expect(result.stderr).toBe('')
    expect(result.code).toBe(0)
    expect(readFileSync(path.join(root, 'etc/kubernetes/kubelet/config'), 'utf8')).toMatch(/^maxPods: 17$/m)
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
