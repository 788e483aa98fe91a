import { createServer, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import type { ApiListener, ApiRequest, ApiResponse, RootFs, SocketServer } from '../lib/ports.ts'

/** Longest path that fits the address of a unix socket (108 bytes with the final NUL). */
const MAX_SOCKET_PATH_BYTES = 107
const SOCKET_MODE = 0o660

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

/** The body as text, or undefined if it is longer than the limit. Bytes that are not UTF-8 become lone U+FFFD. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size <= maxBytes) chunks.push(chunk as Buffer)
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks)
}

function toApiRequest(request: IncomingMessage, body: Buffer): ApiRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
  return { method: request.method ?? 'GET', uri: request.url ?? '/', headers, body: body.toString('utf8') }
}

const tooLarge: ApiResponse = {
  status: 413,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'the body is too large',
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
      const server = createServer((request, response) => {
        const answer = async (): Promise<ApiResponse> => {
          const body = await readBody(request, options.maxBodyBytes)
          return body === undefined ? tooLarge : handler(toApiRequest(request, body))
        }
        answer().then(
          ({ status, headers, body }) => {
            response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
            response.end(body)
          },
          (error: unknown) => {
            response.writeHead(500)
            response.end(messageOf(error))
          },
        )
      })
      try {
        fs.remove(socketPath)
        await new Promise<void>((resolve, reject) => {
          server.once('error', reject)
          server.listen(full, () => {
            resolve()
          })
        })
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
