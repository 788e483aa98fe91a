/** The programs that will read the rendered files on a host, reading every golden file of every variant. */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parse as parseToml } from '@iarna/toml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { parseJson } from '../../src/lib/json-parse.ts'
import { jsonObject, printJson, type JsonObject } from '../../src/lib/json.ts'
import { bootServices, recordingService, type Booted } from '../support/booted-systemd.ts'
import { GOLDEN_CASES, readGolden, readTable } from '../support/golden.ts'
import { canonical, READERS, treeOf, type Tree } from '../support/readers.ts'
import { temporaryDirectory } from '../support/run-tool.ts'

const directory = temporaryDirectory()
afterAll(() => {
  directory.remove()
})

/** A golden file: what it is called in test names, and its text. */
interface Golden {
  readonly name: string
  readonly text: string
}

/** The golden files at some path of a host, whatever the case and the variants. */
function goldens(file: RegExp): Golden[] {
  return GOLDEN_CASES.flatMap((name) =>
    Object.entries(readTable(name)).flatMap(([stored, owners]) => {
      const at = stored.indexOf('files/')
      if (at < 0 || !file.test(stored.slice(at + 'files'.length))) return []
      return Object.keys(owners).map((owner) => ({
        name: `${name}/${owner}/${stored}`,
        text: readGolden(name, owner, stored),
      }))
    }),
  )
}

let files = 0
/** Writes a text to a file of its own. */
function inFile(text: string, name = 'file'): string {
  const file = path.join(directory.path, String(files++), name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

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
  it.each(goldens(/^\/etc\/containerd\/config\.toml$/))('reads every key of $name', ({ text }) => {
    const dump = spawnSync('containerd', ['--config', inFile(text), 'config', 'dump'], { encoding: 'utf8' })
    expect(dump.status, dump.stderr).toBe(0)
    const known = leaves(parseToml(dump.stdout))
    const ours = leaves(parseToml(text))
    expect(ours.size).toBeGreaterThan(3)
    expect([...ours].filter(([key, value]) => known.get(key) !== value)).toEqual([])
  })
})

/** What dockerd says until it is past its configuration, or ends. */
async function dockerdLog(config: string): Promise<string> {
  const place = (name: string): string => path.join(path.dirname(config), name)
  const child = spawn(
    'dockerd',
    [
      ...['--config-file', config, '--data-root', place('docker'), '--exec-root', place('exec')],
      ...['--pidfile', place('docker.pid'), '-H', `unix://${place('docker.sock')}`],
      ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--containerd', place('no-containerd.sock')],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let text = ''
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      resolve()
    })
  })
  const past = new Promise<void>((resolve) => {
    const onData = (chunk: Buffer): void => {
      text += chunk.toString()
      // both come after the configuration was read, merged with the flags and validated
      if (/Starting up|grpc|containerd/.test(text)) resolve()
    }
    child.stdout.on('data', onData)
    child.stderr.on('data', onData)
  })
  await Promise.race([past, ended])
  child.kill('SIGKILL')
  await ended
  spawnSync('umount', ['-l', place('docker')])
  return text
}

describe('dockerd', () => {
  it.each(goldens(/^\/etc\/docker\/daemon\.json$/))('gets past $name', async ({ text }) => {
    const config = parseJson(text) as JsonObject
    // the data root is ours here; the other is a key of Bottlerocket's own engine
    const { 'data-root': dataRoot, 'default-capabilities': capabilities, ...rest } = config
    expect(dataRoot).toBe('/var/lib/docker')
    expect(typeof capabilities).toMatch(/object|undefined/)
    const log = await dockerdLog(inFile(printJson(jsonObject(rest)), 'daemon.json'))
    expect(log).toMatch(/Starting up/)
    expect(log).not.toMatch(/unable to configure the Docker daemon/)
  })

  it('refuses a config with a key it does not know, so that the test above means something', async () => {
    expect(await dockerdLog(inFile('{"no-such-key":1}', 'daemon.json'))).toMatch(
      /unable to configure the Docker daemon/,
    )
  })
})

