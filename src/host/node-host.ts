import { IMDS_URL, PATHS } from '../lib/paths.ts'
import type { ApiTransport, Host, RootFs } from '../lib/ports.ts'
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
 * The host that this process runs on, for a program started by itself. `BOTTLEROCKET_ROOT` puts a root before every
 * path, `BOTTLEROCKET_IMDS_URL` replaces the metadata service.
 */
export function nodeHost(env: Readonly<Record<string, string | undefined>>): Host {
  const fs = new RootedFs(env['BOTTLEROCKET_ROOT'] ?? '/')
  const runner = new SpawnRunner(env)
  return {
    fs,
    runner,
    http: new NodeHttp(),
    api: socketTransports(fs),
    server: socketServer(fs),
    clock: systemClock,
    entropy: systemEntropy,
    facts: nodeFacts(runner, fs.hostPath(PATHS.lspci)),
    resolver: nodeResolver,
    events: noEvents,
    imdsUrl: (env['BOTTLEROCKET_IMDS_URL'] ?? IMDS_URL).replace(/\/+$/, ''),
  }
}
