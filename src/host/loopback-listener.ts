import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import type { NoAnswer, WebAnswer, WebHandler, WebListener } from '../lib/web.ts'

const LOOPBACK = '127.0.0.1'

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function answer(handler: WebHandler, request: IncomingMessage): Promise<WebAnswer | NoAnswer> {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
  const body = await readBody(request)
  return handler({ method: request.method ?? 'GET', target: request.url ?? '/', headers, body })
}

function send(response: ServerResponse, found: WebAnswer | NoAnswer): void {
  if (found === 'hang') return
  if (found === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  if (typeof found === 'string') {
    response.destroy()
    return
  }
  const { status, headers, body, cut = false } = found
  response.writeHead(status, { ...headers, 'content-length': cut ? body.length + 1 : body.length })
  if (!cut) {
    response.end(body)
    return
  }
  response.write(body.subarray(0, body.length / 2), () => {
    response.destroy()
  })
}

/** HTTP/1.1 on 127.0.0.1 by Node's own server. Closing it ends open connections at once. */
export async function listenOnLoopback(handler: WebHandler, port: number): Promise<WebListener> {
  const server = createServer((request, response) => {
    answer(handler, request).then(
      (found) => {
        send(response, found)
      },
      (error: unknown) => {
        send(response, { status: 500, headers: {}, body: Buffer.from(messageOf(error)) })
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const reason = systemCode(cause) ?? messageOf(cause)
      reject(new PipelineError('LISTEN_FAILED', `cannot serve on ${LOOPBACK}:${String(port)}: ${reason}`, { cause }))
    })
    server.listen(port, LOOPBACK, resolve)
  })
  const { port: actual } = server.address() as AddressInfo
  return {
    url: `http://${LOOPBACK}:${String(actual)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
