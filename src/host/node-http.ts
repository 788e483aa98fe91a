import http from 'node:http'
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { ApiRequest, ApiResponse, ApiTransport, Http, HttpRequest, HttpResponse, RootFs } from '../lib/ports.ts'
import { PATHS } from '../lib/paths.ts'
import { unreachable } from './api-unreachable.ts'
import type { TlsConnections } from './tls-connections.ts'

function flatHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
}

function collect(response: http.IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('error', reject)
    response.on('aborted', () => {
      reject(new Error('connection closed in the middle of the answer'))
    })
    response.on('end', () => {
      resolve(Buffer.concat(chunks))
    })
  })
}

const guarded = new WeakSet<Socket>()

/**
 * Keeps a connection from ending the process: between an answer and the next request nobody listens to its errors, and a
 * server that closes right after an answer can make the end of a large body fail then. The request has its answer.
 */
function guard(socket: Socket): void {
  if (guarded.has(socket)) return
  guarded.add(socket)
  socket.on('error', () => undefined)
}

/** HTTP and HTTPS by Node's own client. Connections are kept open for the next request, but never keep a process alive. */
export class NodeHttp implements Http {
  private readonly plain = new http.Agent({ keepAlive: true })
  private readonly loadTrust: (() => SecureContext | undefined) | undefined
  private secure: Promise<TlsConnections> | undefined

  /** @param loadTrust the certificates to trust, asked for at the first `https` request; default: the system's */
  constructor(loadTrust?: () => SecureContext | undefined) {
    this.loadTrust = loadTrust
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    const url = new URL(request.url)
    if (url.protocol !== 'https:') return this.send(request, url, http.request, { agent: this.plain })
    // what only TLS needs is loaded with the first such request
    const { loadTrust } = this
    this.secure ??= import('./tls-connections.ts').then((module) => new module.TlsConnections(loadTrust))
    const connections = await this.secure
    return this.send(request, url, connections.request, connections.options(url, request.proxy))
  }

  private send(
    request: HttpRequest,
    url: URL,
    start: typeof http.request,
    connection: http.RequestOptions,
  ): Promise<HttpResponse> {
    const body = request.body === undefined ? undefined : Buffer.from(request.body as string)
    return new Promise((resolve, reject) => {
      const outgoing = start(
        url,
        {
          method: request.method,
          ...connection,
          headers: {
            ...request.headers,
            ...(body === undefined ? {} : { 'content-length': String(body.length) }),
          },
          ...(request.signal === undefined ? {} : { signal: request.signal }),
        },
        (response) => {
          collect(response).then((bytes) => {
            resolve({ status: response.statusCode ?? 0, headers: flatHeaders(response.headers), body: bytes })
          }, reject)
        },
      )
      outgoing.on('error', reject)
      outgoing.on('socket', guard)
      if (request.timeoutMs !== undefined) {
        const timer = setTimeout(() => {
          outgoing.destroy(new Error(`no answer within ${String(request.timeoutMs)} ms`))
        }, request.timeoutMs)
        outgoing.on('close', () => {
          clearTimeout(timer)
        })
      }
      outgoing.end(body)
    })
  }
}

/** The API over a unix socket of this machine. */
export class SocketTransport implements ApiTransport {
  private readonly socketPath: string
  private readonly agent = new http.Agent({ keepAlive: true })

  constructor(socketPath: string) {
    this.socketPath = socketPath
  }

  request(request: ApiRequest): Promise<ApiResponse> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        reject(unreachable(this.socketPath, error))
      }
      const outgoing = http.request(
        {
          socketPath: this.socketPath,
          method: request.method,
          path: request.uri,
          agent: this.agent,
          headers: {
            host: 'localhost',
            ...request.headers,
            ...(request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }),
          },
        },
        (response) => {
          collect(response).then((bytes) => {
            resolve({
              status: response.statusCode ?? 0,
              headers: flatHeaders(response.headers),
              body: bytes.toString('utf8'),
            })
          }, fail)
        },
      )
      outgoing.on('error', fail)
      outgoing.on('socket', guard)
      outgoing.end(request.body)
    })
  }
}

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
