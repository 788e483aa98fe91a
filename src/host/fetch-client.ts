/**
 * Requests by Bun's own client, which is a part of the executable's runtime: `node:http` would first have to be loaded
 * there, which takes as long as a short program does in all.
 *
 * https://bun.sh/docs/runtime/networking/fetch
 */
import { systemCode } from '../lib/errors.ts'
import type { ApiRequest, ApiResponse, ApiTransport, Http, HttpRequest, HttpResponse } from '../lib/ports.ts'
import { unreachable } from './api-unreachable.ts'

/** The names of the programs in the one executable, which Bun runs; there is no such thing under Node. */
declare const EXECUTABLE: readonly string[] | undefined

/** What Bun understands beside what every `fetch` does. */
interface BunRequestInit extends RequestInit {
  readonly unix?: string
  readonly timeout: false
  readonly decompress: false
  readonly proxy: false
}

/** A request and its answer as they are: no proxy of the environment, no redirect, nothing unpacked, no time limit. */
const PLAIN: BunRequestInit = {
  // a connection that is kept may be closed by the other side just when the next request is sent
  keepalive: false,
  timeout: false,
  decompress: false,
  proxy: false,
  redirect: 'manual',
}

const ORIGIN = 'http://localhost'
const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT']

/** Whether this process has that client. */
export const hasFetchClient = typeof EXECUTABLE !== 'undefined'

/** Whether `fetch` sends just this: it corrects addresses, and refuses some methods and a body with some others. */
export function isPlain({ method, uri, body }: ApiRequest): boolean {
  if (!METHODS.includes(method) || (method === 'GET' && body !== undefined)) return false
  const url = uri.startsWith('/') && URL.canParse(uri, ORIGIN) ? new URL(uri, ORIGIN) : undefined
  return url?.origin === ORIGIN && `${url.pathname}${url.search}` === uri
}

/** Whether no connection came about. The client says so alike for whatever reason; `node:http` knows the reason. */
export function isUnconnected(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOTFOUND'].includes(systemCode(error) ?? '')
}

/** The API over the unix socket `socketPath` of this machine, for requests that are `isPlain`. */
export class FetchTransport implements ApiTransport {
  private readonly socketPath: string

  constructor(socketPath: string) {
    this.socketPath = socketPath
  }

  async request({ method, uri, headers = {}, body }: ApiRequest): Promise<ApiResponse> {
    const init = { ...PLAIN, unix: this.socketPath, method, headers, ...(body === undefined ? {} : { body }) }
    try {
      const response = await fetch(`${ORIGIN}${uri}`, init)
      return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
    } catch (error) {
      throw unreachable(this.socketPath, error)
    }
  }
}

/** HTTP without TLS to the outside. */
export class FetchHttp implements Http {
  async request({ method, url, headers = {}, body, timeoutMs, signal }: HttpRequest): Promise<HttpResponse> {
    const late = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
    const signals = [signal, late].filter((each) => each !== undefined)
    const init = {
      ...PLAIN,
      method,
      headers,
      ...(body === undefined ? {} : { body: body as string }),
      ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
    }
    try {
      const response = await fetch(url, init)
      const bytes = new Uint8Array(await response.arrayBuffer())
      return { status: response.status, headers: Object.fromEntries(response.headers), body: bytes }
    } catch (error) {
      if (late?.aborted === true && signal?.aborted !== true) throw tooLate(timeoutMs)
      throw error
    }
  }
}

const tooLate = (ms: number | undefined): Error => new Error(`no answer within ${String(ms)} ms`)
