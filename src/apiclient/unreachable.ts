/** What to do about a server that does not answer, and what is known of the host then. */
import { PipelineError, systemCode } from '../lib/errors.ts'

const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket: is the server running, and is --socket-path right?',
  ECONNREFUSED: 'nobody listens on the socket: the server has ended without removing it',
  EACCES: 'the socket belongs to root and its group (api, on a host): run this as a member of the group, or as root',
  ENOTSOCK: 'the path is no socket',
}

/** The same error with another hint. */
export function withHint(error: PipelineError, hint: string): PipelineError {
  const { code, message, exit, details, diagnostics, sources, cause } = error
  return new PipelineError(code, message, { exit, details, diagnostics, sources, cause, hint })
}

/** Whether a request that failed may have reached the server. */
export function mayHaveArrived(error: PipelineError): boolean {
  return !Object.hasOwn(ADVICE, systemCode(error.cause) ?? '')
}

/**
 * Adds what is known of the host, and what to do, to an error of a request that got no answer.
 *
 * @param state what is known of the host's settings then
 * @returns anything else as it is
 */
export function explainUnreachable(error: unknown, state?: string): unknown {
  if (!(error instanceof PipelineError) || error.code !== 'API_UNREACHABLE' || error.hint !== undefined) return error
  const advice =
    ADVICE[systemCode(error.cause) ?? ''] ?? 'the server ended, or the connection was cut, in the middle of the request'
  return withHint(error, state === undefined ? advice : `${state}; ${advice}`)
}
