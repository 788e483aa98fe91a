/**
 * Ports of the host whose modules are loaded when they are first used: most programs are short, and need few of them. The
 * client and the server of HTTP alone take longer to load than many programs to run.
 */
import { PATHS } from '../lib/paths.ts'
import type { ApiTransport, Http, Locks, RootFs, SocketServer } from '../lib/ports.ts'
import { canFetch, FetchTransport } from './fetch-transport.ts'

/** HTTP to the outside. */
export function httpOnDemand(): Http {
  let client: Promise<Http> | undefined
  return {
    request: async (request) => {
      client ??= import('./node-http.ts').then(({ NodeHttp }) => new NodeHttp())
      return (await client).request(request)
    },
  }
}

/** Servers on unix sockets of a target whose files are `fs`. */
export function serverOnDemand(fs: RootFs): SocketServer {
  return {
    listen: async (...args) => (await import('./socket-server.ts')).socketServer(fs).listen(...args),
  }
}

/** Locks on the directories of a target whose files are `fs`. */
export function locksOnDemand(fs: RootFs): Locks {
  return {
    acquire: async (...args) => (await import('./socket-locks.ts')).socketLocks(fs).acquire(...args),
  }
}

/** The API over the unix socket `socketPath` of this machine. */
function transportOnDemand(socketPath: string): ApiTransport {
  const own = new FetchTransport(socketPath)
  let other: Promise<ApiTransport> | undefined
  return {
    request: async (request) => {
      if (canFetch(request)) return own.request(request)
      other ??= import('./node-http.ts').then(({ SocketTransport }) => new SocketTransport(socketPath))
      return (await other).request(request)
    },
  }
}

/** The API of a target whose files are `fs`: one transport per socket, so that connections are reused. */
export function apiOnDemand(fs: RootFs): (socketPath?: string) => ApiTransport {
  const transports = new Map<string, ApiTransport>()
  return (socketPath = PATHS.apiSocket) => {
    const transport = transports.get(socketPath) ?? transportOnDemand(fs.hostPath(socketPath))
    transports.set(socketPath, transport)
    return transport
  }
}
