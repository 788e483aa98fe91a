/** Changes on a running host whose programs are processes of their own. */
import { spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { materialise } from '../support/image-root.ts'
import {
  executable,
  runTool,
  startTool,
  stopTool,
  temporaryDirectory,
  toolCommand,
  type ToolResult,
} from '../support/run-tool.ts'

const NOBODY = 65534
const CLIENTS = 10
const directory = temporaryDirectory()
const root = path.join(directory.path, 'r')
const socket = path.join(root, 'run/api.sock')
const env = { BOTTLEROCKET_ROOT: root }
let server: ChildProcess

const run = (name: string, ...args: string[]): Promise<ToolResult> => runTool(name, args, { env })
const apiclient = (...args: string[]): Promise<ToolResult> => run('apiclient', ...args)
const fileText = (name: string): string => readFileSync(path.join(root, name), 'utf8')
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function startServer(): Promise<void> {
  server = startTool('apiserver', ['--datastore-path', '/var/lib/bottlerocket/datastore/current'], { env })
  for (let i = 0; i < 400 && (await apiclient('get', 'os')).code !== 0; i++) expect(server.exitCode).toBeNull()
}

/** Waits until something is so. */
async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300 && !(await check()); i++) await pause(50)
  expect(await check()).toBe(true)
}

const KUBERNETES = {
  'cluster-name': 'demo',
  'api-server': 'https://demo.example',
  'cluster-certificate': 'Y2VydA==',
  'cluster-dns-ip': '10.100.0.10',
  'node-ip': '10.0.0.7',
  'provider-id': 'aws:///us-west-2a/i-0a1b2c3d4e5f67890',
  'max-pods': 110,
}

beforeAll(async () => {
  materialise(root, 'aws-k8s-1.30')
  const base = '/var/lib/bottlerocket/datastore'
  const link = '/var/lib/bottlerocket/inventory/application.json'
  const made = await run('storewolf', '--data-store-base-path', base, '--inventory-file-symlink-path', link)
  expect(made.code).toBe(0)
  await startServer()
  const userData = JSON.stringify({ kubernetes: KUBERNETES, aws: { region: 'us-west-2' }, network: { hostname: 'n' } })
  const patched = await apiclient('raw', '-m', 'PATCH', '-u', '/settings?tx=bottlerocket-launch', '-d', userData)
  expect(patched.stderr).toBe('')
  expect((await run('settings-committer')).code).toBe(0)
  expect((await run('thar-be-settings', '--all')).stderr).toBe('')
})
afterAll(async () => {
  await stopTool(server)
  directory.remove()
})

describe('changes', () => {
  it('are applied in the background, and can be waited for and read back', async () => {
    expect(await apiclient('set', 'kubernetes.max-pods=42', '--wait')).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: '',
    })
    expect(fileText('etc/kubernetes/kubelet/config')).toMatch(/^maxPods: 42$/m)
    const status = await apiclient('status')
    expect(status.code).toBe(0)
    expect(status.stdout).toMatch(/^\S+ done/)
    expect(status.stdout).toContain('wrote /etc/kubernetes/kubelet/config (kubernetes)')
    expect(status.stdout).toContain('recorded /usr/bin/systemctl try-restart kubelet.service (kubernetes)')
  })

  it('of ten clients at the same time are all made, and every file is right', async () => {
    const pairs = Array.from({ length: CLIENTS - 2 }, (_, i) => `kubernetes.node-labels.l${String(i)}=v${String(i)}`)
    const all = [...pairs, 'kubernetes.max-pods=77', 'motd=together']
    const results = await Promise.all(all.map((pair) => apiclient('set', pair, '--wait')))
    expect(results.map(({ stderr }) => stderr)).toEqual(results.map(() => ''))
    expect(results.map(({ code }) => code)).toEqual(results.map(() => 0))
    const labels = fileText('etc/kubernetes/kubelet/env')
    for (let i = 0; i < CLIENTS - 2; i++) expect(labels).toContain(`l${String(i)}=v${String(i)}`)
    expect(fileText('etc/kubernetes/kubelet/config')).toMatch(/^maxPods: 77$/m)
    expect(fileText('etc/motd')).toContain('together')
  })

  it('told by a dry run are not made', async () => {
    const before = fileText('etc/motd')
    const plan = await apiclient('set', 'motd=dry', '--dry-run')
    expect(plan).toMatchObject({ code: 0, stderr: '' })
    expect(plan.stdout).toBe('settings\n  settings.motd "together" -> "dry"\nwould write\n  /etc/motd (motd)\n')
    expect(fileText('etc/motd')).toBe(before)
    expect((await apiclient('get', '/tx/list')).stdout).toBe('[]\n')
  })
})

