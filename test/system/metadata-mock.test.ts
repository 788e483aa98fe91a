/**
 * Whole boots against a metadata server that is not ours: https://github.com/aws/amazon-ec2-metadata-mock, which the Go
 * toolchain builds. By itself it answers below `/latest`; its configuration moves each path to the version that is asked
 * for. It takes requests with a session token only.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { listenOnLoopback } from '../../src/host/loopback-listener.ts'
import { systemClock } from '../../src/host/node-ports.ts'
import { startMetadataServer } from '../../src/imds-server/handler.ts'
import { DEFAULT_METADATA } from '../../src/lib/facts.ts'
import { runTool, temporaryDirectory } from '../support/run-tool.ts'

const MODULE = 'github.com/aws/amazon-ec2-metadata-mock/cmd/ec2-metadata-mock@v1.13.0'
const OLDEST_GO = [1, 23] as const

const directory = temporaryDirectory()
const cleanups: (() => unknown)[] = [
  () => {
    directory.remove()
  },
]
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

/** The built server, or why there is none. */
function install(): { program: string } | { reason: string } {
  const version = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' })
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version.stdout) ?? []
  if (version.error !== undefined || major === undefined) return { reason: 'the Go toolchain is not installed' }
  if (Number(major) === OLDEST_GO[0] && Number(minor) < OLDEST_GO[1]) {
    return { reason: `it needs Go ${OLDEST_GO.join('.')}, here is ${version.stdout.trim()}` }
  }
  const bin = path.join(directory.path, 'bin')
  const env = { ...process.env, GOBIN: bin, GOTOOLCHAIN: 'local' }
  const built = spawnSync('go', ['install', MODULE], { encoding: 'utf8', env, timeout: 300_000 })
  if (built.status === 0) return { program: path.join(bin, 'ec2-metadata-mock') }
  return { reason: `go install failed: ${built.stderr.trim().split('\n').slice(-3).join(' ').slice(0, 300)}` }
}

const installed = install()
if ('reason' in installed) process.stderr.write(`amazon-ec2-metadata-mock: left out, ${installed.reason}\n`)

const MAC = '0e:49:61:0f:c3:11'
const VERSION = '/2021-07-15'
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7m0Zc1v0C3f1yq0l7o4b3mT8sR2kXwN5pQdVhYtE9L mock'

/** The configuration: paths that a boot asks for, moved; lists, which the server has none of, in entries of no use here. */
function configuration(userData: Uint8Array): object {
  const meta = (entry: string): string => `${VERSION}/meta-data/${entry}`
  return {
    imdsv2: true,
    metadata: {
      paths: {
        'reservation-id': meta('network/interfaces/macs'),
        'mac-vpc-ipv4-cidr-blocks': meta(`network/interfaces/macs/${MAC}/vpc-ipv4-cidr-blocks`),
        'local-ipv4': meta('local-ipv4'),
        'local-hostname': meta('local-hostname'),
        'instance-type': meta('instance-type'),
        'instance-id': meta('instance-id'),
        'services-partition': meta('services/partition'),
        'security-groups': meta('public-keys'),
        'public-key': meta('public-keys/0/openssh-key'),
      },
      values: {
        'reservation-id': `${MAC}/`,
        'security-groups': '0=mock',
        'public-key': `${KEY}\n`,
        'iam-security-credentials': {
          Code: 'Success',
          LastUpdated: '2024-01-01T00:00:00Z',
          Type: 'AWS-HMAC',
          AccessKeyId: 'ASIAFROMTHEMOCK00000',
          SecretAccessKey: 'dummy',
          Token: 'dummy',
          Expiration: '2099-01-01T00:00:00Z',
        },
      },
    },
    dynamic: { paths: { 'instance-identity-document': `${VERSION}/dynamic/instance-identity/document` } },
    userdata: {
      paths: { userdata: `${VERSION}/user-data` },
      values: { userdata: Buffer.from(userData).toString('base64') },
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => {
        resolve(port)
      })
    })
  })
}

async function isUp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => {
      resolve(false)
    })
  })
}

async function startMock(name: string, userData: Uint8Array): Promise<{ url: string; log: () => string }> {
  const home = path.join(directory.path, name)
  mkdirSync(home)
  const config = path.join(home, 'config.json')
  writeFileSync(config, JSON.stringify(configuration(userData)))
  const port = await freePort()
  const args = ['--config-file', config, '--hostname', '127.0.0.1', '--port', String(port), '--imdsv2']
  const program = 'program' in installed ? installed.program : ''
  const child: ChildProcess = spawn(program, args, { env: { ...process.env, HOME: home }, cwd: home })
  cleanups.push(() => child.kill('SIGTERM'))
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (log += chunk.toString()))
  for (let i = 0; i < 200 && !(await isUp(port)); i++) await systemClock.sleep(25)
  return { url: `http://127.0.0.1:${String(port)}`, log: () => log }
}

