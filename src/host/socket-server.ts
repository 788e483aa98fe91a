import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import type { ApiListener, ApiRequest, ApiResponse, ListenOptions, RootFs, SocketServer } from '../lib/ports.ts'
import { decodeUtf8 } from '../lib/utf8.ts'

/** Longest path that fits the address of a unix socket (108 bytes with the final NUL). */
const MAX_SOCKET_PATH_BYTES = 107
const SOCKET_MODE = 0o660
/** Long lists of keys stand in the request line. */
const MAX_HEADER_BYTES = 256 * 1024
/** What is read of a body that is too long, so that its sender gets to read the answer. */
const MAX_DISCARDED_BYTES = 16 * 1024 * 1024

/** How long the server waits for its clients, in milliseconds, and how many it has at a time. */
export interface ServerLimits {
  /** For all headers of a request. */
  readonly headers: number
  /** For a request as a whole. */
  readonly request: number
  /** For the next request on a connection; a client may wait for a generator in between. */
  readonly idle: number
  /** For a client to read an answer. */
  readonly answer: number
  /** For answers that are being worked on when the server is stopped. */
  readonly stop: number
  readonly connections: number
}

const LIMITS: ServerLimits = {
  headers: 10_000,
  request: 60_000,
  idle: 60_000,
  answer: 60_000,
  stop: 10_000,
  connections: 1024,
}
/** How much longer a connection may take than its limit. */
const CHECK_MS = 1000

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

function decodeBody(chunks: readonly Buffer[]): Body {
  try {
    return { body: decodeUtf8(Buffer.concat(chunks)) }
  } catch {
    return { bodyFault: 'not-utf8' }
  }
}

/** The body as text. One that is too long is not kept. Rejects if the client goes away before its end. */
function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBytes) chunks.push(chunk)
      else chunks.length = 0
      if (size > MAX_DISCARDED_BYTES) resolve({ bodyFault: 'too-large' })
    })
    request.on('end', () => {
      resolve(size > maxBytes ? { bodyFault: 'too-large' } : decodeBody(chunks))
    })
    request.on('error', reject)
  })
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

/** Answers requests, and knows which answers are still to come. */
class Answering {
  private readonly handler: (request: ApiRequest) => Promise<ApiResponse>
  private readonly options: ListenOptions
  private readonly limits: ServerLimits
  private readonly open = new Set<ServerResponse>()
  private onIdle: (() => void) | undefined

  constructor(handler: (request: ApiRequest) => Promise<ApiResponse>, options: ListenOptions, limits: ServerLimits) {
    this.handler = handler
    this.options = options
    this.limits = limits
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: Body
    try {
      body = await readBody(request, this.options.maxBodyBytes)
    } catch {
      return // nobody is there to be answered
    }
    this.open.add(response)
    response.on('close', () => {
      this.open.delete(response)
      if (this.open.size === 0) this.onIdle?.()
    })
    const answer = await this.handler(toApiRequest(request, body)).catch((error: unknown): ApiResponse => ({
      status: 500,
      headers: {},
      body: messageOf(error),
    }))
    this.send(request, response, answer)
  }

  private send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: ApiResponse): void {
    // RFC 9110, section 8.6: no content length with 1xx and 204
    const length = status === 204 || status < 200 ? {} : { 'content-length': Buffer.byteLength(body) }
    const isLast = request.complete && this.onIdle !== undefined
    response.writeHead(status, { ...headers, ...length, ...(isLast ? { connection: 'close' } : {}) })
    response.end(body)
    const { socket } = request
    // a body that goes on and on is read a little longer: closing at once would take the answer away from its sender
    if (!request.complete) endAfter(socket, CHECK_MS)
    const timer = endAfter(socket, this.limits.answer)
    response.on('close', () => {
      clearTimeout(timer)
    })
  }

  /** Whether part of an answer is on its way, which nothing may come in between of. */
  isSending(socket: Duplex): boolean {
    return [...this.open].some((response) => response.socket === socket && response.headersSent)
  }

  /** Resolves when everything is answered. What is answered from now on is the last answer on its connection. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.onIdle = resolve
      if (this.open.size === 0) resolve()
    })
  }
}

/** What is answered to bytes that are no request, by the code of the fault. */
const REFUSALS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** Refuses what cannot be read as a request; called again for each further piece of it. */
function refuse(error: Error, socket: Duplex, answering: Answering): void {
  if (socket.writableEnded) return
  if (!socket.writable || answering.isSending(socket)) {
    socket.destroy()
    return
  }
  const status = REFUSALS[systemCode(error) ?? ''] ?? '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  endAfter(socket, CHECK_MS) // as with a body that is too long
}

function endAfter(socket: Duplex, ms: number): NodeJS.Timeout {
  return setTimeout(() => {
    socket.destroy()
  }, ms).unref()
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

function makeServer(answering: Answering, limits: ServerLimits): Server {
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    keepAliveTimeout: limits.idle,
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    connectionsCheckingInterval: Math.min(CHECK_MS, limits.headers, limits.request),
  }
  const server = createServer(options, (request, response) => {
    void answering.answer(request, response)
  })
  // RFC 9110, section 9.3.6: what a proxy is asked for; there is nothing behind this server
  server.on('connect', (_request, socket) => {
    socket.on('error', () => undefined)
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  server.on('clientError', (error, socket) => {
    refuse(error, socket, answering)
  })
  server.maxConnections = limits.connections
  return server
}

/** Stops accepting, lets what is being worked on be answered, and then closes every connection. */
async function stop(server: Server, answering: Answering, limits: ServerLimits): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
  })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limits.stop)
  })
  await Promise.race([answering.idle(), late])
  clearTimeout(timer)
  server.closeAllConnections()
  await closed
}

/**
 * Unix socket servers of a target whose files are `fs`.
 *
 * @param limits other ones than usual
 */
export function socketServer(fs: RootFs, limits: Partial<ServerLimits> = {}): SocketServer {
  const allLimits = { ...LIMITS, ...limits }
  return {
    async listen(socketPath, handler, options): Promise<ApiListener> {
      const full = fs.hostPath(socketPath)
      if (Buffer.byteLength(full) > MAX_SOCKET_PATH_BYTES) {
        throw new PipelineError('SOCKET_PATH_TOO_LONG', `the socket path has over 107 bytes: ${full}`)
      }
      if (await answers(full)) throw new PipelineError('SOCKET_IN_USE', `another server answers on ${full}`)
      const answering = new Answering(handler, options, allLimits)
      const server = makeServer(answering, allLimits)
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
      return { close: () => stop(server, answering, allLimits) }
    },
  }
}
