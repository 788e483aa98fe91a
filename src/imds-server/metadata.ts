/** The metadata service's own answers: session tokens, entries, listings. */
import type { MetadataFacts } from '../lib/facts.ts'
import { encodeUtf8 } from '../lib/utf8.ts'
import type { WebAnswer, WebRequest } from '../lib/web.ts'
import { listDirectory, metadataEntries, VERSIONS } from './entries.ts'

const TTL_HEADER = 'x-aws-ec2-metadata-token-ttl-seconds'
const TOKEN_HEADER = 'x-aws-ec2-metadata-token'
const MAX_TTL_SECONDS = 21_600

/** What the server remembers. */
export interface ServerState {
  /** Session tokens and when each ends, in milliseconds since 1970. */
  readonly tokens: Map<string, number>
  issued: number
}

/** An answer with a text body. */
export function textAnswer(status: number, body = '', headers: Readonly<Record<string, string>> = {}): WebAnswer {
  return { status, headers: { 'content-type': 'text/plain', server: 'EC2ws', ...headers }, body: encodeUtf8(body) }
}

/** A request's path without the query, with single slashes and without outer ones. */
export function plainPath(target: string): string {
  const path = target.split('?', 1)[0] as string
  return decodePercent(path)
    .split('/')
    .filter((part) => part !== '')
    .join('/')
}

/** Percent escapes undone; a text with a broken one stays as it is. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether a request asks for a session token. */
export function isTokenRequest(path: string): boolean {
  return path === 'latest/api/token'
}

/** Answers a request for a session token: a life of 1 to 21600 seconds, never through a proxy. */
export function answerToken(request: WebRequest, state: ServerState, nowMs: number): WebAnswer {
  if (request.method !== 'PUT') return textAnswer(405, '', { allow: 'OPTIONS, PUT' })
  if (request.headers['x-forwarded-for'] !== undefined) return textAnswer(403)
  const ttl = request.headers[TTL_HEADER] ?? ''
  if (!/^[0-9]{1,5}$/.test(ttl) || Number(ttl) < 1 || Number(ttl) > MAX_TTL_SECONDS) return textAnswer(400)
  const token = Buffer.from(`session-${String(++state.issued)}-${String(nowMs)}`).toString('base64url')
  state.tokens.set(token, nowMs + Number(ttl) * 1000)
  return textAnswer(200, token, { [TTL_HEADER]: ttl })
}

function hasToken(request: WebRequest, state: ServerState, nowMs: number): boolean {
  const ends = state.tokens.get(request.headers[TOKEN_HEADER] ?? '')
  return ends !== undefined && nowMs < ends
}

const isVersion = (text: string): boolean => text === 'latest' || VERSIONS.some((version) => version === text)

/** Answers a request for an entry or a listing. */
export function answerEntry(request: WebRequest, state: ServerState, facts: MetadataFacts, nowMs: number): WebAnswer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return textAnswer(405, '', { allow: 'GET, HEAD' })
  if (!hasToken(request, state, nowMs)) return textAnswer(401)
  const [version = '', ...rest] = plainPath(request.target).split('/')
  if (version === '') return textAnswer(200, [...VERSIONS, 'latest'].join('\n'))
  if (!isVersion(version)) return textAnswer(404)
  const path = rest.join('/')
  const entries = metadataEntries(facts, nowMs)
  const entry = entries.get(path)
  if (entry !== undefined) {
    const type = path === 'user-data' ? 'application/octet-stream' : 'text/plain'
    return { ...textAnswer(200, '', { 'content-type': type }), body: entry }
  }
  const listing = listDirectory(entries, path)
  return listing === undefined ? textAnswer(404) : textAnswer(200, listing)
}
