import { PipelineError } from '../lib/errors.ts'
import type { ApiRequest, ApiResponse, ApiTransport, SocketServer } from '../lib/ports.ts'

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
