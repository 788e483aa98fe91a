/** Builds the host of a target that is not this machine: a root directory, or nothing but memory. */
import { ConfinedRunner } from '../host/confined-runner.ts'
import { directChannel, ownSockets } from '../host/direct-channel.ts'
import { MemoryFs } from '../host/memory-fs.ts'
import { nodeFacts, nodeResolver } from '../host/node-facts.ts'
import { NodeHttp } from '../host/node-http.ts'
import { systemClock, systemEntropy } from '../host/node-ports.ts'
import { overlayImage } from '../host/overlay-fs.ts'
import { processLocks } from '../host/process-locks.ts'
import { RootedFs } from '../host/rooted-fs.ts'
import { socketLocks } from '../host/socket-locks.ts'
import { SpawnRunner } from '../host/spawn-runner.ts'
import type { Facts } from '../lib/facts.ts'
import { parseIpv4, parseIpv6 } from '../lib/ip-address.ts'
import { PATHS } from '../lib/paths.ts'
import type { Entropy, EventSink, Host, HostFacts, Http, ProgramIo, Resolver, RootFs } from '../lib/ports.ts'
import { imageTree } from '../variants/image.ts'
import type { Variant } from '../variants/variant.ts'
import { PROGRAMS } from './programs.ts'

export interface TargetOptions {
  readonly variant: Variant
  readonly facts: Facts
  readonly events: EventSink
  readonly io: Pick<ProgramIo, 'env' | 'signal'>
  /** Run restart commands that exist under the root instead of recording them. */
  readonly runCommands?: boolean
  /** Gets whatever a program threw. */
  readonly onFailure?: (program: string, error: unknown) => void
  /** Gets what a detached program wrote on its standard error. */
  readonly onDetachedStderr?: (text: Uint8Array) => void
}

export interface TargetHost {
  readonly host: Host
  /** Waits for everything that programs started in the background. */
  settled(): Promise<void>
}

/** Facts as the facts file gives them; what it leaves out is read from this machine. */
function factsOf(facts: Facts, machine: HostFacts): HostFacts {
  const { cpus, arch, memoryBytes, pciDevices } = facts
  return {
    cpus: () => cpus ?? machine.cpus(),
    arch: () => arch ?? machine.arch(),
    memoryBytes: () => memoryBytes ?? machine.memoryBytes(),
    pciDevices: () => (pciDevices === undefined ? machine.pciDevices() : Promise.resolve(pciDevices)),
  }
}

const isAddress = (text: string): boolean => parseIpv4(text) !== undefined || parseIpv6(text) !== undefined

/** Names as the facts file gives them. An address is a name of its own, as for every resolver. */
function resolverOf(facts: Facts, fallback: Resolver): Resolver {
  const { resolve } = facts
  if (resolve === undefined) return fallback
  return {
    lookup: (name) => Promise.resolve(isAddress(name) ? [name] : (resolve[name] ?? [])),
    reverse: (address) =>
      Promise.resolve(Object.entries(resolve).find(([, addresses]) => addresses.includes(address))?.[0]),
  }
}

interface Parts {
  readonly fs: RootFs
  readonly http: Http
  readonly imdsUrl: string
  readonly channel: Pick<Host, 'api' | 'server' | 'locks'>
  readonly resolver: Resolver
  readonly entropy: Entropy
  /** Whether the target can have devices of its own. */
  readonly hasDevices: boolean
}

function assemble(options: TargetOptions, parts: Parts): TargetHost {
  const spawner = new SpawnRunner(options.io.env)
  const runner = new ConfinedRunner({
    programs: PROGRAMS,
    spawner,
    env: options.io.env,
    signal: options.io.signal,
    host: () => host,
    ...(options.runCommands === undefined ? {} : { runCommands: options.runCommands }),
    ...(options.onFailure === undefined ? {} : { onFailure: options.onFailure }),
    ...(options.onDetachedStderr === undefined ? {} : { onDetachedStderr: options.onDetachedStderr }),
  })
  const machine = nodeFacts(spawner, parts.fs.hostPath(PATHS.lspci))
  const host: Host = {
    fs: parts.fs,
    runner,
    http: parts.http,
    ...parts.channel,
    clock: systemClock,
    entropy: parts.entropy,
    facts: factsOf(options.facts, {
      ...machine,
      pciDevices: () => (parts.hasDevices ? machine.pciDevices() : Promise.resolve([])),
    }),
    resolver: resolverOf(options.facts, parts.resolver),
    events: options.events,
    imdsUrl: parts.imdsUrl,
  }
  return { host, settled: () => runner.settled() }
}

/** A target whose files are under the directory `root` of this machine, with the metadata service at `imdsUrl`. */
export function rootedTarget(options: TargetOptions, root: string, imdsUrl: string): TargetHost {
  const fs = overlayImage(new RootedFs(root), imageTree(options.variant))
  const env = { ...options.io.env, BOTTLEROCKET_ROOT: root, BOTTLEROCKET_IMDS_URL: imdsUrl }
  return assemble(
    { ...options, io: { ...options.io, env } },
    {
      fs,
      http: new NodeHttp(),
      imdsUrl,
      channel: { ...ownSockets(fs), locks: socketLocks(fs) },
      resolver: nodeResolver,
      entropy: systemEntropy,
      hasDevices: true,
    },
  )
}

const nothingResolves = resolverOf({ resolve: {} }, nodeResolver)

const DIGITS = 36

/** The same in every run, so that two offline runs differ in nothing but their settings; names stay different. */
function withoutChance(): Entropy {
  let names = 0
  return {
    integer: () => 0,
    alphanumeric: (length) => (names++).toString(DIGITS).padStart(length, '0').slice(-length),
  }
}

/** A target in memory that contacts nobody: what would come over HTTP is answered by `http`, and no name resolves. */
export function offlineTarget(options: TargetOptions, http: Http): TargetHost {
  const fs = overlayImage(new MemoryFs(), imageTree(options.variant))
  return assemble(options, {
    fs,
    http,
    imdsUrl: 'http://metadata.invalid',
    channel: { ...directChannel(), locks: processLocks(fs) },
    resolver: nothingResolves,
    entropy: withoutChance(),
    hasDevices: false,
  })
}
