import type { Diagnostic } from '../lib/diagnostics.ts'
import { ERROR_CODES, type ErrorCode } from '../lib/error-codes.ts'
import { PipelineError } from '../lib/errors.ts'
import type { SourceText } from './source-text.ts'

/** A fault in a template's text, before it is told to anyone. */
export interface Fault {
  readonly code: ErrorCode
  readonly message: string
  readonly start: number
  readonly end: number
}

function diagnosticOf(source: SourceText, fault: Fault): Diagnostic {
  return {
    code: fault.code,
    severity: 'error',
    message: fault.message,
    hint: ERROR_CODES[fault.code].hint,
    at: source.place(fault.start, fault.end),
  }
}

/** The error for one or more faults in the text of a template; it has the first one's code. */
export function faultError(source: SourceText, faults: readonly [Fault, ...Fault[]]): PipelineError {
  const [first] = faults
  return new PipelineError(first.code, `template '${source.name}': ${first.message}`, {
    diagnostics: faults.map((fault) => diagnosticOf(source, fault)),
    details: { template: source.name },
  })
}

/** Thrown while rendering; turned into a PipelineError where the template is known. */
export class RenderFailure extends Error {
  override readonly name = 'RenderFailure'
  readonly code: ErrorCode
  readonly settingsPath: string | undefined
  /** Where in the template's text, if known. */
  readonly offset: number | undefined

  constructor(code: ErrorCode, message: string, settingsPath?: string, offset?: number) {
    super(message)
    this.code = code
    this.settingsPath = settingsPath
    this.offset = offset
  }

  /** The same failure at a place, unless it has one already. */
  at(offset: number): RenderFailure {
    return this.offset === undefined ? new RenderFailure(this.code, this.message, this.settingsPath, offset) : this
  }
}

/** The error for a failure while rendering. `end` is the end of the tag at the failure's offset. */
export function renderError(source: SourceText, failure: RenderFailure, end: number | undefined): PipelineError {
  const { code, message, settingsPath, offset } = failure
  const diagnostic: Diagnostic = {
    code,
    severity: 'error',
    message,
    hint: ERROR_CODES[code].hint,
    ...(settingsPath === undefined ? {} : { path: settingsPath }),
    ...(offset === undefined ? {} : { at: source.place(offset, end ?? offset) }),
  }
  const subject = settingsPath === undefined ? '' : ` (${settingsPath})`
  return new PipelineError(code, `template '${source.name}': ${message}${subject}`, {
    diagnostics: [diagnostic],
    details: { template: source.name, ...(settingsPath === undefined ? {} : { settingsPath }) },
  })
}
