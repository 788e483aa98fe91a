/**
 * Credentials of the instance's role, from the metadata service.
 *
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 */
import { messageOf, PipelineError } from '../lib/errors.ts'
import { parseJson } from '../lib/json-parse.ts'
import { member, type JsonValue } from '../lib/json.ts'
import type { Host, HttpRequest, HttpResponse } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import { sdkDelayMs, type CallBudget } from './aws-retry.ts'

const ROLES = '/latest/meta-data/iam/security-credentials/'
const TOKEN_TTL_SECONDS = 21_600
const ATTEMPT_MS = 3000
const ATTEMPTS = 100

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** The error for credentials that are not there. It is final for a call: asking again does not help. */
export function noCredentials(reason: string, cause?: unknown): PipelineError {
  return new PipelineError('AWS_NO_CREDENTIALS', `no AWS credentials: ${reason}`, { cause })
}

/** Reads the JSON that the metadata service and container agents hand out. @throws PipelineError `AWS_NO_CREDENTIALS` */
export function parseCredentials(body: Uint8Array, source: string): AwsCredentials {
  let document: JsonValue
  try {
    document = parseJson(decodeUtf8Lossy(body))
  } catch (cause) {
    throw noCredentials(`${source} answered something that is not JSON: ${messageOf(cause)}`, cause)
  }
  const text = (name: string): string | undefined => {
    const value = member(document, name)
    return typeof value === 'string' ? value : undefined
  }
  const [accessKeyId, secretAccessKey] = [text('AccessKeyId'), text('SecretAccessKey')]
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw noCredentials(`${source} answered without keys (${text('Code') ?? 'no code'})`)
  }
  const [sessionToken, ends] = [text('Token'), text('Expiration')]
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(ends === undefined || Number.isNaN(Date.parse(ends)) ? {} : { expiration: new Date(ends) }),
  }
}

/** One request with repeats for what may pass: no answer, 5xx, an expired session. */
async function ask(host: Pick<Host, 'http'>, request: HttpRequest, budget: CallBudget): Promise<HttpResponse> {
  for (let failures = 0; ; failures++) {
    let reason: unknown
    try {
      const timeoutMs = Math.max(1, Math.min(ATTEMPT_MS, Math.ceil(budget.remainingMs())))
      const response = await host.http.request({ ...request, timeoutMs, signal: budget.signal })
      if (response.status < 500) return response
      reason = new Error(`status ${String(response.status)}`)
    } catch (error) {
      budget.signal.throwIfAborted()
      reason = error
    }
    const more = failures + 1 < ATTEMPTS && (await budget.pause(sdkDelayMs(failures), reason))
    if (!more) throw noCredentials(`the metadata service does not answer: ${messageOf(reason)}`, reason)
  }
}

/** Credentials of the instance's role, with a session token of their own. @throws PipelineError `AWS_NO_CREDENTIALS` */
export async function instanceRoleCredentials(
  host: Pick<Host, 'http' | 'imdsUrl'>,
  budget: CallBudget,
): Promise<AwsCredentials> {
  const session = await ask(
    host,
    {
      method: 'PUT',
      url: `${host.imdsUrl}/latest/api/token`,
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_TTL_SECONDS) },
    },
    budget,
  )
  if (session.status !== 200) throw noCredentials(`the metadata service gives no session: ${String(session.status)}`)
  const headers = { 'x-aws-ec2-metadata-token': decodeUtf8Lossy(session.body) }
  const get = async (path: string): Promise<Uint8Array> => {
    const { status, body } = await ask(host, { method: 'GET', url: `${host.imdsUrl}${path}`, headers }, budget)
    if (status === 404) throw noCredentials('the instance has no role')
    if (status !== 200) throw noCredentials(`the metadata service answers ${String(status)} for its role`)
    return body
  }
  const role =
    decodeUtf8Lossy(await get(ROLES))
      .split('\n')[0]
      ?.trim() ?? ''
  if (role === '') throw noCredentials('the instance has no role')
  return parseCredentials(await get(ROLES + encodeURIComponent(role)), 'the metadata service')
}
