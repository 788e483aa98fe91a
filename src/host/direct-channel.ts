import { messageOf, PipelineError } from '../lib/errors.ts'
import { PATHS } from '../lib/paths.ts'
import type { ApiRequest, ApiResponse, ApiTransport, RootFs, SocketServer } from '../lib/ports.ts'
import { socketTransports } from './node-http.ts'
import { socketServer } from './socket-server.ts'

export interface DirectChannel {
  readonly server: SocketServer
  api(socketPath?: string): ApiTransport
}

/** A server and its clients in one process without any socket: a request is a call of the server's handler. */
export function directChannel(): DirectChannel {
  let handler: ((request: ApiRequest) => Promise<ApiResponse>) | undefined
  return {
    server: {
      listen: (_socketPath, handle) => {
        handler = handle
        return Promise.resolve({
          close: () => {
            handler = undefined
            return Promise.resolve()
          },
        })
      },
    },
    api: () => ({
      request: (request) =>
        handler === undefined
          ? Promise.reject(new PipelineError('API_UNREACHABLE', 'the API is not running'))
          : handler(request),
    }),
  }
}

/** A request without a body that is too long for its server. */
function limited(request: ApiRequest, maxBytes: number): ApiRequest {
  const { body, ...rest } = request
  if (body === undefined || Buffer.byteLength(body) <= maxBytes) return request
  return { ...rest, bodyFault: 'too-large' }
}

/**
 * The sockets of a target whose programs run in this process. A server listens on its socket for other processes, but is
 * called directly from here; what this process does not serve is reached through the socket.
 */
export function ownSockets(fs: RootFs): DirectChannel {
  const handlers = new Map<string, ApiTransport['request']>()
  const sockets = socketServer(fs)
  const transports = socketTransports(fs)
  return {
    server: {
      listen: async (socketPath, handle, options) => {
        const listener = await sockets.listen(socketPath, handle, options)
        handlers.set(socketPath, (request) =>
          handle(limited(request, options.maxBodyBytes)).catch((error: unknown) => ({
            status: 500,
            headers: {},
            body: messageOf(error),
          })),
        )
        return {
          close: () => {
            handlers.delete(socketPath)
            return listener.close()
          },
        }
      },
    },
    api: (socketPath = PATHS.apiSocket) => ({
      request: (request) => (handlers.get(socketPath) ?? ((sent) => transports(socketPath).request(sent)))(request),
    }),
  }
}
