/** The main job, as a user runs it: real processes, a real metadata server on loopback, real files. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { executable, runTool, startTool, stopTool, temporaryDirectory, waitForOutput } from '../support/run-tool.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  cleanups.splice(0).forEach((cleanup) => {
    cleanup()
  })
})
const newDirectory = (): string => {
  const directory = temporaryDirectory()
  cleanups.push(() => {
    directory.remove()
  })
  return directory.path
}

interface Report {
  settings?: Record<string, Record<string, unknown>>
  files: { path: string; mode: string; content: string; services: string[] }[]
  commands: string[]
  notRendered: { file: string }[]
  steps: { name: string; outcome: string; startMs: number; endMs: number }[]
  diagnostics: { code: string; message: string; hint?: string; at?: { file: string; line: number; column: number } }[]
  failedStep?: string
}
const bootReport = (stdout: string): Report => JSON.parse(stdout) as Report

describe('start', () => {
  it.each([
    ['aws-k8s-1.30', '/etc/kubernetes/kubelet/config', 'pluto'],
    ['aws-ecs-2', '/etc/systemd/system/ecs.service.d/10-base.conf', 'sundog'],
  ])('boots %s with nothing but defaults and writes what it reports', async (variant, file, step) => {
    const root = newDirectory()
    const result = await runTool('bottlerocket', ['start', '--variant', variant, '--root', root, '--format', 'json'])
    expect(result.stderr).toBe('')
    expect(result.code).toBe(0)
    const report = bootReport(result.stdout)
    expect(report.failedStep).toBeUndefined()
    expect(report.notRendered).toEqual([])
    expect(report.steps.find(({ name }) => name === step)?.outcome).toBe('ok')
    expect(report.files.map(({ path: name }) => name)).toContain(file)
    for (const written of report.files) {
      const full = path.join(root, written.path)
      expect(readFileSync(full, 'utf8')).toBe(written.content)
      expect((statSync(full).mode & 0o7777).toString(8).padStart(4, '0')).toBe(written.mode)
      expect(written.services.length).toBeGreaterThan(0)
    }
  })

  it('shows steps, generated settings, files, commands and the root', async () => {
    const root = newDirectory()
    const result = await runTool('bottlerocket', ['start', '--root', root])
    expect(result.code).toBe(0)
    for (const text of [
      'aws-k8s-1.30 1.24.1: first boot',
      'early-boot-config',
      '█',
      'settings.kubernetes.cluster-dns-ip',
      '/etc/kubernetes/kubelet/config',
      'recorded, not run',
      'systemctl try-restart kubelet.service',
      `Root: ${root}`,
    ]) {
      expect(result.stdout).toContain(text)
    }
    // public keys of the instance are the admin container's user data
    expect(result.stdout).toMatch(/admin\.user-data +=? *\(secret\)/)
  })

  it.each(['vmware-dev', 'metal-dev'])(
    'gives %s its user data on the disk, since no service has it there',
    async (variant) => {
      const root = newDirectory()
      const userData = path.join(newDirectory(), 'my.toml')
      writeFileSync(userData, 'settings.motd = "from the disk"\n')
      const result = await runTool('bottlerocket', [
        'start',
        '--variant',
        variant,
        '--user-data',
        userData,
        '--root',
        root,
      ])
      expect(result.code).toBe(0)
      expect(readFileSync(path.join(root, 'etc/motd'), 'utf8')).toBe('from the disk\n')
    },
  )

  // the executable takes no modules from outside; its boots are watched from outside by the system tests
  it.skipIf(executable !== undefined)('opens no address but loopback, its own socket and its lock', async () => {
    const root = newDirectory()
    const log = path.join(root, 'connections')
    const preload = pathToFileURL(fileURLToPath(new URL('../support/record-connections.mjs', import.meta.url))).href
    const result = await runTool('bottlerocket', ['start', '--root', path.join(root, 'r')], {
      env: {
        NODE_OPTIONS: `--import ${preload}`,
        CONNECTION_LOG: log,
        // the user's own AWS environment must not be used
        AWS_PROFILE: 'production',
        AWS_ENDPOINT_URL: 'https://198.51.100.1',
        HTTPS_PROXY: 'http://198.51.100.2:3128',
      },
    })
    expect(result.code).toBe(0)
    const entries = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; path?: string; host?: string; port?: number | string })
    const outside = entries.filter(
      ({ kind, path: socket, host }) =>
        kind === 'udp' ||
        (socket === undefined && host !== '127.0.0.1') ||
        (socket?.startsWith(root) === false && !socket.startsWith('\0bottlerocket-datastore-')),
    )
    expect(outside).toEqual([])
    expect(entries.filter(({ host }) => host === '127.0.0.1').length).toBeGreaterThan(1)
  })

  it('does not read user data again on the same root, unless it starts fresh', async () => {
    const root = newDirectory()
    const userData = path.join(newDirectory(), 'my.toml')
    const boot = (motd: string, ...more: string[]): ReturnType<typeof runTool> => {
      writeFileSync(userData, `settings.motd = "${motd}"\nsettings.ecs.cluster = "c"\n`)
      return runTool('bottlerocket', [
        'start',
        '--variant',
        'aws-ecs-2',
        '--user-data',
        userData,
        '--root',
        root,
        ...more,
      ])
    }
    expect((await boot('one')).stdout).toContain('first boot')
    const second = await boot('two')
    expect(second.stdout).toContain('user data is not read again')
    expect(second.code).toBe(0)
    expect(readFileSync(path.join(root, 'etc/motd'), 'utf8')).toBe('one\n')
    expect((await boot('three', '--fresh')).stdout).toContain('first boot')
    expect(readFileSync(path.join(root, 'etc/motd'), 'utf8')).toBe('three\n')
  })
})

describe('bad user data ends the boot in early-boot-config', () => {
  const start = async (bytes: string | Uint8Array): Promise<{ report: Report; code: number | null; root: string }> => {
    const root = newDirectory()
    const userData = path.join(newDirectory(), 'user-data.toml')
    writeFileSync(userData, bytes)
    const result = await runTool('bottlerocket', [
      ...['start', '--variant', 'aws-ecs-2', '--user-data', userData],
      ...['--root', root, '--format', 'json'],
    ])
    expect(result.stdout + result.stderr).not.toMatch(/\n\s+at .*:\d+:\d+/)
    return { report: bootReport(result.stdout), code: result.code, root }
  }

  it.each<[string, string | Uint8Array, RegExp]>([
    ['only comments', '# nothing\n', /settings/],
    ['not TOML', 'settings.motd = hi\n', /"column":17,.*"line":1/],
    ['a shell script', '#!/bin/bash\necho hi\n', /script/i],
    ['not UTF-8', Uint8Array.of(0x61, 0xff, 0xfe), /UTF-8/],
    ['broken gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3), /gzip/i],
    ['an unknown setting', 'settings.ecs.clustr = "a"\n', /settings\.ecs\.clustr/],
    ['a wrong type', 'settings.ecs.cluster = 5\n', /settings\.ecs\.cluster/],
    ['a table defined twice', '[settings.ecs]\n[settings.ecs]\n', /"line":2.*first definition/],
  ])('%s', async (_name, bytes, expected) => {
    const { report, code, root } = await start(bytes)
    expect(code).toBe(1)
    expect(report.failedStep).toBe('early-boot-config')
    expect(report.diagnostics.length).toBeGreaterThan(0)
    expect(JSON.stringify(report.diagnostics)).toMatch(expected)
    expect(report.files).toEqual([])
    expect(existsSync(path.join(root, 'etc/motd'))).toBe(false)
    expect(existsSync(path.join(root, 'var/lib/bottlerocket/early-boot-config.ran'))).toBe(false)
  })

  it.each([
    [
      'that gzip makes small enough',
      '#'.repeat(20_000),
      /has 20000 bytes.*at most 16384(.|\n)*gzip makes it \d+ bytes/,
    ],
    ['that stays too large', randomBytes(30_000), /has 30000 bytes(.|\n)*still too much/],
  ])('more of it than EC2 takes, %s', async (_name, bytes, expected) => {
    const file = path.join(newDirectory(), 'big.toml')
    writeFileSync(file, bytes)
    const result = await runTool('bottlerocket', ['start', '--user-data', file])
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/error\[USERDATA_TOO_LARGE\]/)
    expect(result.stderr).toMatch(expected)
  })

  it('is shown with the line of the file and the code of each problem', async () => {
    const file = path.join(newDirectory(), 'my.toml')
    writeFileSync(file, '[settings.ecs]\nclustr = "a"\nreserved-memory = "5"\n')
    const result = await runTool('bottlerocket', ['start', '--variant', 'aws-ecs-2', '--user-data', file])
    expect(result.code).toBe(1)
    expect(result.stderr).toContain(
      [
        `${file}:2:1: error[SETTINGS_UNKNOWN_KEY] settings.ecs.clustr: unknown setting`,
        '    clustr = "a"',
        '    ^^^^^^',
        '    hint: did you mean cluster?',
        `${file}:3:19: error[SETTINGS_WRONG_TYPE] settings.ecs.reserved-memory: expected an integer, found a string`,
        '    reserved-memory = "5"',
        '                      ^^^',
        '    hint: write 5',
      ].join('\n'),
    )
  })

  it('is no error if it is empty: the instance then has none', async () => {
    const { report, code } = await start('')
    expect(code).toBe(0)
    expect(report.failedStep).toBeUndefined()
  })

  it('says so if the file is missing', async () => {
    const result = await runTool('bottlerocket', ['start', '--user-data', '/nope/my.toml'])
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/error\[HOST_FILE_UNREADABLE\] cannot read \/nope\/my\.toml: ENOENT/)
  })
})

describe('a metadata service that does not answer as it should', () => {
  const service = async (...faults: string[]): Promise<string> => {
    const facts = path.join(newDirectory(), 'facts.json')
    writeFileSync(facts, '{}')
    const args = faults.flatMap((fault) => ['--fault', fault])
    const child = startTool('bottlerocket', ['imds', '--facts', facts, '--port', '0', ...args])
    cleanups.push(() => child.kill('SIGTERM'))
    const [url] = await waitForOutput(child, /http:\/\/127\.0\.0\.1:\d+/)
    return url
  }

  it.each([
    ['*=503', 'last answer: session token: status 503'],
    ['*=slow:600000', 'no answer yet'],
    ['user-data=close', 'last answer: no connection \\(ECONNRESET\\)'],
  ])('%s is announced within three seconds, and Ctrl-C ends the wait', async (fault, answer) => {
    const url = await service(fault)
    const child = startTool('bottlerocket', ['start', '--root', path.join(newDirectory(), 'r'), '--imds', url])
    const begun = performance.now()
    const told = await new Promise<{ text: string; ms: number }>((resolve) => {
      let text = ''
      const done = (): void => {
        resolve({ text, ms: performance.now() - begun })
      }
      child.stderr?.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (text.includes('left\n')) done()
      })
      child.on('close', done)
    })
    expect(told.text).toMatch(new RegExp(`: waiting for metadata service, [a-z/-]+; ${answer}; 298 s left\n`))
    expect(told.ms).toBeLessThan(3000)
    expect(await stopTool(child, 'SIGINT')).toBe(130)
  })

  it('recovers from faults that pass', async () => {
    const facts = path.join(newDirectory(), 'facts.json')
    writeFileSync(facts, JSON.stringify({ imds: { userData: 'settings.motd = "late"' } }))
    const faults = ['token=500x1', 'user-data=429x1', 'user-data=401x1', 'meta-data/public-keys=closex1']
    const service = startTool('bottlerocket', [
      ...['imds', '--facts', facts, '--port', '0'],
      ...faults.flatMap((fault) => ['--fault', fault]),
    ])
    cleanups.push(() => service.kill('SIGTERM'))
    const [url] = await waitForOutput(service, /http:\/\/127\.0\.0\.1:\d+/)
    const root = path.join(newDirectory(), 'r')
    const result = await runTool('bottlerocket', [
      ...['start', '--variant', 'aws-ecs-2', '--root', root, '--imds', url, '--format', 'json'],
    ])
    expect(bootReport(result.stdout).failedStep).toBeUndefined()
    expect(readFileSync(path.join(root, 'etc/motd'), 'utf8')).toBe('late\n')
  })
})

describe('the umbrella tool', () => {
  it('explains itself', async () => {
    expect((await runTool('bottlerocket', ['--help'])).stdout).toContain('usage: bottlerocket COMMAND')
    expect((await runTool('bottlerocket', ['render', '--help'])).stdout).toContain('--change')
    expect((await runTool('bottlerocket', ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.each([
    [[], /no command/],
    [['nope'], /unknown command 'nope'/],
    [['boot'], /missing --(variant|root)/],
    [['start', '--variant'], /needs a value/],
    [['start', '--format', 'xml'], /unknown format 'xml'/],
  ])('%j is a usage error', async (args, reason) => {
    const result = await runTool('bottlerocket', args)
    expect(result.code).toBe(2)
    expect(result.stderr).toMatch(reason)
    expect(result.stdout).toBe('')
  })

  it('names a variant that is close to an unknown one', async () => {
    const result = await runTool('bottlerocket', ['start', '--variant', 'aws-ecs2'])
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/VARIANT_UNKNOWN.*\n.*aws-ecs-2/)
  })

  it('ends with 130 on Ctrl-C', async () => {
    const root = newDirectory()
    const child = startTool('bottlerocket', ['serve', '--variant', 'aws-ecs-2', '--root', root])
    await waitForOutput(child, /serving aws-ecs-2/)
    expect(await stopTool(child, 'SIGINT')).toBe(130)
    expect(existsSync(path.join(root, 'run/api.sock'))).toBe(false)
  })
})
