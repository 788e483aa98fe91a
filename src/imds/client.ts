/**
 * Client of the EC2 instance metadata service, version 2 only (session tokens).
 *
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import type { Host, HttpRequest, HttpResponse, TextSink } from '../lib/ports.ts'
import { decodeUtf8, decodeUtf8Lossy } from '../lib/utf8.ts'
import { ANNOUNCE_AFTER_MS, Waiting } from '../lib/waiting.ts'
import { describeOutcome, hintFor, RETRY_BUDGET_MS, retryDelayMs, type Outcome } from './retry.ts'

/** The version of the metadata that is asked for. */
const SCHEMA_VERSION = '2021-07-15'
/** Life of a session token in seconds. It is never renewed by time, only after a 401. */
const TOKEN_TTL_SECONDS = 60
const MAX_REDIRECTS = 10
const SESSION_TOKEN = 'session token'

export interface ImdsClient {
  /** The bytes of a target such as `user-data`; undefined if there is none (404). @throws PipelineError `IMDS_UNAVAILABLE` */
  fetchBytes(target: string): Promise<Uint8Array | undefined>
  /** As `fetchBytes`, as text. @throws PipelineError `IMDS_UNAVAILABLE`, `IMDS_INVALID_ANSWER` if it is not UTF-8 */
  fetchText(target: string): Promise<string | undefined>
}

export interface ImdsClientOptions {
  /** Who is asking, for messages and events. */
  readonly program?: string
  /** Gets a line when a wait takes over two seconds. */
  readonly stderr?: TextSink
  /** Stops all waiting. */
  readonly signal?: AbortSignal
}

/** The part of the host that the client needs. */
export type ImdsHost = Pick<Host, 'http' | 'clock' | 'events' | 'imdsUrl'>

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

/** The request that a redirect asks for: 307 and 308 keep the method, the others turn all but HEAD into GET. */
function redirected(request: HttpRequest, response: HttpResponse): HttpRequest | undefined {
  const { location } = response.headers
  if (!isRedirect(response.status) || location === undefined || !URL.canParse(location, request.url)) return undefined
  const keepsMethod = response.status >= 307 || request.method === 'HEAD'
  return { ...request, url: new URL(location, request.url).href, method: keepsMethod ? request.method : 'GET' }
}

/** A target as people are told of it. */
const nameOf = (target: string): string => `metadata service, ${target}`

function reasonOf(error: unknown): string {
  const code = systemCode(error)
  return code === undefined ? messageOf(error) : `no connection (${code})`
}

/** One fetch of one target: its deadline and what happened so far. */
interface Fetch {
  readonly target: string
  readonly startMs: number
  readonly waiting: Waiting
  attempts: number
  last: Outcome
}

class Client implements ImdsClient {
  private readonly host: ImdsHost
  private readonly program: string
  private readonly stderr: TextSink | undefined
  private readonly signal: AbortSignal | undefined
  private token: string | undefined

  constructor(host: ImdsHost, options: ImdsClientOptions) {
    this.host = host
    this.program = options.program ?? 'imds'
    this.stderr = options.stderr
    this.signal = options.signal
  }

  async fetchText(target: string): Promise<string | undefined> {
    const bytes = await this.fetchBytes(target)
    try {
      return bytes === undefined ? undefined : decodeUtf8(bytes)
    } catch (cause) {
      throw new PipelineError('IMDS_INVALID_ANSWER', `the metadata service's ${target} is not UTF-8 text`, { cause })
    }
  }

  async fetchBytes(target: string): Promise<Uint8Array | undefined> {
    const { host, program, stderr } = this
    const startMs = host.clock.monotonic()
    const waiting = new Waiting({
      host,
      program,
      target: nameOf(target),
      leftMs: () => RETRY_BUDGET_MS - (host.clock.monotonic() - startMs),
      stderr,
    })
    try {
      return await this.fetch({ target, startMs, waiting, attempts: 0, last: { reason: 'no attempt was made' } })
    } finally {
      waiting.end()
    }
  }

