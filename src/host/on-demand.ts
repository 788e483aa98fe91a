/**
 * Ports of the host whose modules are loaded when they are first used: most programs are short, and need few of them. The
 * client and the server of HTTP alone take longer to load than many programs to run.
 */
import { PipelineError } from '../lib/errors.ts'
import { PATHS } from '../lib/paths.ts'
import type { ApiTransport, Http, Locks, RootFs, SocketServer } from '../lib/ports.ts'
import { FetchHttp, FetchTransport, hasFetchClient, isPlain, isUnconnected } from './fetch-client.ts'

/** HTTP to the outside. */
export function httpOnDemand(): Http {
  const own = hasFetchClient ? new FetchHttp() : undefined
  let other: Promise<Http> | undefined
  const ask: Http['request'] = async (request) => {
    other ??= import('./node-http.ts').then(({ NodeHttp }) => new NodeHttp())
    return (await other).request(request)
  }
  return {
    request: async (request) => {
      if (own === undefined || !request.url.startsWith('http:')) return ask(request)
      try {
        return await own.request(request)
      } catch (error) {
        // nothing was sent: asked again for the sake of the reason
        if (isUnconnected(error) && request.signal?.aborted !== true) return ask(request)
        throw error
      }
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
  const own = hasFetchClient ? new FetchTransport(socketPath) : undefined
  let other: Promise<ApiTransport> | undefined
  const ask: ApiTransport['request'] = async (request) => {
    other ??= import('./node-http.ts').then(({ SocketTransport }) => new SocketTransport(socketPath))
    return (await other).request(request)
  }
  return {
    request: async (request) => {
      if (own === undefined || !isPlain(request)) return ask(request)
      try {
        return await own.request(request)
      } catch (error) {
        if (error instanceof PipelineError && isUnconnected(error.cause)) return ask(request)
        throw error
      }
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
