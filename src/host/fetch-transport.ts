/**
 * The API over a unix socket by Bun's own client, which is a part of the executable's runtime: `node:http` would first have
 * to be loaded there, which takes as long as a short program does in all.
 *
 * https://bun.sh/docs/api/fetch#unix-domain-sockets
 */
import { unreachable } from './api-unreachable.ts'
import type { ApiRequest, ApiResponse, ApiTransport } from '../lib/ports.ts'

/** The names of the programs in the one executable, which Bun runs; there is no such thing under Node. */
declare const EXECUTABLE: readonly string[] | undefined

/** What Bun understands beside what every `fetch` does. */
interface BunRequestInit extends RequestInit {
  readonly unix: string
  /** Whether the connection is kept for another request. */
  readonly keepalive: boolean
  /** No answer is late: an API that applies settings may take its time. */
  readonly timeout: false
  readonly decompress: false
}

const ORIGIN = 'http://localhost'
const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT']

/** Bun's names of what others know by a system's code. */
const CODES = new Map([
  ['ConnectionRefused', 'ECONNREFUSED'],
  ['ConnectionClosed', 'ECONNRESET'],
  ['FailedToOpenSocket', 'ECONNREFUSED'],
])

/** Whether `fetch` would send just this: it corrects addresses, and refuses some methods and a body with some others. */
export function isPlain({ method, uri, body }: ApiRequest): boolean {
  if (!METHODS.includes(method) || (method === 'GET' && body !== undefined)) return false
  const url = uri.startsWith('/') && URL.canParse(uri, ORIGIN) ? new URL(uri, ORIGIN) : undefined
  return url?.origin === ORIGIN && `${url.pathname}${url.search}` === uri
}

/** Whether this process can send a request by `fetch`. */
export function canFetch(request: ApiRequest): boolean {
  return typeof EXECUTABLE !== 'undefined' && isPlain(request)
}

/** See the head of this file. */
export class FetchTransport implements ApiTransport {
  private readonly socketPath: string

  constructor(socketPath: string) {
    this.socketPath = socketPath
  }

  async request({ method, uri, headers, body }: ApiRequest): Promise<ApiResponse> {
    const init: BunRequestInit = {
      unix: this.socketPath,
      keepalive: false,
      timeout: false,
      decompress: false,
      redirect: 'manual',
      method,
      headers: headers ?? {},
      ...(body === undefined ? {} : { body }),
    }
    try {
      const response = await fetch(`${ORIGIN}${uri}`, init)
      return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
    } catch (error) {
      const { code } = error as { code?: unknown }
      throw unreachable(this.socketPath, error, CODES.get(String(code)))
    }
  }
}
