/** A host in memory as it is after its boot: settings committed, every file rendered, the server up. */
import { ApiClient } from '../../src/api/client.ts'
import { apiclient } from '../../src/apiclient/program.ts'
import { startApiServer, type ApiServer } from '../../src/apiserver/start.ts'
import { storewolfCommand } from '../../src/cli/boot-steps.ts'
import { EventLog } from '../../src/cli/report.ts'
import { offlineTarget, rootedTarget, type TargetHost, type TargetOptions } from '../../src/cli/target-host.ts'
import { systemEntropy } from '../../src/host/node-ports.ts'
import { parseJson } from '../../src/lib/json-parse.ts'
import { isJsonArray, member, printJson, toJson, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import { PATHS } from '../../src/lib/paths.ts'
import type { Clock, Host, ProgramIo, RootFs } from '../../src/lib/ports.ts'
import { loadModel, type SettingsModel } from '../../src/model/models.ts'
import { readConfigurationFiles } from '../../src/model/metadata.ts'
import { findVariant } from '../../src/variants/variant.ts'
import { snapshot } from './faulty-fs.ts'
import { runToEnd, type ProgramRun } from './test-host.ts'

export interface NodeOptions {
  readonly variant?: string
  readonly userData?: object
  /** The clock of the server. */
  readonly clock?: Clock
  /** Puts something between the server, or the applier, and the files. */
  readonly wrapFs?: (fs: RootFs) => RootFs
  /** A directory of this machine to run under, with real sockets; after the boot, commands that lie there are run. */
  readonly root?: string
}

const K8S = {
  kubernetes: {
    'cluster-name': 'demo',
    'api-server': 'https://demo.example',
    'cluster-certificate': 'Y2VydA==',
    'cluster-dns-ip': '10.100.0.10',
    'node-ip': '10.0.0.7',
    'provider-id': 'aws:///us-west-2a/i-0a1b2c3d4e5f67890',
    'max-pods': 110,
  },
  aws: { region: 'us-west-2' },
  network: { hostname: 'node.example' },
}
const ECS = { aws: { region: 'us-west-2' }, network: { hostname: 'node.example' }, ecs: { cluster: 'demo' } }

export interface RunningNode {
  readonly host: Host
  readonly model: SettingsModel
  readonly api: ApiClient
  readonly events: EventLog
  /** Runs apiclient to its end; the applier may still be at work. */
  apiclient(...argv: readonly string[]): Promise<ProgramRun>
  apiclientWith(io: Partial<ProgramIo> & { readonly stdin?: string }, ...argv: readonly string[]): Promise<ProgramRun>
  /** Waits for everything in the background. */
  settled(): Promise<void>
  /** Runs apiclient and waits for all that it started. */
  change(...argv: readonly string[]): Promise<ProgramRun>
  /** The last run of the applier. */
  lastRun(): Promise<JsonValue>
  status(): Promise<JsonValue>
  /** All live pairs. */
  pairs(): Record<string, string>
  /** Every rendered file that is there, with its mode; waits for what is in the background unless told otherwise. */
  files(settled?: boolean): Promise<Record<string, string>>
  /** Takes the server away as a crash does: nothing is closed, nothing waits any more. */
  crash(): Promise<void>
  /** Starts a server over what is there. */
  restart(clock?: Clock): Promise<void>
  close(): Promise<void>
}

async function startServer(host: Host, model: SettingsModel): Promise<ApiServer> {
  return startApiServer(host, { model })
}

/** Boots a host and applies everything. */
export async function startNode(options: NodeOptions = {}): Promise<RunningNode> {
  const variant = findVariant(options.variant ?? 'aws-k8s-1.30')
  const events = new EventLog()
  const { root } = options
  const targetOf = (runCommands: boolean): TargetHost => {
    const target: TargetOptions = {
      variant,
      facts: { cpus: 2, arch: 'x86_64', resolve: {} },
      events,
      io: { env: { PATH: process.env['PATH'] }, signal: new AbortController().signal },
      runCommands,
    }
    if (root !== undefined) return rootedTarget(target, root, 'http://127.0.0.1:1')
    return offlineTarget(target, { request: () => Promise.reject(new Error('no network in this test')) })
  }
  let target = targetOf(false)
  // the programs of the target are given this very object, so that what is put in its place counts for them too
  const inner = target.host as { -readonly [K in keyof Host]: Host[K] }
  const { wrapFs } = options
  if (wrapFs !== undefined) inner.fs = wrapFs(inner.fs)
  // an offline target has no chance in it, but transactions need names of their own
  inner.entropy = systemEntropy
  let host: Host = inner
  const model = loadModel(variant.modelName)
  const withClock = (clock: Clock | undefined): Host => (clock === undefined ? host : { ...host, clock })
  const must = async (command: readonly string[]): Promise<void> => {
    const { exitCode, stderr } = await host.runner.run({ command, purpose: 'program' })
    if (exitCode !== 0) throw new Error(Buffer.from(stderr).toString())
  }
  await must(storewolfCommand(variant))
  let server = await startServer(withClock(options.clock), model)
  const boot = new ApiClient(host.api())
  const userData = options.userData ?? (variant.name.includes('k8s') ? K8S : ECS)
  await boot.send('PATCH', '/settings?tx=bottlerocket-launch', toJson(userData))
  await boot.send('POST', '/tx/commit?tx=bottlerocket-launch')
  await must(['/usr/bin/thar-be-settings', '--all'])
  if (root !== undefined) {
    await server.close()
    target = targetOf(true)
    host = target.host
    server = await startServer(withClock(options.clock), model)
  }
  const api = new ApiClient(host.api())
  const paths = [...readConfigurationFiles(await api.getJson('/configuration-files')).values()].map(({ path }) => path)

  const apiclientWith: RunningNode['apiclientWith'] = (io, ...argv) => runToEnd(apiclient, argv, host, io)
  const node: RunningNode = {
    host,
    model,
    api,
    events,
    apiclientWith,
    apiclient: (...argv) => apiclientWith({}, ...argv),
    settled: () => target.settled(),
    change: async (...argv) => {
      const result = await apiclientWith({}, ...argv)
      await target.settled()
      return result
    },
    status: () => api.getJson('/apply/status'),
    lastRun: async () => {
      const applies = member(await api.getJson('/apply/status'), 'applies')
      return (isJsonArray(applies) ? applies[0] : undefined) ?? null
    },
    pairs: () => snapshot(host.fs, `${PATHS.datastoreCurrent}/live/settings`),
    files: async (settled = true) => {
      if (settled) await target.settled()
      const there = paths.filter((path) => host.fs.stat(path) !== undefined)
      return Object.fromEntries(
        there.map((path) => [path, `${String(host.fs.stat(path)?.mode)} ${host.fs.readText(path)}`]),
      )
    },
    crash: async () => {
      await server.close()
    },
    restart: async (clock) => {
      server = await startServer(withClock(clock), model)
    },
    close: async () => {
      await server.close()
      await target.settled()
    },
  }
  return node
}

/** Text of a JSON answer that a program printed. */
export function printed({ stdout }: ProgramRun): JsonObject {
  return parseJson(stdout) as JsonObject
}

/** Settings as the one argument of `set --json`. */
export function jsonArgument(settings: unknown): string {
  return printJson(toJson(settings))
}
