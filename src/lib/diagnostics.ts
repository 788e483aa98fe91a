/**
 * Findings about the user's input: data, not exceptions; many per run, in the order of their places.
 */
import { compareBytes } from './byte-order.ts'
import type { ErrorCode } from './error-codes.ts'

/** A stretch of a file. Lines and columns count from 1, columns in code points; the end is exclusive. */
export interface Span {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** A stretch of a named file. */
export interface Place extends Span {
  readonly file: string
}

export type Severity = 'error' | 'warning'

export interface Diagnostic {
  readonly code: ErrorCode
  readonly severity: Severity
  /** The setting, as a dotted key (`settings.kubernetes.max-pods`), where one is meant. */
  readonly path?: string
  readonly message: string
  readonly hint?: string
  readonly at?: Place
  /** Other places that belong to the finding, such as the first of two definitions. */
  readonly related?: readonly { readonly message: string; readonly at: Place }[]
}

const orderOf = (a: Diagnostic, b: Diagnostic): number =>
  compareBytes(a.at?.file ?? '', b.at?.file ?? '') ||
  (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
  (a.at?.column ?? 0) - (b.at?.column ?? 0)

/** A new list ordered by file, line and column; findings without a place come first. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(orderOf)
}

const isSamePlace = (a: Diagnostic, b: Diagnostic): boolean =>
  a.at !== undefined && b.at !== undefined && orderOf(a, b) === 0

/**
 * A new list ordered by place with one finding per place, so that nobody has to read about the consequences of a fault
 * beside the fault: an error goes before a warning, an earlier finding before a later one.
 */
export function onePerPlace(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const kept: Diagnostic[] = []
  for (const diagnostic of sortDiagnostics(diagnostics)) {
    const last = kept.at(-1)
    if (last === undefined || !isSamePlace(last, diagnostic)) kept.push(diagnostic)
    else if (last.severity === 'warning' && diagnostic.severity === 'error') kept[kept.length - 1] = diagnostic
  }
  return kept
}

/** Whether any finding is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error')
}

export interface Palette {
  readonly error: (text: string) => string
  readonly warning: (text: string) => string
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
}

const plain = (text: string): string => text

/** No colours. */
export const PLAIN: Palette = { error: plain, warning: plain, strong: plain, faint: plain }

/** Of longer lines only a part is shown. */
const MAX_EXCERPT = 160
/** How much of a long line is shown before the place. */
const LEAD = 60

/** The lines of a text. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/)
}

function excerpt(at: Place, lines: readonly string[], paint: (text: string) => string): string[] {
  const line = lines[at.line - 1]
  if (line === undefined) return []
  const all = [...line]
  const isLong = all.length > MAX_EXCERPT
  const first = isLong ? Math.max(0, at.column - 1 - LEAD) : 0
  const points = all.slice(first, first + MAX_EXCERPT)
  const [before, behind] = [first > 0 ? '…' : '', all.length > first + MAX_EXCERPT ? '…' : '']
  const column = at.column - 1 - first
  const end = at.endLine === at.line ? at.endColumn - 1 - first : points.length
  const width = Math.max(1, Math.min(end, isLong ? points.length : end) - column)
  // tabs stay tabs in the caret line, so that both lines are indented alike
  const lead = [...before, ...points.slice(0, column)].map((point) => (point === '\t' ? '\t' : ' '))
  return [`    ${before}${points.join('')}${behind}`, `    ${lead.join('')}${paint('^'.repeat(width))}`]
}

/**
 * One finding as text: `file:line:column: error[CODE] settings.x: message`, the source line with carets, the hint.
 *
 * @param source the text of the file that `at` names, or its lines, if known
 */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  source?: string | readonly string[],
  palette: Palette = PLAIN,
): string {
  const { at, severity, code, path, message, hint, related = [] } = diagnostic
  const paint = severity === 'error' ? palette.error : palette.warning
  const place = at === undefined ? '' : `${palette.strong(`${at.file}:${String(at.line)}:${String(at.column)}`)}: `
  const lines = [`${place}${paint(`${severity}[${code}]`)} ${path === undefined ? '' : `${path}: `}${message}`]
  if (at !== undefined && source !== undefined) {
    lines.push(...excerpt(at, typeof source === 'string' ? linesOf(source) : source, paint))
  }
  for (const other of related) {
    lines.push(`    ${other.at.file}:${String(other.at.line)}:${String(other.at.column)}: ${other.message}`)
  }
  if (hint !== undefined) lines.push(`    ${palette.faint('hint:')} ${hint}`)
  return lines.join('\n')
}
