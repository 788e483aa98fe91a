/** The SDK's way to the network: the host's `Http` port, so that proxy, faults and tests are in one place. */
import { messageOf } from '../lib/errors.ts'
import type { Http, HttpProxy, HttpRequest } from '../lib/ports.ts'

/** The SDK's request, as far as it is used. */
export interface SdkRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface SdkResponse {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

/** A request that ended without an answer: no connection, a tunnel that was refused, a time-out. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswer'
}

export interface RequestHandlerOptions {
  readonly http: Http
  /** How long a request may take now. */
  readonly remainingMs: () => number
  readonly signal: AbortSignal
  /** The proxy for a URL. */
  readonly proxyFor: (url: string) => HttpProxy | undefined
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

function queryText(query: SdkRequest['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    const values = value === null || typeof value === 'string' ? [value] : value
    return values.map((one) => (one === null ? encode(name) : `${encode(name)}=${encode(one)}`))
  })
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

/** A request's URL. */
export function urlOf({ protocol, hostname, port, path, query }: SdkRequest): string {
  const scheme = protocol.endsWith(':') ? protocol : `${protocol}:`
  return `${scheme}//${hostname}${port === undefined ? '' : `:${String(port)}`}${path}${queryText(query)}`
}

function bodyOf(body: unknown): string | Uint8Array | undefined {
  return typeof body === 'string' || body instanceof Uint8Array ? body : undefined
}

/** A request handler for SDK clients. */
export function createRequestHandler(options: RequestHandlerOptions): {
  readonly metadata: { readonly handlerProtocol: string }
  handle(request: SdkRequest): Promise<{ response: SdkResponse }>
  updateHttpClientConfig(): void
  httpHandlerConfigs(): Record<string, never>
} {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request) {
      const url = urlOf(request)
      const proxy = options.proxyFor(url)
      const body = bodyOf(request.body)
      const outgoing: HttpRequest = {
        method: request.method,
        url,
        headers: request.headers,
        timeoutMs: Math.max(1, Math.ceil(options.remainingMs())),
        signal: options.signal,
        ...(body === undefined ? {} : { body }),
        ...(proxy === undefined ? {} : { proxy }),
      }
      const answer = await options.http.request(outgoing).catch((cause: unknown) => {
        throw new NoAnswerError(`no answer from ${new URL(url).host}: ${messageOf(cause)}`, { cause })
      })
      return { response: { statusCode: answer.status, headers: { ...answer.headers }, body: answer.body } }
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  }
}
