/** What `install` lays is what boots need: the programs are run from an installed root, as its units say. */
import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenOnLoopback } from '../../src/host/loopback-listener.ts'
import { systemClock } from '../../src/host/node-ports.ts'
import { startMetadataServer } from '../../src/imds-server/handler.ts'
import { DEFAULT_METADATA } from '../../src/lib/facts.ts'
import { parseUnitFile } from '../../src/units/unit-file.ts'
import { executable, runTool, stopTool, temporaryDirectory } from '../support/run-tool.ts'

const directory = temporaryDirectory()
const root = path.join(directory.path, 'r')
const USER_DATA = `
[settings.kubernetes]
cluster-name = "demo"
api-server = "https://demo.example"
cluster-certificate = "Y2VydA=="
`
const UNITS = '/usr/lib/systemd/system'
/** Before any file that a boot could read was last changed. */
const LONG_AGO = 1_000_000_000
const OTHERS = ['bootstrap-containers', 'certdog', 'corndog', 'host-containers', 'static-pods', 'systemctl', 'lspci']

interface Size {
  readonly kind: string
  readonly files: number
  readonly links: number
  readonly bytes: number
}
interface Report {
  readonly diagnostics: readonly { readonly code: string }[]
  readonly changes: readonly { readonly path: string }[]
  readonly sizes: readonly Size[]
}
const inside = (file: string): string => path.join(root, file)

async function install(into: string, variant: string): Promise<Report> {
  fs.mkdirSync(into, { recursive: true })
  const words = ['--variant', variant, '--root', into, '--format', 'json']
  const { code, stdout, stderr } = await runTool('bottlerocket', ['install', ...words])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Report
}

let metadata: { url: string; close(): Promise<void> }
let server: ChildProcess | undefined
let report: Report

const environment = (): Record<string, string> => ({
  PATH: [path.dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
  BOTTLEROCKET_ROOT: root,
  BOTTLEROCKET_IMDS_URL: metadata.url,
  BOTTLEROCKET_RUN_COMMANDS: '1',
  AWS_ENDPOINT_URL: metadata.url,
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'dummy',
})
const start = (program: string, args: readonly string[]): ChildProcess =>
  spawn(inside(program), args, { env: environment(), stdio: ['ignore', 'ignore', 'pipe'] })

/** Runs a program of the root to its end. */
function run(program: string, ...args: string[]): Promise<{ code: number | null; stderr: string }> {
  const child = start(program, args)
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, stderr })
    })
  })
}

/** The commands of an installed unit, in order. */
function commandsOf(unit: string): readonly (readonly string[])[] {
  const service = parseUnitFile(fs.readFileSync(inside(`${UNITS}/${unit}`), 'utf8')).get('Service')
  return [...(service?.get('ExecStartPre') ?? []), ...(service?.get('ExecStart') ?? [])].map((text) =>
    text.split(/\s+/),
  )
}

async function runUnit(unit: string): Promise<void> {
  for (const [program = '', ...args] of commandsOf(unit)) {
    const { code, stderr } = await run(program, ...args)
    expect(code, `${unit}: ${stderr}`).toBe(0)
  }
}

async function startServer(): Promise<void> {
  const [[program = '', ...args] = []] = commandsOf('apiserver.service')
  server = start(program, args.slice(0, args.indexOf('--socket-gid')))
  for (let i = 0; i < 400 && (await run('/usr/bin/apiclient', 'get', 'os')).code !== 0; i++) {
    expect(server.exitCode).toBeNull()
  }
}

/** What systemd-tmpfiles makes of the links that a variant's file asks for. */
function makeLinks(): void {
  const text = fs.readFileSync(inside('/usr/lib/tmpfiles.d/bottlerocket-pipeline.conf'), 'utf8')
  for (const [, link = '', target = ''] of text.matchAll(/^L\+ (\S+) - - - - (\S+)$/gm)) {
    fs.mkdirSync(path.dirname(inside(link)), { recursive: true })
    fs.symlinkSync(target, inside(link))
  }
}

/** Makes every file and link look as if nobody had read it for long, which every mount notes the next reading of. */
function forgetReads(paths: readonly string[]): void {
  for (const file of paths) fs.lutimesSync(inside(file), LONG_AGO, fs.lstatSync(inside(file)).mtimeMs / 1000)
}
const isRead = (file: string): boolean => fs.lstatSync(inside(file)).atimeMs > LONG_AGO * 1000

beforeAll(async () => {
  metadata = await startMetadataServer({
    facts: {
      imds: { ...DEFAULT_METADATA, userData: USER_DATA },
      aws: { eks: { serviceIpv4Cidr: '172.20.0.0/16' }, ec2: { privateDnsName: DEFAULT_METADATA.localHostname } },
    },
    listen: listenOnLoopback,
    clock: systemClock,
    faults: [],
  })
  report = await install(root, 'aws-k8s-1.30')
  for (const name of OTHERS) fs.writeFileSync(inside(`/usr/bin/${name}`), '#!/bin/sh\n', { mode: 0o755 })
  fs.symlinkSync('usr/bin', inside('/bin'))
  makeLinks()
  for (const name of ['/var/lib/netdog', '/var/lib/bottlerocket', '/etc/systemd/network']) {
    fs.mkdirSync(inside(name), { recursive: true })
  }
  fs.writeFileSync(inside('/var/lib/netdog/current_ip'), DEFAULT_METADATA.localIpv4)
  fs.writeFileSync(inside('/var/lib/bottlerocket/net.toml'), 'version = 3\n[eth0]\ndhcp4 = true\nprimary = true\n')
})
afterAll(async () => {
  if (server !== undefined) await stopTool(server)
  await metadata.close()
  directory.remove()
})