  private async fetch(fetch: Fetch): Promise<Uint8Array | undefined> {
    const { target } = fetch
    for (let failures = 0; ; failures++) {
      this.token ??= await this.fetchToken(fetch)
      const url = `${this.host.imdsUrl}/${SCHEMA_VERSION}/${target}`
      const headers = { accept: '*/*', 'x-aws-ec2-metadata-token': this.token }
      const response = await this.attempt(fetch, { method: 'GET', url, headers })
      if (response?.status === 200) return response.body
      if (response?.status === 404) return undefined
      if (response?.status === 401) this.token = undefined
      await this.pause(fetch, failures)
    }
  }

  private async fetchToken(fetch: Fetch): Promise<string> {
    const url = `${this.host.imdsUrl}/latest/api/token`
    const headers = { accept: '*/*', 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_TTL_SECONDS) }
    for (let failures = 0; ; failures++) {
      const response = await this.attempt(fetch, { method: 'PUT', url, headers })
      if (response?.status === 200) return decodeUtf8Lossy(response.body)
      await this.pause(fetch, failures, SESSION_TOKEN)
    }
  }

  private remainingMs(fetch: Fetch): number {
    return RETRY_BUDGET_MS - (this.host.clock.monotonic() - fetch.startMs)
  }

  /** One request with its redirects; undefined if no answer came. */
  private async attempt(fetch: Fetch, first: HttpRequest): Promise<HttpResponse | undefined> {
    fetch.attempts++
    const startMs = this.host.clock.monotonic()
    try {
      const response = await this.follow(fetch, first)
      fetch.last = { status: response.status }
      return response
    } catch (error) {
      this.signal?.throwIfAborted()
      fetch.last = { reason: reasonOf(error) }
      return undefined
    } finally {
      const ms = this.host.clock.monotonic() - startMs
      if (ms > ANNOUNCE_AFTER_MS) this.emitWait(fetch, 'the answer took long', startMs, ms, false)
    }
  }

  private async follow(fetch: Fetch, first: HttpRequest): Promise<HttpResponse> {
    const { signal } = this
    let request = first
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const timeoutMs = Math.max(1, Math.ceil(this.remainingMs(fetch)))
      const answer = await this.host.http.request({
        ...request,
        timeoutMs,
        ...(signal === undefined ? {} : { signal }),
      })
      const next = redirected(request, answer)
      if (next === undefined) return answer
      request = next
    }
    throw new Error(`more than ${String(MAX_REDIRECTS)} redirects`)
  }

  /** Waits before the next attempt. @throws PipelineError `IMDS_UNAVAILABLE` when the budget is spent */
  private async pause(fetch: Fetch, failures: number, wanted?: string): Promise<void> {
    const remainingMs = this.remainingMs(fetch)
    const delayMs = Math.min(retryDelayMs(failures), remainingMs)
    if (remainingMs > 0) {
      const outcome = describeOutcome(fetch.last)
      const answer = wanted === undefined ? outcome : `${wanted}: ${outcome}`
      fetch.waiting.note(`last answer: ${answer}`)
      this.emitWait(fetch, answer, this.host.clock.monotonic(), delayMs, delayMs < remainingMs)
      await this.host.clock.sleep(delayMs, this.signal)
    }
    if (this.remainingMs(fetch) <= 0) throw this.unavailable(fetch, wanted ?? fetch.target)
  }

  private unavailable(fetch: Fetch, wanted: string): PipelineError {
    const { target, attempts, last } = fetch
    const seconds = String(RETRY_BUDGET_MS / 1000)
    return new PipelineError(
      'IMDS_UNAVAILABLE',
      `the metadata service gave no ${target} within ${seconds} s and ${String(attempts)} requests` +
        `; the last one, for ${wanted === SESSION_TOKEN ? 'a ' : ''}${wanted}, ended with: ${describeOutcome(last)}`,
      { details: { target, attempts, ...last }, hint: hintFor(last, this.host.imdsUrl) },
    )
  }

  private emitWait({ target }: Fetch, reason: string, startMs: number, ms: number, retry: boolean): void {
    const wait = { program: this.program, target: nameOf(target), reason, startMs, ms, retry }
    this.host.events.emit({ kind: 'wait', wait })
  }
}

/**
 * A client that gets a session token before its first request, keeps it, and tries every target for up to 300 s.
 * It holds nothing open that would keep a process alive.
 */
export function createImdsClient(host: ImdsHost, options: ImdsClientOptions = {}): ImdsClient {
  return new Client(host, options)
}
