import http from 'node:http'
import https from 'node:https'
import type { SecureContext } from 'node:tls'
import type { ApiRequest, ApiResponse, ApiTransport, Http, HttpProxy, HttpRequest, HttpResponse } from '../lib/ports.ts'
import { PipelineError, messageOf, systemCode } from '../lib/errors.ts'
import { openTunnel } from './connect-tunnel.ts'
import { systemTrust } from './system-trust.ts'

const HTTPS_PORT = 443

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

/** HTTP and HTTPS by Node's own client. Connections are kept open for the next request, but never keep a process alive. */
export class NodeHttp implements Http {
  private readonly plain = new http.Agent({ keepAlive: true })
  private readonly tls = new https.Agent({ keepAlive: true })
  private readonly loadTrust: () => SecureContext | undefined
  private trust: { readonly secureContext?: SecureContext } | undefined

  /** @param loadTrust the certificates to trust, asked for at the first `https` request */
  constructor(loadTrust: () => SecureContext | undefined = systemTrust) {
    this.loadTrust = loadTrust
  }

  /** How to connect: by a kept agent, or by a tunnel of the request's own. */
  private connection(url: URL, proxy: HttpProxy | undefined): https.RequestOptions {
    if (url.protocol !== 'https:') return { agent: this.plain }
    if (this.trust === undefined) {
      const secureContext = this.loadTrust()
      this.trust = secureContext === undefined ? {} : { secureContext }
    }
    const { trust } = this
    if (proxy === undefined) return { agent: this.tls, ...trust }
    const port = url.port === '' ? HTTPS_PORT : Number(url.port)
    return {
      createConnection: (_options, done) => {
        const fail = done as (error: Error) => void
        openTunnel(proxy, url.hostname, port, trust).then((socket) => {
          done(null, socket)
        }, fail)
        return undefined
      },
    }
  }

  request(request: HttpRequest): Promise<HttpResponse> {
    const url = new URL(request.url)
    const isTls = url.protocol === 'https:'
    const body = request.body === undefined ? undefined : Buffer.from(request.body as string)
    return new Promise((resolve, reject) => {
      const outgoing = (isTls ? https : http).request(
        url,
        {
          method: request.method,
          ...this.connection(url, request.proxy),
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
        const reason = systemCode(error) ?? messageOf(error)
        reject(
          new PipelineError('API_UNREACHABLE', `no answer from the API on ${this.socketPath}: ${reason}`, {
            details: { socketPath: this.socketPath },
            cause: error,
          }),
        )
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
      outgoing.end(request.body)
    })
  }
}