interface Report {
  readonly settings: Record<string, Record<string, unknown>>
  readonly failedStep?: string
  readonly diagnostics: unknown[]
}

async function boot(
  variant: string,
  url: string,
  endpoint: string,
): Promise<{ report: Report; root: string; stderr: string }> {
  const root = path.join(directory.path, `root-${variant}`)
  const facts = path.join(directory.path, 'facts.json')
  writeFileSync(facts, '{"resolve":{}}')
  const args = ['boot', '--variant', variant, '--root', root, '--imds', url, '--facts', facts, '--format', 'json']
  const { stdout, stderr } = await runTool('bottlerocket', args, { env: { AWS_ENDPOINT_URL: endpoint } })
  return { report: JSON.parse(stdout) as Report, root, stderr }
}

const adminUserData = Buffer.from(JSON.stringify({ ssh: { 'authorized-keys': [KEY] } })).toString('base64')

describe.skipIf('reason' in installed)('a whole boot against amazon-ec2-metadata-mock', () => {
  it('of aws-k8s-1.30, with credentials of the role that it serves', async () => {
    const userData = `
      [settings.kubernetes]
      cluster-name = "demo"
      api-server = "https://demo.example"
      cluster-certificate = "Y2VydA=="
      hostname-override-source = "private-dns-name"
      [settings.host-containers.admin]
      enabled = true
    `
    const mock = await startMock('k8s', gzipSync(userData))
    const signatures: string[] = []
    const aws = await startMetadataServer({
      facts: { imds: DEFAULT_METADATA, aws: { ec2: { privateDnsName: 'ip-172-16-34-43.ec2.internal' } } },
      listen: listenOnLoopback,
      clock: systemClock,
      onRequest: ({ headers }) => {
        signatures.push(headers['authorization'] ?? '')
      },
    })
    cleanups.push(() => aws.close())
    const { report, root, stderr } = await boot('aws-k8s-1.30', mock.url, aws.url)
    expect(report.diagnostics).toEqual([])
    expect(report.failedStep).toBeUndefined()
    expect(stderr).toBe('')
    expect(report.settings['kubernetes']).toMatchObject({
      // EKS says no, so it follows from the range of the VPC, which is asked for with two slashes and redirected
      'cluster-dns-ip': '10.100.0.10',
      'node-ip': '172.16.34.43',
      'max-pods': 58,
      'provider-id': 'aws:///us-east-1f/i-1234567890abcdef0',
      'hostname-override': 'ip-172-16-34-43.ec2.internal',
    })
    expect(report.settings['aws']).toMatchObject({ region: 'us-east-1' })
    expect(report.settings['network']).toMatchObject({ hostname: 'ip-172-16-34-43.ec2.internal' })
    expect(report.settings['host-containers']).toMatchObject({ admin: { 'user-data': adminUserData } })
    expect(signatures.length).toBeGreaterThanOrEqual(2)
    expect(signatures.every((text) => text.includes('Credential=ASIAFROMTHEMOCK00000/'))).toBe(true)
    expect(readFileSync(path.join(root, 'etc/kubernetes/kubelet/config'), 'utf8')).toContain('maxPods: 58')
    expect(mock.log()).toContain(`${VERSION}/user-data`)
  })

  it('of aws-ecs-2', async () => {
    const mock = await startMock('ecs', Buffer.from('[settings.ecs]\ncluster = "from-the-mock"\n'))
    const { report, root, stderr } = await boot('aws-ecs-2', mock.url, mock.url)
    expect(report.diagnostics).toEqual([])
    expect(report.failedStep).toBeUndefined()
    expect(stderr).toBe('')
    expect(report.settings['ecs']).toMatchObject({ cluster: 'from-the-mock' })
    expect(report.settings['metrics']).toMatchObject({ 'send-metrics': true })
    expect(report.settings['network']).toMatchObject({ hostname: 'ip-172-16-34-43.ec2.internal' })
    expect(readFileSync(path.join(root, 'etc/systemd/system/ecs.service.d/10-base.conf'), 'utf8')).toContain(
      'from-the-mock',
    )
  })
})
