/** When AWS calls are tried again. */
import { messageOf, PipelineError } from '../lib/errors.ts'
import type { Clock, Entropy } from '../lib/ports.ts'
import { NoAnswerError } from './request-handler.ts'

/** One AWS answer may take this long, with everything that is tried for it. */
export const CALL_BUDGET_MS = 300_000
const SDK_ATTEMPTS = 100
const SDK_FIRST_DELAY_MS = 1000
const SDK_LONGEST_DELAY_MS = 20_000
const OWN_FIRST_DELAY_MS = 200
const FRACTIONS = 1_000_000

const THROTTLING = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
])
const TIMEOUTS = new Set(['RequestTimeout', 'RequestTimeoutException'])
const TOO_MANY_REQUESTS = 429

/** Whether the SDK's rules say to try a failed call again: throttling, 5xx, no answer. A refusal is final. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true
  if (!(error instanceof Error) || error instanceof PipelineError) return false
  if (THROTTLING.has(error.name) || TIMEOUTS.has(error.name)) return true
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0
  return status >= 500 || status === TOO_MANY_REQUESTS
}

/** An SDK error for people: its name and message. */
export function describeAwsError(error: unknown): string {
  const message = messageOf(error)
  const isNamed = error instanceof Error && !(error instanceof PipelineError) && !(error instanceof NoAnswerError)
  return isNamed && error.name !== 'Error' ? `${error.name}: ${message}` : message
}

/** The longest pause after the n-th failed attempt (from 0) by the SDK's rules. */
export function sdkDelayMs(failures: number): number {
  return Math.min(SDK_FIRST_DELAY_MS * 2 ** Math.min(failures, 10), SDK_LONGEST_DELAY_MS)
}

/** The longest pause after the n-th failed call (from 0): Fibonacci from 200 ms, without an upper bound. */
export function fibonacciDelayMs(failures: number): number {
  let [delay, next] = [OWN_FIRST_DELAY_MS, OWN_FIRST_DELAY_MS]
  for (let i = 0; i < failures; i++) [delay, next] = [next, delay + next]
  return delay
}

export interface AwsWaiting {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly signal: AbortSignal
  /** Told before every pause, and whether another attempt follows it. */
  readonly onWait: (reason: string, ms: number, retry: boolean) => void
}

/** The time that is left for a call, and the pauses in it. */
export class CallBudget {
  readonly signal: AbortSignal
  private readonly waiting: AwsWaiting
  private readonly startMs: number

  constructor(waiting: AwsWaiting) {
    this.waiting = waiting
    this.signal = waiting.signal
    this.startMs = waiting.clock.monotonic()
  }

  remainingMs(): number {
    return CALL_BUDGET_MS - (this.waiting.clock.monotonic() - this.startMs)
  }

  /** Pauses a random part of `longestMs`, or for what is left. Returns whether there is time for another attempt. */
  async pause(longestMs: number, error: unknown): Promise<boolean> {
    const { clock, entropy, signal, onWait } = this.waiting
    const share = entropy.integer(FRACTIONS - 1) / FRACTIONS
    const ms = Math.max(0, Math.min(longestMs * share, this.remainingMs()))
    onWait(describeAwsError(error), ms, ms < this.remainingMs())
    await clock.sleep(ms, signal)
    return this.remainingMs() > 0
  }
}

/** Makes a call up to 100 times, as long as its failures are transient. @throws the last error */
export async function withSdkRetries<T>(budget: CallBudget, call: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await call()
    } catch (error) {
      budget.signal.throwIfAborted()
      if (!isTransient(error) || failures + 1 >= SDK_ATTEMPTS) throw error
      if (!(await budget.pause(sdkDelayMs(failures), error))) throw error
    }
  }
}
