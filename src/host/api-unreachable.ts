import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'

/** The error of a request that the API did not answer. @param reason what to call the cause, if not by its own code */
export function unreachable(socketPath: string, cause: unknown, reason = systemCode(cause)): PipelineError {
  return new PipelineError(
    'API_UNREACHABLE',
    `no answer from the API on ${socketPath}: ${reason ?? messageOf(cause)}`,
    {
      details: { socketPath },
      cause,
    },
  )
}
