/** What a provider's end means: settings to send, nothing, or the end of the boot step. Pure. */
import { messageOf, PipelineError } from '../lib/errors.ts'
import { EXIT_OK } from '../lib/exit-codes.ts'
import { isJsonObject, type JsonValue } from '../lib/json.ts'
import { parseJson } from '../lib/json-parse.ts'
import type { RunResult } from '../lib/ports.ts'
import { decodeUtf8, decodeUtf8Lossy } from '../lib/utf8.ts'
import type { ProviderLink } from './discover-providers.ts'
import { readFailureText } from './failure-text.ts'
import { unpackPlaces, type PlaceTable } from './places.ts'

/** Settings to send to the API, without an outer `settings`. */
export interface Submission {
  readonly settings: JsonValue
  readonly desc: string
  /** Where the settings stand, if the provider told. */
  readonly places: PlaceTable
}

const OUTER_SPACE = /^\p{White_Space}+|\p{White_Space}+$/gu

function describeEnd(result: RunResult): string {
  if (result.signal !== undefined) return `ended by ${result.signal}`
  return `exit status ${String(result.exitCode)}`
}

function failed(link: ProviderLink, result: RunResult): PipelineError {
  const text = decodeUtf8Lossy(result.stdout).replace(OUTER_SPACE, '')
  const { message, diagnostics, hint } = readFailureText(text)
  const reason = message === '' ? describeEnd(result) : message
  return new PipelineError('PROVIDER_FAILED', `provider '${link.path}' failed: ${reason}`, {
    diagnostics,
    details: { provider: link.name, exitCode: result.exitCode, signal: result.signal },
    ...(hint === undefined ? {} : { hint }),
  })
}

function invalid(link: ProviderLink, reason: string, cause?: unknown): PipelineError {
  return new PipelineError('PROVIDER_INVALID_OUTPUT', `provider '${link.path}' printed ${reason}`, { cause })
}

/**
 * Reads how a provider ended.
 *
 * @returns the settings to send, or undefined if the provider had none
 * @throws PipelineError `PROVIDER_NOT_STARTED`, `PROVIDER_FAILED`, `PROVIDER_INVALID_OUTPUT`
 */
export function readProviderResult(link: ProviderLink, result: RunResult): Submission | undefined {
  if (result.startError !== undefined) {
    throw new PipelineError('PROVIDER_NOT_STARTED', `cannot start provider '${link.path}': ${result.startError}`)
  }
  if (result.exitCode !== EXIT_OK) throw failed(link, result)
  let output: string
  try {
    output = decodeUtf8(result.stdout).replace(OUTER_SPACE, '')
  } catch (cause) {
    throw invalid(link, 'something that is not UTF-8', cause)
  }
  return output === '' ? undefined : readOutput(link, output)
}

function readOutput(link: ProviderLink, output: string): Submission {
  let value: JsonValue
  try {
    value = parseJson(output)
  } catch (cause) {
    throw invalid(link, `something that is not one JSON document: ${messageOf(cause)}`, cause)
  }
  if (!isJsonObject(value)) throw invalid(link, 'JSON that is not an object')
  const { json, desc } = value
  if (json === undefined) throw invalid(link, 'an object without "json"')
  if (typeof desc !== 'string') throw invalid(link, 'an object without a text "desc"')
  return { settings: json, desc, places: unpackPlaces(value['places']) }
}
