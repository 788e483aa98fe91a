/** Requests taken apart and answers put together. */
import { MAX_BODY_BYTES } from '../api/contract.ts'
import { JsonSyntaxError, parseJson } from '../lib/json-parse.ts'
import { printJson, toJson, type JsonValue } from '../lib/json.ts'
import type { ApiRequest, ApiResponse } from '../lib/ports.ts'
import { decodeUtf8Lossy, encodeUtf8 } from '../lib/utf8.ts'
import type { ModelProblem } from '../model/models.ts'

/** A request that ends in an error status, with the text of the answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** What is wrong with the settings of the request, each with its path below `settings`. */
  readonly problems: readonly ModelProblem[]

  constructor(
    status: number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    problems: readonly ModelProblem[] = [],
  ) {
    super(message)
    this.status = status
    this.headers = headers
    this.problems = problems
  }
}

/** Says that an answer holds problem details: https://www.rfc-editor.org/rfc/rfc9457 */
const PROBLEM_TYPE = 'application/problem+json'

/** The answer for an error. A client that accepts problem details gets each problem with its path. */
export function apiErrorAnswer({ status, headers, message, problems }: ApiError, request: ApiRequest): ApiResponse {
  const accepts = request.headers?.['accept']?.includes(PROBLEM_TYPE) === true
  if (!accepts || problems.length === 0) return { status, headers, body: message }
  const details = { status, title: 'The settings are not valid', detail: message, problems }
  return { status, headers: { 'content-type': PROBLEM_TYPE }, body: printJson(toJson(details)) }
}

const PLAIN_TEXT = { 'content-type': 'text/plain; charset=utf-8' }

/** A fault of the request's body. */
export function bodyError(status: number, message: string, problems: readonly ModelProblem[] = []): ApiError {
  return new ApiError(status, message, PLAIN_TEXT, problems)
}

/** 204 without a body. */
export const NO_CONTENT: ApiResponse = { status: 204, headers: {}, body: '' }

/** 200 with a JSON text. */
export function jsonText(body: string): ApiResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

/** 200 with a JSON value, members sorted. */
export function jsonAnswer(value: JsonValue): ApiResponse {
  return jsonText(printJson(value))
}

/** 200 with text of a report. */
export function textAnswer(body: string): ApiResponse {
  return { status: 200, headers: { 'content-type': 'application/text' }, body }
}

/** Decodes `%XX`; a `%` that starts no such sequence stays, bytes that are not UTF-8 become U+FFFD. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  const bytes: number[] = []
  for (let i = 0; i < text.length;) {
    const hex = text[i] === '%' ? text.slice(i + 1, i + 3) : ''
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16))
      i += 3
    } else {
      const character = String.fromCodePoint(text.codePointAt(i) as number)
      bytes.push(...encodeUtf8(character))
      i += character.length
    }
  }
  return decodeUtf8Lossy(Uint8Array.from(bytes))
}

/** Query parameters by name, decoded as a form (https://url.spec.whatwg.org/#urlencoded-parsing). The last one wins. */
export type Query = ReadonlyMap<string, string>

export interface Target {
  readonly path: string
  readonly query: Query
}

/** Splits a request target into its decoded path and query. */
export function parseTarget(uri: string): Target {
  const local = uri.replace(/^https?:\/\/[^/?#]*/i, '').replace(/#.*$/, '')
  const mark = local.indexOf('?')
  const path = mark < 0 ? local : local.slice(0, mark)
  const query = new Map<string, string>()
  for (const item of mark < 0 ? [] : local.slice(mark + 1).split('&')) {
    if (item === '') continue
    const equals = item.indexOf('=')
    const [name, value] = equals < 0 ? [item, ''] : [item.slice(0, equals), item.slice(equals + 1)]
    query.set(percentDecode(name.replaceAll('+', ' ')), percentDecode(value.replaceAll('+', ' ')))
  }
  return { path: percentDecode(path === '' ? '/' : path), query }
}

/** Subtype `json` or suffix `+json` (RFC 6839), whatever the parameters. */
const JSON_TYPE = /^[\w!#$&^.+-]+\/(?:[\w!#$&^.+-]+\+)?json\s*(?:;|$)/i

/**
 * The JSON body of a request.
 *
 * @throws ApiError 400 for a content type that is not JSON and for text that is not, 413 for a body over 2 MiB
 */
export function jsonBody(request: ApiRequest): JsonValue {
  const { headers = {}, body = '', bodyFault } = request
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  if (!JSON_TYPE.test(type.trim())) {
    throw bodyError(400, `Content type error: the body has to be application/json, not '${type}'`)
  }
  if (bodyFault === 'too-large' || encodeUtf8(body).length > MAX_BODY_BYTES) {
    throw bodyError(413, `the body is larger than ${String(MAX_BODY_BYTES)} bytes`)
  }
  if (bodyFault === 'not-utf8') throw bodyError(400, 'Json deserialize error: the body is not UTF-8')
  try {
    return parseJson(body)
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw bodyError(400, `Json deserialize error: ${error.message}`)
    throw error
  }
}

/** A parameter that must not be empty; undefined if it is absent. @throws ApiError 400 */
export function parameter(query: Query, name: string): string | undefined {
  const value = query.get(name)
  if (value === '') throw new ApiError(400, `the parameter '${name}' is empty`)
  return value
}

/** A parameter that has to be there. @throws ApiError 400 */
export function requiredParameter(query: Query, name: string): string {
  const value = parameter(query, name)
  if (value === undefined) throw new ApiError(400, `the parameter '${name}' is missing`)
  return value
}
