/** Settings that the server refuses, shown where the user wrote them. */
import { ApiClient, badStatus, isSuccess } from '../api/client.ts'
import { sortDiagnostics, type Diagnostic, type Place } from '../lib/diagnostics.ts'
import { isErrorCode } from '../lib/error-codes.ts'
import { PipelineError } from '../lib/errors.ts'
import { parseJson } from '../lib/json-parse.ts'
import { isJsonArray, member, type JsonValue } from '../lib/json.ts'
import type { ApiResponse, ApiTransport } from '../lib/ports.ts'
import type { DocumentPath } from '../lib/source-map.ts'
import { formatSegment } from '../model/key.ts'
import { explainUnreachable, withHint } from './unreachable.ts'

const NOTHING = 'nothing was changed'
const PROBLEM_TYPE = 'application/problem+json'

/** Where the user wrote a setting. */
export interface Wording {
  /** The place of a setting below `settings`, or of what is around it. */
  place(path: DocumentPath, atKey: boolean): Place | undefined
  /** The texts that places point into, by the name of their file. */
  readonly sources: ReadonlyMap<string, string>
}

function pathOf(value: JsonValue | undefined): DocumentPath {
  const steps = isJsonArray(value) ? value : []
  return steps.map((step) => (typeof step === 'string' ? step : Number(step)))
}

/** A setting's key with `settings` in front, positions in brackets. */
function displayKey(path: DocumentPath): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${String(step)}]` : `.${formatSegment(step)}`))
  return `settings${steps.join('')}`
}

function diagnosticOf(problem: JsonValue, wording: Wording): Diagnostic {
  const [code, message, hint] = ['code', 'message', 'hint'].map((name) => member(problem, name))
  const path = pathOf(member(problem, 'path'))
  const at = wording.place(path, member(problem, 'atKey') === true)
  return {
    code: typeof code === 'string' && isErrorCode(code) ? code : 'API_BAD_STATUS',
    severity: 'error',
    path: displayKey(path),
    message: typeof message === 'string' ? message : 'refused',
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(at === undefined ? {} : { at }),
  }
}

/** The problems of an answer, if it holds any. */
function problemsOf({ headers, body }: ApiResponse): readonly JsonValue[] {
  if (headers['content-type']?.startsWith(PROBLEM_TYPE) !== true) return []
  const problems = member(parseJson(body), 'problems')
  return isJsonArray(problems) ? problems : []
}

function refusal(uri: string, response: ApiResponse, wording: Wording): PipelineError {
  const problems = problemsOf(response)
  if (problems.length === 0) return withHint(badStatus('PATCH', uri, response), NOTHING)
  const { message, details } = badStatus('PATCH', uri, {
    ...response,
    body: `the settings are not valid, so ${NOTHING}`,
  })
  return new PipelineError('API_BAD_STATUS', message, {
    details,
    diagnostics: sortDiagnostics(problems.map((problem) => diagnosticOf(problem, wording))),
    sources: wording.sources,
  })
}

/**
 * Writes settings to a transaction.
 *
 * @throws PipelineError `API_BAD_STATUS` with every problem at the place where the user wrote it
 */
export async function sendSettings(
  transport: ApiTransport,
  uri: string,
  body: JsonValue,
  wording: Wording,
): Promise<void> {
  const accepting: ApiTransport = {
    request: (request) =>
      transport.request({ ...request, headers: { ...request.headers, accept: `${PROBLEM_TYPE}, */*` } }),
  }
  let response: ApiResponse
  try {
    response = await new ApiClient(accepting).request('PATCH', uri, body)
  } catch (error) {
    throw explainUnreachable(error, NOTHING)
  }
  if (!isSuccess(response.status)) throw refusal(uri, response, wording)
}
