import type { Diagnostic } from './diagnostics.ts'
import type { ErrorCode } from './error-codes.ts'
import { EXIT_FAILURE, type ExitCode } from './exit-codes.ts'

export interface PipelineErrorOptions {
  /** The exit status that the program ends with; 1 unless told. */
  readonly exit?: ExitCode
  /** Facts for machines and logs; never the value of a secret setting. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly hint?: string
  /** Faults of the user's input that led here, each with its position. */
  readonly diagnostics?: readonly Diagnostic[]
  /** Texts that the diagnostics point into, by the name of their file. */
  readonly sources?: ReadonlyMap<string, string>
  readonly cause?: unknown
}

/** Thrown when a program cannot go on. Its message is a whole sentence for people; `runMain` prints it, no stack. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError'
  readonly code: ErrorCode
  readonly exit: ExitCode
  readonly details: Readonly<Record<string, unknown>>
  readonly hint: string | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: ReadonlyMap<string, string>

  constructor(code: ErrorCode, message: string, options: PipelineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.exit = options.exit ?? EXIT_FAILURE
    this.details = options.details ?? {}
    this.hint = options.hint
    this.diagnostics = options.diagnostics ?? []
    this.sources = options.sources ?? new Map()
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The system error code (`ENOENT`, `EACCES`, ...) of anything that was thrown, if it has one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}
