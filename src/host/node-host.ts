import { IMDS_URL, PATHS } from '../lib/paths.ts'
import type { ApiTransport, Host, ProcessRunner, RootFs } from '../lib/ports.ts'
import { ConfinedRunner } from './confined-runner.ts'
import { NodeHttp, SocketTransport } from './node-http.ts'
import { nodeFacts, nodeResolver } from './node-facts.ts'
import { noEvents, systemClock, systemEntropy } from './node-ports.ts'
import { RootedFs } from './rooted-fs.ts'
import { socketServer } from './socket-server.ts'
import { SpawnRunner } from './spawn-runner.ts'

/** A function that gives one transport per socket, so that connections are reused. */
export function socketTransports(fs: RootFs): (socketPath?: string) => ApiTransport {
  const transports = new Map<string, ApiTransport>()
  return (socketPath = PATHS.apiSocket) => {
    const known = transports.get(socketPath)
    if (known !== undefined) return known
    const transport = new SocketTransport(fs.hostPath(socketPath))
    transports.set(socketPath, transport)
    return transport
  }
}

/**
 * Commands under a root that is not this machine's own: only executables that lie there are run. A program that starts
 * itself again is this process's own file and may do so.
 */
function rootedRunner(
  spawner: ProcessRunner,
  env: Readonly<Record<string, string | undefined>>,
  host: () => Host,
): ProcessRunner {
  const confined = new ConfinedRunner({ programs: new Map(), spawner, env, signal: new AbortController().signal, host })
  return { run: (request) => confined.run(request), runDetached: (request) => spawner.runDetached(request) }
}

/**
 * The host that this process runs on, for a program started by itself. `BOTTLEROCKET_ROOT` puts a root before every
 * path, `BOTTLEROCKET_IMDS_URL` replaces the metadata service.
 */
export function nodeHost(env: Readonly<Record<string, string | undefined>>): Host {
  const fs = new RootedFs(env['BOTTLEROCKET_ROOT'] ?? '/')
  const spawner = new SpawnRunner(env)
  const host: Host = {
    fs,
    runner: fs.hostPath('/') === '/' ? spawner : rootedRunner(spawner, env, () => host),
    http: new NodeHttp(),
    api: socketTransports(fs),
    server: socketServer(fs),
    clock: systemClock,
    entropy: systemEntropy,
    facts: nodeFacts(spawner, fs.hostPath(PATHS.lspci)),
    resolver: nodeResolver,
    events: noEvents,
    imdsUrl: (env['BOTTLEROCKET_IMDS_URL'] ?? IMDS_URL).replace(/\/+$/, ''),
  }
  return host
}