describe('changes on trial, in real time', () => {
  const tries = path.join(root, 'var/lib/bottlerocket/datastore/.tries')

  it('are taken back, files and all', async () => {
    const before = [fileText('etc/motd'), fileText('etc/kubernetes/kubelet/config')]
    const result = await apiclient('set', 'motd=trial', 'kubernetes.event-qps=7', '--try', '2', '--wait')
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(fileText('etc/motd')).toContain('trial')
    await until(() => !existsSync(tries))
    await until(async () => /^\S+ done .*taking a change back/.test((await apiclient('status')).stdout))
    expect([fileText('etc/motd'), fileText('etc/kubernetes/kubelet/config')]).toEqual(before)
    expect((await apiclient('get', 'settings.kubernetes.event-qps')).stdout).toBe('{}\n')
  })

  it('stay when they are confirmed', async () => {
    await apiclient('set', 'motd=confirmed', '--try', '2', '--wait')
    expect((await apiclient('confirm')).stdout).toBe('settings.motd\n')
    await pause(2200)
    expect(fileText('etc/motd')).toContain('confirmed')
    expect((await apiclient('confirm')).code).toBe(1)
  })

  it('are taken back after the server was killed and started again, when the time is up', async () => {
    const before = [fileText('etc/motd'), fileText('etc/kubernetes/kubelet/env')]
    await apiclient('set', 'motd=lost', 'kubernetes.node-labels.trial=on', '--try', '2', '--wait')
    expect(fileText('etc/kubernetes/kubelet/env')).toContain('trial=on')
    await stopTool(server, 'SIGKILL')
    await pause(2000)
    expect(fileText('etc/motd')).toContain('lost')
    await startServer()
    expect((await apiclient('get', 'settings.kubernetes.node-labels')).stdout).not.toContain('trial')
    await until(() => fileText('etc/motd') === before[0])
    await until(() => fileText('etc/kubernetes/kubelet/env') === before[1])
  })
})

describe('a socket without permission', () => {
  it.skipIf(process.getuid?.() !== 0)('is named as such, with what can be done', () => {
    // the user may see the socket, but not write to it
    chmodSync(directory.path, 0o755)
    const [command, program] = toolCommand('apiclient')
    const own = path.join(directory.path, 'apiclient')
    copyFileSync(executable ?? program, own)
    chmodSync(own, 0o755)
    const words = ['-s', socket, 'set', 'motd=x']
    const [file, args] = executable === undefined ? [command, [own, ...words]] : [own, words]
    const child = spawnSync(file, args, {
      uid: NOBODY,
      gid: NOBODY,
      encoding: 'utf8',
      cwd: '/',
      env: {},
    })
    expect(child.status).toBe(1)
    expect(child.stderr).toMatch(
      /API_UNREACHABLE.*EACCES\n\s+hint: nothing was changed; the socket belongs to root and its group/,
    )
  })
})

describe('completion in bash', () => {
  /** What bash would offer for a line with the cursor at its end. */
  function complete(line: string, breaks = ` \t\n"'><=;|&(:`): string[] {
    mkdirSync(path.join(directory.path, 'bin'), { recursive: true })
    const own = path.join(directory.path, 'bin/apiclient')
    writeFileSync(own, `#!/bin/sh\nexec ${toolCommand('apiclient').join(' ')} "$@"\n`, { mode: 0o755 })
    const script = `
      source <(apiclient completion bash)
      complete -p apiclient >/dev/null || exit 1
      COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDBREAKS=$2
      _apiclient apiclient "" ""
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const child = spawnSync('bash', ['--norc', '-c', script, 'bash', line, breaks], {
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      env: { ...env, PATH: `${path.dirname(own)}:${process.env['PATH'] ?? ''}` },
    })
    expect(child.stderr).toBe('')
    expect(child.status).toBe(0)
    return child.stdout.split('\n').filter((word) => word !== '')
  }

  it.each<[string, readonly string[]]>([
    ['apiclient st', ['status']],
    ['apiclient get --for', ['--format']],
    ['apiclient set kubernetes.cpu-manager-policy-', ['kubernetes.cpu-manager-policy-options=']],
    // bash cuts words at `=`, so it gets the part behind it
    ['apiclient set kubernetes.cpu-manager-policy=', ['none', 'static']],
    ['apiclient set motd=x kubernetes.server-tls', ['kubernetes.server-tls-bootstrap=']],
    ['apiclient  report  cis', ['cis', 'cis-k8s']],
    ['apiclient set kubernetes.node-labels.l1', ['kubernetes.node-labels.l1=']],
  ])('%s', (line, words) => {
    expect(complete(line)).toEqual(words)
  })

  it('offers whole words where = is no break', () => {
    expect(complete('apiclient set kubernetes.server-tls-bootstrap=', ' \t\n')).toEqual([
      'kubernetes.server-tls-bootstrap=true',
      'kubernetes.server-tls-bootstrap=false',
    ])
  })
})
