/**
 * A provider's failure as the text that it prints, and back: findings keep their place, code and hint on the way
 * through a process.
 */
import { hasErrors, renderDiagnostic, type Diagnostic, type Place } from '../lib/diagnostics.ts'
import { ERROR_CODES, type ErrorCode } from '../lib/error-codes.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'

/** A failure as lines: the message with its code, findings, a hint. Without a final line end. */
export function failureText(error: unknown): string {
  if (!(error instanceof PipelineError)) return `error[INTERNAL] ${messageOf(error)}`
  const lines = [`error[${error.code}] ${error.message}`]
  for (const diagnostic of error.diagnostics) lines.push(renderDiagnostic(diagnostic))
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`)
  return lines.join('\n')
}

export interface FailureText {
  /** What is left when findings and hint are taken out. */
  readonly message: string
  readonly diagnostics: readonly Diagnostic[]
  readonly hint: string | undefined
}

// a line may hold separators that only some readers take for an end of line, hence `s`
const FINDING =
  /^(?<file>.+?):(?<line>[1-9][0-9]*):(?<column>[1-9][0-9]*): (?<severity>error|warning)\[(?<code>[A-Z0-9_]+)\] (?:(?<path>settings(?:\.[^\s:]+)*): )?(?<message>.*)$/s
const RELATED = /^ {4}(?<file>.+?):(?<line>[1-9][0-9]*):(?<column>[1-9][0-9]*): (?<message>.*)$/s
const FINDING_HINT = /^ {4}hint: (?<hint>.*)$/s
const HINT = /^hint: (?<hint>.*)$/s

type Groups = Readonly<Record<string, string | undefined>>
type Finding = { -readonly [K in keyof Diagnostic]: Diagnostic[K] }

/** A place of one column: the end is not part of the text. */
function placeOf({ file = '', line, column }: Groups): Place {
  return { file, line: Number(line), column: Number(column), endLine: Number(line), endColumn: Number(column) + 1 }
}

function findingOf(groups: Groups): Finding | undefined {
  const { code = '', severity, path, message = '' } = groups
  if (!Object.hasOwn(ERROR_CODES, code)) return undefined
  return {
    code: code as ErrorCode,
    severity: severity === 'warning' ? 'warning' : 'error',
    ...(path === undefined ? {} : { path }),
    message,
    at: placeOf(groups),
  }
}

/** Reads what `failureText` printed; any other text is all message. */
export function readFailureText(text: string): FailureText {
  const rest: string[] = []
  const found: Finding[] = []
  let hint: string | undefined
  for (const line of text.split('\n')) {
    const finding = findingOf(FINDING.exec(line)?.groups ?? {})
    const last = found.at(-1)
    const related = RELATED.exec(line)?.groups
    const findingHint = FINDING_HINT.exec(line)?.groups?.['hint']
    if (finding !== undefined) found.push(finding)
    else if (last !== undefined && findingHint !== undefined) last.hint = findingHint
    else if (last !== undefined && related !== undefined) {
      last.related = [...(last.related ?? []), { message: related['message'] ?? '', at: placeOf(related) }]
    } else if (HINT.test(line)) hint = HINT.exec(line)?.groups?.['hint']
    else rest.push(line)
  }
  const message = rest.join('\n')
  // a text that is all findings would leave a failure without a reason
  if (message.trim() === '' && !hasErrors(found)) return { message: text, diagnostics: [], hint: undefined }
  return { message, diagnostics: found, hint }
}
