/** The whole server as one function, carried by memory or by a listener. */
import { DEFAULT_METADATA, type Facts } from '../lib/facts.ts'
import type { Clock, Http, HttpRequest, HttpResponse } from '../lib/ports.ts'
import { encodeUtf8 } from '../lib/utf8.ts'
import type { ListenOnLoopback, NoAnswer, WebAnswer, WebHandler, WebListener, WebRequest } from '../lib/web.ts'
import { answerAws, awsServiceOf } from './aws.ts'
import { FaultPlan, isRefusal, refusedMs, type Fault, type FaultAction } from './faults.ts'
import { answerEntry, answerToken, isTokenRequest, plainPath, textAnswer, type ServerState } from './metadata.ts'

export type MetadataServerFacts = Pick<Facts, 'imds' | 'aws'>

export interface MetadataHandlerOptions {
  /** Unless given, time stands still: no session ends, and nothing is slow. */
  readonly clock?: Pick<Clock, 'now' | 'sleep'>
  readonly faults?: readonly Fault[]
  /** Gets every request with the status that it was answered with (0: none, the connection was closed). */
  readonly onRequest?: (request: WebRequest, status: number) => void
}

/** Far enough ahead that role credentials count as valid. */
const STANDSTILL_MS = Date.UTC(2100, 0)
const standstill: Pick<Clock, 'now' | 'sleep'> = { now: () => STANDSTILL_MS, sleep: () => Promise.resolve() }

/** What faults call a request: `token`, `eks`, `ec2`, or the metadata path without its version. */
function nameOf(request: WebRequest): string {
  const path = plainPath(request.target)
  if (isTokenRequest(path)) return 'token'
  return awsServiceOf(request) ?? path.split('/').slice(1).join('/')
}

function answer(request: WebRequest, state: ServerState, facts: MetadataServerFacts, nowMs: number): WebAnswer {
  const metadata = facts.imds ?? DEFAULT_METADATA
  if (isTokenRequest(plainPath(request.target))) return answerToken(request, state, nowMs)
  const service = awsServiceOf(request)
  return service === undefined
    ? answerEntry(request, state, metadata, nowMs)
    : answerAws(service, request, facts.aws, metadata)
}

/** What comes of a fault, if anything but the right answer does. */
function faulty(fault: FaultAction | undefined, right: () => WebAnswer): WebAnswer | NoAnswer {
  switch (fault?.kind) {
    case 'status':
      return textAnswer(fault.status)
    case 'body':
      return { ...textAnswer(200), body: fault.body }
    case 'cut':
      return { ...right(), cut: true }
    case 'hang':
    case 'close':
    case 'reset':
      return fault.kind
    case 'slow':
    case 'expire':
    case 'refused':
    case undefined:
      return right()
  }
}

/** Answers requests to the metadata service, and the AWS calls of a boot, from facts. */
export function createMetadataHandler(facts: MetadataServerFacts, options: MetadataHandlerOptions = {}): WebHandler {
  const { clock = standstill, onRequest } = options
  const state: ServerState = { tokens: new Map(), issued: 0 }
  const given = options.faults ?? []
  const faults = new FaultPlan(given)
  const opensMs = clock.now() + refusedMs(given)
  return async (request) => {
    if (clock.now() < opensMs) return 'refused'
    const fault = faults.take(nameOf(request))
    if (fault?.kind === 'slow') await clock.sleep(fault.ms)
    if (fault?.kind === 'expire') state.tokens.clear()
    const result = faulty(fault, () => answer(request, state, facts, clock.now()))
    onRequest?.(request, typeof result === 'string' ? 0 : result.status)
    return result
  }
}

function toWebRequest({ method, url, headers = {}, body = '' }: HttpRequest): WebRequest {
  const { pathname, search } = new URL(url)
  return {
    method,
    target: pathname + search,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: typeof body === 'string' ? encodeUtf8(body) : body,
  }
}

const NO_ANSWER: Readonly<Record<NoAnswer, readonly [message: string, code?: string]>> = {
  close: ['socket hang up', 'ECONNRESET'],
  reset: ['read ECONNRESET', 'ECONNRESET'],
  refused: ['connect ECONNREFUSED', 'ECONNREFUSED'],
  hang: ['no answer'],
}

/** Fails when a request's time is up, as a client over a network does. */
async function timeOut(request: HttpRequest, clock: Pick<Clock, 'sleep'>, done: AbortSignal): Promise<never> {
  await clock.sleep(request.timeoutMs ?? 0, done)
  throw new Error(`no answer within ${String(request.timeoutMs)} ms`)
}

/**
 * A handler as the way to the outside: whatever host a request is for, the handler answers.
 *
 * @param clock measures the time that a request may take; unless given, it may take any
 */
export function httpOverHandler(handler: WebHandler, clock?: Pick<Clock, 'sleep'>): Http {
  const answered = async (request: HttpRequest): Promise<HttpResponse> => {
    const found = await handler(toWebRequest(request))
    if (found === 'hang' && clock !== undefined) return new Promise(() => undefined)
    if (typeof found !== 'string') {
      if (found.cut === true) throw new Error('connection closed in the middle of the answer')
      return found
    }
    const [message, code] = NO_ANSWER[found]
    throw Object.assign(new Error(message), code === undefined ? {} : { code })
  }
  return {
    async request(request) {
      request.signal?.throwIfAborted()
      if (clock === undefined || request.timeoutMs === undefined) return answered(request)
      const done = new AbortController()
      try {
        return await Promise.race([answered(request), timeOut(request, clock, done.signal)])
      } finally {
        done.abort()
      }
    },
  }
}

export interface MetadataServerOptions extends MetadataHandlerOptions {
  readonly facts: MetadataServerFacts
  readonly listen: ListenOnLoopback
  /** 0, the default, takes a free one. */
  readonly port?: number
}

/**
 * Serves the metadata service on loopback. Its port is known at once, also where the faults say that nothing listens on
 * it yet.
 *
 * @throws PipelineError `LISTEN_FAILED`
 */
export async function startMetadataServer(options: MetadataServerOptions): Promise<WebListener> {
  const { facts, listen, clock = standstill, faults = [] } = options
  const handler = createMetadataHandler(facts, { ...options, faults: faults.filter((fault) => !isRefusal(fault)) })
  let listener = await listen(handler, options.port ?? 0)
  const { url } = listener
  const closedMs = refusedMs(faults)
  if (closedMs === 0) return listener
  await listener.close()
  const stop = new AbortController()
  const reopened = Number.isFinite(closedMs)
    ? clock.sleep(closedMs, stop.signal).then(
        async () => {
          listener = await listen(handler, Number(new URL(url).port))
        },
        () => undefined,
      )
    : Promise.resolve()
  return {
    url,
    close: async () => {
      stop.abort()
      await reopened
      await listener.close()
    },
  }
}
