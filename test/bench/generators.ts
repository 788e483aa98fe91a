/** The measuring part of generators.mjs, which bundles it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startApiServer } from '../../src/apiserver/start.ts'
import { storewolfCommand } from '../../src/cli/boot-steps.ts'
import { rootedTarget } from '../../src/cli/target-host.ts'
import { listenOnLoopback } from '../../src/host/loopback-listener.ts'
import { systemClock } from '../../src/host/node-ports.ts'
import { startMetadataServer } from '../../src/imds-server/handler.ts'
import type { BootStepRecord } from '../../src/lib/boot-record.ts'
import { DEFAULT_METADATA, type Facts } from '../../src/lib/facts.ts'
import { splitShellWords } from '../../src/lib/shell-words.ts'
import { loadModel } from '../../src/model/models.ts'
import { imageTree } from '../../src/variants/image.ts'
import { findVariant } from '../../src/variants/variant.ts'

const RUNS = 7
const DELAYS_MS = [0, 20]
const VARIANT = findVariant('aws-k8s-1.30')
const USER_DATA = `
[settings.kubernetes]
cluster-name = "demo"
api-server = "https://demo.example"
cluster-certificate = "Y2VydA=="
`
const FACTS: Facts = {
  currentIp: DEFAULT_METADATA.localIpv4,
  resolve: {},
  imds: { ...DEFAULT_METADATA, userData: USER_DATA },
  aws: {
    eks: { serviceIpv4Cidr: '10.100.0.0/16' },
    ec2: { privateDnsName: DEFAULT_METADATA.localHostname },
  },
}

/** Runs a command of the target to its end. */
type Run = (command: readonly string[]) => Promise<void>

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

interface Figures {
  readonly together: number
  readonly oneByOne: number
  readonly count: number
}

/** Medians of runs in turn, so that both meet the same load. Nothing is committed, so each run starts from the same settings. */
async function measure(run: Run, generators: () => readonly string[]): Promise<Figures> {
  await run(['sundog'])
  const commands = generators().map((command) => splitShellWords(command) ?? [])
  const together: number[] = []
  const oneByOne: number[] = []
  const pluto: number[] = []
  for (let i = -1; i < RUNS; i++) {
    const both = await timed(() => run(['sundog']))
    const single = await timed(async () => {
      for (const command of commands) await run(command)
    })
    const last = await timed(() => run(['pluto']))
    if (i < 0) continue // the first round warms caches
    together.push(both)
    oneByOne.push(single)
    pluto.push(last)
  }
  const rest = median(pluto)
  return { together: median(together) + rest, oneByOne: median(oneByOne) + rest, count: commands.length }
}

function materialise(root: string): void {
  for (const [target, entry] of imageTree(VARIANT)) {
    const full = path.join(root, target)
    mkdirSync(path.dirname(full), { recursive: true })
    if (entry.kind === 'file') writeFileSync(full, entry.read())
    else symlinkSync(entry.target, full)
  }
}

function writeAddress(root: string): void {
  mkdirSync(path.join(root, 'var/lib/netdog'), { recursive: true })
  writeFileSync(path.join(root, 'var/lib/netdog/current_ip'), DEFAULT_METADATA.localIpv4)
}

const awsEnvironment = (url: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'dummy',
})

/** Each program as a process of its own, as on a host. */
async function byProcesses(root: string, url: string, dist: string): Promise<Figures> {
  materialise(root)
  writeAddress(root)
  const env = {
    PATH: process.env['PATH'],
    BOTTLEROCKET_ROOT: root,
    BOTTLEROCKET_IMDS_URL: url,
    ...awsEnvironment(url),
  }
  const start = (command: readonly string[]): ChildProcess => {
    const [program = '', ...args] = command
    return spawn(process.execPath, [path.join(dist, `${path.basename(program)}.js`), ...args], { env, stdio: 'ignore' })
  }
  const run: Run = (command) =>
    new Promise((resolve, reject) => {
      start(command).on('close', (code) => {
        if (code === 0) resolve()
        else reject(new Error(`${command.join(' ')} ended with ${String(code)}`))
      })
    })
  await run(storewolfCommand(VARIANT))
  const server = start(['apiserver', '--datastore-path', '/var/lib/bottlerocket/datastore/current'])
  for (let up = false; !up;) {
    up = await run(['apiclient', 'get', 'os']).then(
      () => true,
      () => false,
    )
  }
  await run(['early-boot-config'])
  await run(['settings-committer'])
  const record = path.join(root, 'run/bottlerocket/boot-record.d/sundog.json')
  const figures = await measure(run, () => {
    const { activities } = JSON.parse(readFileSync(record, 'utf8')) as BootStepRecord
    return activities.map(({ detail = '' }) => detail)
  })
  server.kill('SIGTERM')
  return figures
}

/** All programs in one process, as in `bottlerocket boot`. */
async function inOneProcess(root: string, url: string): Promise<Figures> {
  writeAddress(root)
  const commands: string[] = []
  const io = { env: { PATH: process.env['PATH'], ...awsEnvironment(url) }, signal: new AbortController().signal }
  const events = {
    emit: (event: Parameters<Parameters<typeof rootedTarget>[0]['events']['emit']>[0]) => {
      if (event.kind === 'activity' && event.activity.kind === 'generator' && event.activity.detail !== undefined) {
        commands.push(event.activity.detail)
      }
    },
  }
  const { host } = rootedTarget({ variant: VARIANT, facts: FACTS, events, io }, root, url)
  const run: Run = async (command) => {
    const { exitCode, stderr } = await host.runner.run({ command, purpose: 'program' })
    if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${Buffer.from(stderr).toString()}`)
  }
  await run(storewolfCommand(VARIANT))
  const server = await startApiServer(host, { model: loadModel(VARIANT.modelName) })
  await run(['early-boot-config'])
  await run(['settings-committer'])
  const figures = await measure(run, () => [...new Set(commands)])
  await server.close()
  return figures
}

/** Measures and prints one line per delay and way of running. @param dist the built programs */
export async function benchGenerators(dist: string, print: (line: string) => void): Promise<void> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'bench-'))
  try {
    for (const ms of DELAYS_MS) {
      const server = await startMetadataServer({
        facts: FACTS,
        listen: listenOnLoopback,
        clock: systemClock,
        faults: ms === 0 ? [] : [{ pattern: '*', action: { kind: 'slow', ms } }],
      })
      const ways: [string, Promise<Figures>][] = [
        ['a process each', byProcesses(path.join(work, `p${String(ms)}`), server.url, dist)],
      ]
      await ways[0]?.[1]
      ways.push(['in one process', inOneProcess(path.join(work, `o${String(ms)}`), server.url)])
      for (const [way, figures] of ways) {
        const { together, oneByOne, count } = await figures
        print(
          `sundog + pluto, ${String(count)} generators, ${way}, ${String(ms)} ms per request: ` +
            `${(together / oneByOne).toFixed(2)} of one by one (${together.toFixed(0)} ms instead of ${oneByOne.toFixed(0)} ms)`,
        )
      }
      await server.close()
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
