/** Verdicts as text for people, as a report for machines, and as annotations of a workflow. */
import path from 'node:path'
import { linesOf, renderDiagnostic, type Diagnostic, type Palette } from '../../lib/diagnostics.ts'
import { jsonObject, printJson, toJson, type JsonObject } from '../../lib/json.ts'
import { diagnosticsJson, SCHEMA_VERSION } from '../report.ts'
import { UNKNOWN_VARIANT } from '../variant-choice.ts'
import { ANY_VARIANT } from './any-variant.ts'
import type { Outcome, Verdict } from './check-inputs.ts'
import { STDIN_NAME } from './inputs.ts'

/** The report of a run as one JSON document. @param more what else it holds */
export function reportJson({ verdicts, skipped }: Outcome, more: JsonObject = jsonObject({})): string {
  const files = verdicts.map(({ file, part, variant, accepted, diagnostics }): JsonObject =>
    jsonObject({
      file,
      ...(part === undefined ? {} : { part }),
      variant,
      accepted,
      diagnostics: diagnosticsJson(diagnostics),
    }),
  )
  return printJson(jsonObject({ schemaVersion: toJson(SCHEMA_VERSION), files, skipped: toJson(skipped), ...more }))
}

/** A finding about a document with the variants that have it. */
export interface Shared {
  readonly diagnostic: Diagnostic
  readonly variants: readonly string[]
  /** Whether there are others that do not have it. */
  readonly isPartial: boolean
}

const documentOf = ({ file, part = '' }: Verdict): string => `${file}#${part}`

/** The findings about one document; what several variants find is one finding. */
export function sharedFindings(verdicts: readonly Verdict[]): Shared[] {
  const found = new Map<string, { diagnostic: Diagnostic; variants: string[] }>()
  for (const { variant, diagnostics } of verdicts) {
    for (const diagnostic of diagnostics) {
      const key = JSON.stringify(diagnostic)
      const known = found.get(key)
      if (known === undefined) found.set(key, { diagnostic, variants: [variant] })
      else known.variants.push(variant)
    }
  }
  return [...found.values()].map((each) => ({ ...each, isPartial: each.variants.length < verdicts.length }))
}

/** The verdicts of each document. */
export function byDocument(verdicts: readonly Verdict[]): Verdict[][] {
  const documents = new Map<string, Verdict[]>()
  for (const verdict of verdicts) {
    const key = documentOf(verdict)
    documents.set(key, [...(documents.get(key) ?? []), verdict])
  }
  return [...documents.values()]
}

/** A finding that says of which variants it is true, if not of all. */
export const withVariants = ({ diagnostic, variants, isPartial }: Shared): Diagnostic =>
  isPartial ? { ...diagnostic, message: `${diagnostic.message} (${variants.join(', ')})` } : diagnostic

/** A number of things in words. */
export function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? '' : 's'}`
}

/** One line that sums up a run. */
export function summaryText({ verdicts, skipped }: Outcome): string {
  const documents = byDocument(verdicts)
  const findings = documents.flatMap(sharedFindings).map(({ diagnostic }) => diagnostic.severity)
  const errors = findings.filter((severity) => severity === 'error').length
  const variants = [...new Set(verdicts.map(({ variant }) => variant))]
  const parts = [
    count(documents.length, 'document'),
    count(errors, 'error'),
    count(findings.length - errors, 'warning'),
    ...(skipped.length === 0 ? [] : [`${String(skipped.length)} skipped`]),
  ]
  const words: Readonly<Record<string, string>> = { [ANY_VARIANT]: 'any variant', [UNKNOWN_VARIANT]: 'unknown variant' }
  const names = variants.map((variant) => words[variant] ?? variant)
  return `${parts.join(', ')} (${names.join(', ')})`
}

/** All findings with their lines. @param show what of a text may be shown */
export function findingTexts(
  outcome: Outcome,
  palette: Palette,
  show: (text: string, file: string) => string,
): string[] {
  const shown = new Map<string, readonly string[]>()
  const lines = (file = ''): readonly string[] | undefined => {
    const text = outcome.texts.get(file)
    if (text !== undefined && !shown.has(file)) shown.set(file, linesOf(show(text, file)))
    return shown.get(file)
  }
  return byDocument(outcome.verdicts)
    .flatMap(sharedFindings)
    .map(withVariants)
    .map((diagnostic) => renderDiagnostic(diagnostic, lines(diagnostic.at?.file), palette))
}

/** What was skipped, and why. */
export function skippedTexts({ skipped }: Pick<Outcome, 'skipped'>, palette: Palette): string[] {
  return skipped.map(
    ({ file, part, reason }) =>
      `${file}${part === undefined ? '' : `#${part}`}: ${palette.faint('skipped:')} ${reason}`,
  )
}

/** All findings with their lines, then what was skipped, then the summary. @param show what of a text may be shown */
export function renderText(outcome: Outcome, palette: Palette, show: (text: string, file: string) => string): string {
  const blocks = [...findingTexts(outcome, palette, show), ...skippedTexts(outcome, palette)]
  return `${blocks.map((block) => `${block}\n`).join('')}${summaryText(outcome)}\n`
}

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** How a workflow names a file: from the checkout on, where the file is in it. */
export function workflowPath(file: string, cwd: string, workspace: string | undefined): string {
  if (workspace === undefined || workspace === '') return file
  const relative = path.relative(workspace, path.resolve(cwd, file))
  return relative.startsWith('..') ? file : relative
}

export interface WorkflowPlace {
  readonly cwd: string
  /** The directory of the checkout, `GITHUB_WORKSPACE`. */
  readonly workspace: string | undefined
}

/**
 * A finding as a workflow command
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message).
 */
function annotation(shared: Shared, file: string, { cwd, workspace }: WorkflowPlace): string {
  const { severity, code, path: key, message, hint, at, related = [] } = withVariants(shared)
  // a decoded part is no file: the annotation goes to where it stands
  const isFile = at?.file === file
  const place = isFile ? at : related.find((other) => other.at.file === file)?.at
  const where =
    isFile || at === undefined ? '' : ` (line ${String(at.line)}, column ${String(at.column)} of the decoded text)`
  const properties: string[] = []
  if (place !== undefined && file !== STDIN_NAME) {
    properties.push(`file=${escapeProperty(workflowPath(file, cwd, workspace))}`)
    properties.push(`line=${String(place.line)}`, `endLine=${String(place.endLine)}`)
    // columns count only within one line; the end is the last column, not the one behind it
    if (place.line === place.endLine) {
      const last = Math.max(place.column, place.endColumn - 1)
      properties.push(`col=${String(place.column)}`, `endColumn=${String(last)}`)
    }
  }
  properties.push(`title=${escapeProperty(code)}`)
  const text = [
    `${key === undefined ? '' : `${key}: `}${message}${where}`,
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
  ]
  return `::${severity} ${properties.join(',')}::${escapeData(text.join('\n'))}`
}

/** All findings as workflow commands. */
export function renderAnnotations({ verdicts }: Outcome, place: WorkflowPlace): string {
  return byDocument(verdicts)
    .flatMap((document) =>
      sharedFindings(document).map((shared) => `${annotation(shared, document[0]?.file ?? '', place)}\n`),
    )
    .join('')
}