/** What no program of a boot reads, and why it is there. */
const NOT_READ: Readonly<Record<string, string>> = {
  '/usr/bin/bottlerocket': 'the tool for people, which the one executable is as well',
  '/usr/bin/reverse-dns-hostname-detector': 'asked where the metadata service knows no name',
  '/usr/lib/bottlerocket-pipeline/dist/reverse-dns-hostname-detector.js': 'likewise',
  '/usr/libexec/hostname-detectors/10-reverse-dns': 'likewise',
  '/usr/lib/bottlerocket-pipeline/dist/lib/aws-profiles.js': 'credentials that settings.aws names: pluto loads it then',
  '/usr/share/bottlerocket/application-inventory.json':
    'read by host containers, through the link that storewolf makes',
}

describe('an installed root', () => {
  it('is said to have no Node.js where it has none and needs it', () => {
    const codes = new Set(report.diagnostics.map(({ code }) => code))
    expect(codes.has('INSTALL_NODE_MISSING')).toBe(executable === undefined)
    expect(codes.has('INSTALL_COMMAND_MISSING')).toBe(true)
  })

  it('is left as it is when it cannot be written', async () => {
    const closed = path.join(directory.path, 'closed')
    fs.mkdirSync(closed, { mode: 0o555 })
    fs.chmodSync(directory.path, 0o755)
    // root may write anywhere
    const user = process.getuid?.() === 0 ? { uid: 65_534 } : {}
    const words = ['--variant', 'aws-ecs-2', '--root', closed]
    const { code, stdout, stderr } = await runTool('bottlerocket', ['install', ...words], user)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/error\[HOST_FILE_UNWRITABLE\] cannot write \/usr: EACCES/)
    expect(fs.readdirSync(closed)).toEqual([])
  })

  it('boots by the commands of its own units, with nothing but itself', async () => {
    forgetReads(report.changes.map((change) => change.path))
    await runUnit('generate-network-config.service')
    await runUnit('migrator.service')
    await runUnit('storewolf.service')
    await startServer()
    // there is no service manager to ask for the interface's address
    expect((await run('/usr/bin/netdog', 'write-primary-interface-status')).code).toBe(1)
    for (const unit of ['early-boot-config', 'sundog', 'pluto', 'settings-applier']) await runUnit(`${unit}.service`)
    await runUnit('reboot-if-required.service')
    await runUnit('warm-pool-wait.service')
    await runUnit('migrator.service')
    expect(fs.readFileSync(inside('/etc/kubernetes/kubelet/env'), 'utf8')).toMatch(/NODE_IP=/)
  })

  it('holds nothing that a boot does not read', () => {
    const own = report.changes.map((change) => change.path)
    // the service manager and its helpers read these: see the tests of systems
    const forPrograms = own.filter(
      (file) => !/^\/usr\/lib\/(?:systemd|tmpfiles\.d|sysusers\.d)\/|^\/usr\/share\/factory\//.test(file),
    )
    const unread = forPrograms.filter((file) => !isRead(file))
    const allowed = Object.keys(NOT_READ).filter((file) => own.includes(file))
    expect(unread.sort()).toEqual(allowed.sort())
    expect(forPrograms.length).toBeGreaterThan(60)
  })

  it('is noticed to be read only where it is', () => {
    expect(isRead('/usr/lib/systemd/system/default.target')).toBe(false)
    fs.readFileSync(inside(`${UNITS}/kubelet.service`))
    expect(isRead(`${UNITS}/kubelet.service`), 'files are on a mount that notes when they are read').toBe(true)
  })
})

const KIB = 1024
/** The most that a variant's root may hold of each kind, in KiB. */
const BUDGETS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // the code cache of the SDK is of another size for each Node
  'aws-k8s-1.30': { programs: 8000, 'variant data': 42, templates: 29, units: 17 },
  'aws-ecs-2': { programs: 5700, 'variant data': 22, templates: 14, units: 17 },
  'metal-k8s-1.29': { programs: 5100, 'variant data': 24, templates: 28, units: 16 },
  'vmware-k8s-1.30': { programs: 5500, 'variant data': 24, templates: 28, units: 16 },
}

/** How much of its budget a root has to use at the least. */
const WIDEST = 0.75

describe('the size of an installed root', () => {
  it.each(Object.entries(BUDGETS))('keeps to its budget: %s', async (variant, budget) => {
    const { sizes, changes } = await install(path.join(directory.path, variant), variant)
    const found = Object.fromEntries(sizes.map(({ kind, bytes }) => [kind, bytes / KIB]))
    for (const [kind, most] of Object.entries(budget)) {
      if (kind === 'programs' && executable !== undefined) continue
      expect(found[kind], kind).toBeLessThan(most)
      // a budget that has become too wide keeps nothing
      if (kind !== 'variant data' || executable === undefined) expect(found[kind], kind).toBeGreaterThan(most * WIDEST)
    }
    const onDisk = changes
      .map((change) => fs.lstatSync(path.join(directory.path, variant, change.path)))
      .filter((stat) => stat.isFile())
      .reduce((sum, stat) => sum + stat.size, 0)
    expect(sizes.find(({ kind }) => kind === 'total')?.bytes).toBe(onDisk)
    expect(changes.filter(({ path: file }) => /\.map$|test/.test(file))).toEqual([])
  })
})
