/** What was checked, as a table, and all that is told in text. */
import type { Palette } from '../../lib/diagnostics.ts'
import type { Outcome, Verdict } from '../validate/check-inputs.ts'
import { byDocument, findingTexts, sharedFindings, skippedTexts, summaryText } from '../validate/print.ts'
import type { LeftOut } from './tree.ts'

type Result = 'ok' | 'warnings' | 'errors'

/** What came of one document. */
interface Row {
  readonly document: string
  readonly variants: string
  readonly result: Result
  readonly errors: number
  readonly warnings: number
}

/** More names than these make a column too wide. */
const MAX_NAMES = 2

function variantsText(verdicts: readonly Verdict[]): string {
  const names = verdicts.map(({ variant }) => variant)
  return names.length > MAX_NAMES ? `${String(names.length)} variants` : names.join(', ')
}

function rowOf(verdicts: readonly Verdict[]): Row {
  const findings = sharedFindings(verdicts).map(({ diagnostic }) => diagnostic.severity)
  const errors = findings.filter((severity) => severity === 'error').length
  const warnings = findings.length - errors
  const [first] = verdicts
  return {
    document: [first?.file, ...(first?.part === undefined ? [] : [first.part])].join('#'),
    variants: variantsText(verdicts),
    result: errors > 0 ? 'errors' : warnings > 0 ? 'warnings' : 'ok',
    errors,
    warnings,
  }
}

const HEADINGS = ['FILE', 'VARIANT', 'RESULT', 'ERRORS', 'WARNINGS'] as const

/** One line for each document. @param isWanted which rows are shown */
export function tableLines(
  verdicts: readonly Verdict[],
  palette: Palette,
  isWanted: (result: Result) => boolean = () => true,
): string[] {
  const rows = byDocument(verdicts)
    .map(rowOf)
    .filter(({ result }) => isWanted(result))
  if (rows.length === 0) return []
  const cells = rows.map(({ document, variants, result, errors, warnings }) => [
    ...[document, variants, result],
    ...[errors, warnings].map((number) => (number === 0 ? '-' : String(number))),
  ])
  const widths = HEADINGS.map((heading, i) =>
    cells.reduce((w, row) => Math.max(w, row[i]?.length ?? 0), heading.length),
  )
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  const paint: Readonly<Record<Result, (text: string) => string>> = {
    ok: String,
    warnings: palette.warning,
    errors: palette.error,
  }
  return [palette.strong(line(HEADINGS)), ...cells.map((row, i) => paint[rows[i]?.result ?? 'ok'](line(row)))]
}

export interface TextOptions {
  readonly palette: Palette
  /** What of a text may be shown, by its file. */
  readonly show: (text: string, file: string) => string
  /** Nothing of what is fine. */
  readonly isQuiet: boolean
  /** What was left out and why; undefined where nobody wants to know. */
  readonly leftOut: readonly LeftOut[] | undefined
}

/** The table, the findings with their lines, and one line that sums it up. */
export function checkText(outcome: Outcome, { palette, show, isQuiet, leftOut }: TextOptions): string {
  const hasFindings = outcome.verdicts.some(({ diagnostics }) => diagnostics.length > 0)
  if (isQuiet && !hasFindings) return ''
  const table = tableLines(outcome.verdicts, palette, isQuiet ? (result) => result !== 'ok' : undefined)
  const findings = findingTexts(outcome, palette, show)
  const rest = leftOut === undefined ? [] : [...skippedTexts(outcome, palette), ...leftOutLines(leftOut, palette)]
  const blocks = [table, findings, rest].filter((block) => block.length > 0)
  return [...blocks.map((block) => `${block.join('\n')}\n`), `${totalsText(outcome)}\n`].join('\n')
}

function leftOutLines(leftOut: readonly LeftOut[], palette: Palette): string[] {
  return leftOut.map(({ file, reason }) => `${file}: ${palette.faint('left out:')} ${reason}`)
}

/** One line that sums up a run. */
export function totalsText(outcome: Outcome): string {
  return outcome.verdicts.length === 0 ? 'no user data of Bottlerocket was found' : summaryText(outcome)
}
