import { PipelineError } from '../lib/errors.ts'
import { parseJson } from '../lib/json-parse.ts'
import { printJson, type JsonValue } from '../lib/json.ts'
import type { ApiResponse, ApiTransport } from '../lib/ports.ts'

const JSON_HEADERS = { 'content-type': 'application/json' }

/** Whether a status is 2xx. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/** Text as one query value, percent-encoded. */
export function encodeQuery(text: string): string {
  return encodeURIComponent(text)
}

/** The API over any transport. Every method throws PipelineError `API_UNREACHABLE` when there is no server. */
export class ApiClient {
  private readonly transport: ApiTransport

  constructor(transport: ApiTransport) {
    this.transport = transport
  }

  /** One request, whatever the status. A body is sent as compact JSON. */
  request(method: string, uri: string, body?: JsonValue): Promise<ApiResponse> {
    return this.transport.request({
      method,
      uri,
      headers: JSON_HEADERS,
      ...(body === undefined ? {} : { body: printJson(body) }),
    })
  }

  /** One request that must end in 2xx. @throws PipelineError `API_BAD_STATUS` with status, method, URI and body */
  async send(method: string, uri: string, body?: JsonValue): Promise<ApiResponse> {
    const response = await this.request(method, uri, body)
    if (!isSuccess(response.status)) throw badStatus(method, uri, response)
    return response
  }

  /** GET of a JSON document. @throws PipelineError `API_BAD_STATUS`, `API_INVALID_RESPONSE` */
  async getJson(uri: string): Promise<JsonValue> {
    const response = await this.send('GET', uri)
    return decodeBody('GET', uri, response)
  }
}

/** The error for an answer outside 2xx. */
export function badStatus(method: string, uri: string, response: ApiResponse): PipelineError {
  const { status, body } = response
  return new PipelineError('API_BAD_STATUS', `status ${String(status)} for ${method} ${uri}: ${body}`, {
    details: { status, method, uri, body },
  })
}

/** An answer's body as JSON. @throws PipelineError `API_INVALID_RESPONSE` */
export function decodeBody(method: string, uri: string, response: ApiResponse): JsonValue {
  try {
    return parseJson(response.body)
  } catch (cause) {
    throw new PipelineError('API_INVALID_RESPONSE', `${method} ${uri} did not answer JSON`, { cause })
  }
}
