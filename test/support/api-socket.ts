/** Requests to an API socket, over connections that are kept. */
import http from 'node:http'

export interface SocketAnswer {
  readonly status: number
  readonly body: string
}

export interface SocketClient {
  send(method: string, uri: string, body?: unknown): Promise<SocketAnswer>
  close(): void
}

/** A client with one connection. A body is sent as JSON. */
export function socketClient(socketPath: string): SocketClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  return {
    send: (method, uri, body) =>
      new Promise((resolve, reject) => {
        const headers = body === undefined ? {} : { 'content-type': 'application/json' }
        const request = http.request({ socketPath, method, path: uri, agent, headers }, (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
          response.on('error', reject)
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, body: text })
          })
        })
        request.on('error', reject)
        request.end(body === undefined ? undefined : JSON.stringify(body))
      }),
    close: () => {
      agent.destroy()
    },
  }
}
