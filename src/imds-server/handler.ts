/** The whole server as one function, carried by memory or by a listener. */
import { DEFAULT_METADATA, type Facts } from '../lib/facts.ts'
import type { Clock, Http, HttpRequest } from '../lib/ports.ts'
import { encodeUtf8 } from '../lib/utf8.ts'
import type { ListenOnLoopback, WebAnswer, WebHandler, WebListener, WebRequest } from '../lib/web.ts'
import { answerAws, awsServiceOf } from './aws.ts'
import { FaultPlan, type Fault } from './faults.ts'
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

/** Answers requests to the metadata service, and the AWS calls of a boot, from facts. */
export function createMetadataHandler(facts: MetadataServerFacts, options: MetadataHandlerOptions = {}): WebHandler {
  const { clock = standstill, onRequest } = options
  const state: ServerState = { tokens: new Map(), issued: 0 }
  const faults = new FaultPlan(options.faults ?? [])
  return async (request) => {
    const fault = faults.take(nameOf(request))
    if (fault?.kind === 'slow') await clock.sleep(fault.ms)
    const found = fault?.kind === 'status' ? textAnswer(fault.status) : answer(request, state, facts, clock.now())
    const result = fault?.kind === 'close' ? 'close' : found
    onRequest?.(request, result === 'close' ? 0 : result.status)
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

/** A handler as the way to the outside: whatever host a request is for, the handler answers. */
export function httpOverHandler(handler: WebHandler): Http {
  return {
    async request(request) {
      request.signal?.throwIfAborted()
      const found = await handler(toWebRequest(request))
      if (found === 'close') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
      return found
    },
  }
}

export interface MetadataServerOptions extends MetadataHandlerOptions {
  readonly facts: MetadataServerFacts
  readonly listen: ListenOnLoopback
  /** 0, the default, takes a free one. */
  readonly port?: number
}

/** Serves the metadata service on loopback. @throws PipelineError `LISTEN_FAILED` */
export function startMetadataServer(options: MetadataServerOptions): Promise<WebListener> {
  return options.listen(createMetadataHandler(options.facts, options), options.port ?? 0)
}
