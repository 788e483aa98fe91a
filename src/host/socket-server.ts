import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import type { ApiListener, ApiRequest, ApiResponse, RootFs, SocketServer } from '../lib/ports.ts'
import { decodeUtf8 } from '../lib/utf8.ts'

/** Longest path that fits the address of a unix socket (108 bytes with the final NUL). */
const MAX_SOCKET_PATH_BYTES = 107
const SOCKET_MODE = 0o660
/** Idle connections stay open while a client waits for a generator; long lists of keys stand in the request line. */
const LIMITS = { keepAliveTimeout: 60_000, maxHeaderSize: 256 * 1024 }

/** Whether something answers on a unix socket of this machine. */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socketPath)
    probe.on('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.on('error', () => {
      resolve(false)
    })
  })
}

type Body = Pick<ApiRequest, 'body' | 'bodyFault'>

/** The body as text. One that is too long is read to its end, so that the client gets its answer, but not kept. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size <= maxBytes) chunks.push(chunk as Buffer)
  }
  if (size > maxBytes) return { bodyFault: 'too-large' }
  try {
    return { body: decodeUtf8(Buffer.concat(chunks)) }
  } catch {
    return { bodyFault: 'not-utf8' }
  }
}

function toApiRequest(request: IncomingMessage, body: Body): ApiRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
  return { method: request.method ?? 'GET', uri: request.url ?? '/', headers, ...body }
}

function send(response: ServerResponse, { status, headers, body }: ApiResponse): void {
  // RFC 9110, section 8.6: no content length with 1xx and 204
  const length = status === 204 || status < 200 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...length })
  response.end(body)
}

function bind(server: Server, full: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(full, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Unix socket servers of a target whose files are `fs`. */
export function socketServer(fs: RootFs): SocketServer {
  return {
    async listen(socketPath, handler, options): Promise<ApiListener> {
      const full = fs.hostPath(socketPath)
      if (Buffer.byteLength(full) > MAX_SOCKET_PATH_BYTES) {
        throw new PipelineError('SOCKET_PATH_TOO_LONG', `the socket path has over 107 bytes: ${full}`)
      }
      if (await answers(full)) throw new PipelineError('SOCKET_IN_USE', `another server answers on ${full}`)
      const server = createServer(LIMITS, (request, response) => {
        readBody(request, options.maxBodyBytes)
          .then((body) => handler(toApiRequest(request, body)))
          .then(
            (answer) => {
              send(response, answer)
            },
            (error: unknown) => {
              send(response, { status: 500, headers: {}, body: messageOf(error) })
            },
          )
      })
      try {
        fs.makeDirectory(path.posix.dirname(socketPath))
        fs.remove(socketPath)
        await bind(server, full)
        if (options.gid !== undefined) fs.changeGroup(socketPath, options.gid)
        fs.changeMode(socketPath, SOCKET_MODE)
      } catch (cause) {
        server.close()
        const reason = systemCode(cause) ?? messageOf(cause)
        throw new PipelineError('HOST_FILE_UNWRITABLE', `cannot serve on ${full}: ${reason}`, { cause })
      }
      return {
        close: () =>
          new Promise((resolve) => {
            server.close(() => {
              resolve()
            })
            server.closeAllConnections()
          }),
      }
    },
  }
}
