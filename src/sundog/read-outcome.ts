/** What a generator's end means: a value, no value, or a failure. */
import { JsonSyntaxError, parseJson } from '../lib/json-parse.ts'
import type { JsonValue } from '../lib/json.ts'
import { EXIT_OK, EXIT_USAGE } from '../lib/exit-codes.ts'
import type { RunResult } from '../lib/ports.ts'
import { decodeUtf8, decodeUtf8Lossy } from '../lib/utf8.ts'
import { trimWhiteSpace } from '../lib/white-space.ts'

export type GeneratorOutcome =
  | { readonly kind: 'value'; readonly value: JsonValue }
  /** The generator has no value for this machine. */
  | { readonly kind: 'skip' }
  | {
      readonly kind: 'failure'
      readonly code: 'GENERATOR_FAILED' | 'GENERATOR_INVALID_OUTPUT'
      readonly reason: string
    }

/** The part of a failed generator's standard error that is repeated. */
const MAX_STDERR_LINES = 20

function readValue(stdout: Uint8Array): GeneratorOutcome {
  const invalid = (reason: string): GeneratorOutcome => ({ kind: 'failure', code: 'GENERATOR_INVALID_OUTPUT', reason })
  let text: string
  try {
    text = trimWhiteSpace(decodeUtf8(stdout))
  } catch {
    return invalid('its output is not UTF-8')
  }
  if (text === '') return invalid('it printed nothing')
  try {
    return { kind: 'value', value: parseJson(text) }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    return invalid(`its output is not JSON: ${error.message}`)
  }
}

function howItEnded(result: RunResult): string {
  if (result.startError !== undefined) return `it could not be started: ${result.startError}`
  if (result.timedOut) return 'it took too long and was ended'
  if (result.exitCode === undefined) return `it was ended by ${result.signal ?? 'a signal'}`
  return `it ended with ${String(result.exitCode)}`
}

/** Reads the result of one generator run. A JSON `null` is a value; it leaves the setting unset. */
export function readOutcome(result: RunResult): GeneratorOutcome {
  if (result.startError === undefined && !result.timedOut) {
    if (result.exitCode === EXIT_OK) return readValue(result.stdout)
    if (result.exitCode === EXIT_USAGE) return { kind: 'skip' }
  }
  const stderr = decodeUtf8Lossy(result.stderr).trim().split('\n').slice(-MAX_STDERR_LINES).join('\n')
  const reason = stderr === '' ? howItEnded(result) : `${howItEnded(result)}:\n${stderr}`
  return { kind: 'failure', code: 'GENERATOR_FAILED', reason }
}
