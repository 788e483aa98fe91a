/** When a request to the metadata service is tried again, as pure data. */

/** All attempts at one target together, token requests included, may take this long. */
export const RETRY_BUDGET_MS = 300_000

const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 10_000

/**
 * The pause after the n-th failed attempt (from 0), in milliseconds: Fibonacci without jitter,
 * 250, 250, 500, 750, 1250, 2000, 3250, 5250, 8500, then 10000 for ever.
 */
export function retryDelayMs(failures: number): number {
  let [delay, next] = [FIRST_DELAY_MS, FIRST_DELAY_MS]
  for (let i = 0; i < failures && delay < LONGEST_DELAY_MS; i++) [delay, next] = [next, delay + next]
  return Math.min(delay, LONGEST_DELAY_MS)
}

/** What an attempt came to: an HTTP status, or the reason why there is none. */
export type Outcome = { readonly status: number } | { readonly reason: string }

/** An attempt's outcome for people. */
export function describeOutcome(outcome: Outcome): string {
  return 'status' in outcome ? `status ${String(outcome.status)}` : outcome.reason
}

/** What the reader can do about a service that keeps ending requests like this. */
export function hintFor(outcome: Outcome, url: string): string {
  if (!('status' in outcome)) {
    return `nothing answers on ${url}; is this an EC2 instance, and may this process reach the metadata service?`
  }
  switch (outcome.status) {
    case 401:
      return 'the service refuses its own session tokens; a proxy in between may be dropping the token header'
    case 403:
      return "the metadata service is switched off for this instance: see its metadata option 'HttpEndpoint'"
    case 404:
      return 'this address serves no session tokens (IMDSv2); is it the metadata service?'
    case 429:
      return 'too many requests from this instance; something else on it may be asking in a loop'
    default:
      return 'the metadata service itself fails; if this lasts, stop and start the instance'
  }
}