describe('chronyd', () => {
  const directives = (text: string): string[] =>
    text
      .split('\n')
      .map((line) => line.trim().replace(/\s+/g, ' '))
      .filter((line) => line !== '' && !/^[#!;%]/.test(line))

  it.each(goldens(/^\/etc\/chrony\.conf$/))('prints the directives of $name', ({ text }) => {
    const result = spawnSync('chronyd', ['-p', '-f', inFile(text)], { encoding: 'utf8' })
    expect(result.status, result.stderr).toBe(0)
    expect(directives(text).length).toBeGreaterThan(3)
    expect(directives(result.stdout)).toEqual(directives(text))
  })
})

describe('modprobe', () => {
  it.each(goldens(/^\/etc\/modprobe\.d\//))('reads the rules of $name', ({ text }) => {
    const result = spawnSync('modprobe', ['--showconfig', '--config', path.dirname(inFile(text, 'modprobe.conf'))], {
      encoding: 'utf8',
    })
    const rules = result.stdout.split('\n').filter((line) => /^install /.test(line))
    expect(rules.sort()).toEqual(
      text
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
    )
  })
})

/** Drop-ins by the service that they belong to, and the program that must be there for it. */
const DROP_INS = [
  ['kubelet', 'kubelet'],
  ['nvidia-k8s-device-plugin', 'nvidia-device-plugin'],
  ['ecs', undefined],
] as const

/** What systemd-analyze says about a service with a drop-in; the program is put over /usr/bin for it alone. */
function verify(service: string, program: string | undefined, dropIn: string): { text: string; status: number | null } {
  const units = path.dirname(inFile('[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n', `${service}.service`))
  mkdirSync(path.join(units, `${service}.service.d`))
  cpSync(dropIn, path.join(units, `${service}.service.d`, '10.conf'))
  const programs = path.join(units, 'programs')
  mkdirSync(programs)
  if (program !== undefined) writeFileSync(path.join(programs, program), '', { mode: 0o755 })
  const script =
    'mount -t overlay overlay -o "lowerdir=$1:/usr/bin" /usr/bin && exec systemd-analyze verify --man=no "$2"'
  const result = spawnSync(
    'unshare',
    ['-m', 'sh', '-c', script, 'sh', programs, path.join(units, `${service}.service`)],
    { encoding: 'utf8', env: { ...process.env, SYSTEMD_UNIT_PATH: `${units}:`, SYSTEMD_LOG_LEVEL: 'info' } },
  )
  return { text: result.stderr, status: result.status }
}

describe.each(DROP_INS)('systemd-analyze, %s.service', (service, program) => {
  it.each(goldens(new RegExp(`^/etc/systemd/system/${service}\\.service\\.d/`)))('approves of $name', ({ text }) => {
    expect(verify(service, program, inFile(text))).toEqual({ text: '', status: 0 })
  })

  it('does say something about a faulty one', () => {
    const { text } = verify(service, program, inFile('[Service]\nExecStart=\nExecStart=relative\nNo=such\n'))
    expect(text).toMatch(/relative/)
    expect(text).toMatch(/No/)
  })
})

describe('systemd, environment files', () => {
  const environmentFiles = goldens(/^\/etc\/(?:network\/(?:proxy|hostname)\.env|kubernetes\/kubelet\/env)$/)
  let booted: Booted

  beforeAll(() => {
    const here = path.join(directory.path, 'boot')
    mkdirSync(here)
    booted = bootServices(here, {
      services: environmentFiles.map((_, i) => `file-${String(i)}`),
      files: new Map(
        environmentFiles.flatMap(({ text }, i): [string, string][] => [
          [`/etc/probe/${String(i)}`, text],
          [
            `/etc/systemd/system/file-${String(i)}.service`,
            recordingService([`EnvironmentFile=/etc/probe/${String(i)}`]),
          ],
        ]),
      ),
      programs: [],
    })
  }, 120_000)

  it.each(environmentFiles.map((golden, i) => [golden.name, golden.text, i] as const))('reads %s', (_, text, i) => {
    const variables = READERS.env(text) as readonly (readonly [string, string])[]
    const environment = booted.started.get(`file-${String(i)}`)?.environment
    expect(variables.map(([name]) => [name, environment?.get(name)])).toEqual(variables)
    expect(variables.length).toBe(text.split('\n').filter((line) => line !== '').length)
  })
})

describe('strict YAML readers', () => {
  const all = goldens(/^\/etc\/(?:kubernetes\/kubelet\/(?:config|kubeconfig|bootstrap-kubeconfig)|.*\.yaml)$/)
  let libyaml: readonly unknown[]

  beforeAll(() => {
    // libyaml, of which the kubelet's parser is a translation
    const script =
      'import json, sys, yaml; print(json.dumps([yaml.load(text, Loader=yaml.CSafeLoader) for text in json.load(sys.stdin)]))'
    const input = JSON.stringify(all.map(({ text }) => text))
    const result = spawnSync('/usr/bin/python3', ['-c', script], { encoding: 'utf8', input })
    expect(result.status, result.stderr).toBe(0)
    libyaml = JSON.parse(result.stdout) as unknown[]
  })

  it.each(all.map((golden, i) => [golden.name, golden.text, i] as const))('agree on %s', (_, text, i) => {
    const [old, current] = READERS.yaml(text) as readonly [Tree, Tree]
    expect(canonical(old)).toBe(canonical(current))
    expect(canonical(treeOf(libyaml[i]))).toBe(canonical(old))
    expect((parseYaml(text) as Record<string, unknown>)['kind'] ?? 'none').toMatch(
      /^(?:KubeletConfiguration|Config|CredentialProviderConfig|none)$/,
    )
  })
})

describe('strict TOML and JSON readers', () => {
  it.each(goldens(/\.toml$/))('read $name', ({ text }) => {
    expect(() => READERS.toml(text)).not.toThrow()
  })

  it.each(goldens(/\.json$/))('read $name', ({ text }) => {
    expect(() => READERS.json(text)).not.toThrow()
  })
})

describe('the golden files', () => {
  it('are there for each of these programs', () => {
    expect(goldens(/^\/etc\/containerd\/config\.toml$/).length).toBeGreaterThan(8)
    expect(goldens(/^\/etc\/docker\/daemon\.json$/).length).toBeGreaterThan(6)
    expect(goldens(/^\/etc\/systemd\//).length).toBeGreaterThan(15)
    expect(goldens(/^\/etc\/kubernetes\/kubelet\/config$/).length).toBeGreaterThan(15)
  })
})
