/** The programs that will read the rendered files on a host, reading them. */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parse as parseToml } from '@iarna/toml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { runTool, temporaryDirectory } from '../support/run-tool.ts'

const directory = temporaryDirectory()
const roots = { k8s: path.join(directory.path, 'k'), ecs: path.join(directory.path, 'e') }
const read = (root: string, file: string): string => readFileSync(path.join(root, file), 'utf8')

beforeAll(async () => {
  for (const [root, variant] of [
    [roots.k8s, 'aws-k8s-1.30'],
    [roots.ecs, 'aws-ecs-2'],
  ] as const) {
    const result = await runTool('bottlerocket', ['start', '--variant', variant, '--root', root])
    expect(result.code, result.stderr).toBe(0)
  }
})
afterAll(() => {
  directory.remove()
})

/** Every leaf of a tree as `path = value`. */
function leaves(value: unknown, at: string[] = []): Map<string, unknown> {
  const found = new Map<string, unknown>()
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, item] of Object.entries(value)) {
      for (const [key, leaf] of leaves(item, [...at, name])) found.set(key, leaf)
    }
  } else {
    found.set(JSON.stringify(at), JSON.stringify(value))
  }
  return found
}

describe('containerd', () => {
  it.each([
    ['k8s', roots.k8s],
    ['ecs', roots.ecs],
  ])('reads every key of the config of %s', (_name, root) => {
    const file = path.join(root, 'etc/containerd/config.toml')
    const dump = spawnSync('containerd', ['--config', file, 'config', 'dump'], { encoding: 'utf8' })
    expect(dump.status, dump.stderr).toBe(0)
    const known = leaves(parseToml(dump.stdout))
    const ours = leaves(parseToml(readFileSync(file, 'utf8')))
    expect(ours.size).toBeGreaterThan(3)
    const lost = [...ours].filter(([key, value]) => known.get(key) !== value)
    expect(lost).toEqual([])
  })
})

describe('dockerd', () => {
  it('gets past its configuration', async () => {
    const config = JSON.parse(read(roots.ecs, 'etc/docker/daemon.json')) as Record<string, unknown>
    // the data root is ours here; the other is a key of Bottlerocket's own engine
    const { 'data-root': dataRoot, 'default-capabilities': capabilities, ...rest } = config
    expect(dataRoot).toBeDefined()
    expect(capabilities).toBeDefined()
    const copy = path.join(directory.path, 'daemon.json')
    writeFileSync(copy, JSON.stringify(rest))
    const place = (name: string): string => path.join(directory.path, name)
    const child = spawn(
      'dockerd',
      [
        ...['--config-file', copy, '--data-root', place('docker'), '--exec-root', place('exec')],
        ...['--pidfile', place('docker.pid'), '-H', `unix://${place('docker.sock')}`],
        ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--containerd', place('no-containerd.sock')],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let text = ''
    const past = new Promise<void>((resolve) => {
      const onData = (chunk: Buffer): void => {
        text += chunk.toString()
        // both come after the configuration was read, merged with the flags and validated
        if (/Starting up|grpc|containerd/.test(text)) resolve()
      }
      child.stdout.on('data', onData)
      child.stderr.on('data', onData)
      child.on('close', () => {
        resolve()
      })
    })
    await past
    const ended = new Promise((resolve) => child.on('close', resolve))
    child.kill('SIGTERM')
    await ended
    spawnSync('umount', ['-l', place('docker')])
    expect(text).toMatch(/Starting up/)
    expect(text).not.toMatch(/unable to configure the Docker daemon|failed to load|invalid/i)
  })

  it('refuses a config with a key it does not know, so that the test above means something', () => {
    const copy = path.join(directory.path, 'bad.json')
    writeFileSync(copy, JSON.stringify({ 'no-such-key': 1 }))
    const result = spawnSync('dockerd', ['--config-file', copy], { encoding: 'utf8', timeout: 10_000 })
    expect(result.stderr).toMatch(/unable to configure the Docker daemon/)
  })
})

describe('chronyd', () => {
  it('prints the same directives', () => {
    const file = path.join(roots.k8s, 'etc/chrony.conf')
    const result = spawnSync('chronyd', ['-p', '-f', file], { encoding: 'utf8' })
    expect(result.status, result.stderr).toBe(0)
    const directives = (text: string): string[] =>
      text
        .split('\n')
        .map((line) => line.trim().replace(/\s+/g, ' '))
        .filter((line) => line !== '' && !/^[#!;%]/.test(line))
    const ours = directives(readFileSync(file, 'utf8'))
    expect(ours.length).toBeGreaterThan(3)
    expect(directives(result.stdout)).toEqual(ours)
  })
})

describe('systemd', () => {
  it.each([
    ['kubelet', roots.k8s],
    ['ecs', roots.ecs],
  ])('finds nothing to say about %s.service with its drop-in', (unit, root) => {
    const units = path.join(directory.path, `units-${unit}`)
    mkdirSync(units, { recursive: true })
    const dropIns = path.join(root, `etc/systemd/system/${unit}.service.d`)
    writeFileSync(path.join(units, `${unit}.service`), '[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n')
    cpSync(dropIns, path.join(units, `${unit}.service.d`), { recursive: true })
    // the unit's own program is put over /usr/bin in a mount name space of this command's own
    const programs = path.join(directory.path, 'programs')
    mkdirSync(programs, { recursive: true })
    writeFileSync(path.join(programs, 'kubelet'), '', { mode: 0o755 })
    const script =
      'mount -t overlay overlay -o "lowerdir=$1:/usr/bin" /usr/bin && exec systemd-analyze verify --man=no "$2"'
    const result = spawnSync(
      'unshare',
      ['-m', 'sh', '-c', script, 'sh', programs, path.join(units, `${unit}.service`)],
      { encoding: 'utf8', env: { ...process.env, SYSTEMD_UNIT_PATH: `${units}:`, SYSTEMD_LOG_LEVEL: 'info' } },
    )
    expect(result.stderr).toBe('')
    expect(result.status).toBe(0)
  })

  it('does say something about a faulty one', () => {
    const units = path.join(directory.path, 'units-bad')
    mkdirSync(units, { recursive: true })
    writeFileSync(path.join(units, 'bad.service'), '[Service]\nExecStart=relative\n')
    const result = spawnSync('systemd-analyze', ['verify', '--man=no', path.join(units, 'bad.service')], {
      encoding: 'utf8',
    })
    expect(result.stderr).not.toBe('')
  })
})

describe('a strict YAML reader', () => {
  it('reads the kubelet config and kubeconfig', () => {
    for (const file of ['etc/kubernetes/kubelet/config', 'etc/kubernetes/kubelet/kubeconfig']) {
      const tree = parseYaml(read(roots.k8s, file), { strict: true, uniqueKeys: true }) as Record<string, unknown>
      expect(tree['kind']).toMatch(/^(KubeletConfiguration|Config)$/)
    }
  })
})
