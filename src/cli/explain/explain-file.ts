/** `explain FILE [KEY]`, `explain FILE:LINE`. */
import { hasErrors, type Palette } from '../../lib/diagnostics.ts'
import { ERROR_CODES, isErrorCode } from '../../lib/error-codes.ts'
import { PipelineError } from '../../lib/errors.ts'
import { jsonObject, type JsonObject } from '../../lib/json.ts'
import { nearest } from '../../lib/nearest.ts'
import { shownTexts } from '../user-data.ts'
import { ExplainedFile, type ExplainedPart } from './explained-file.ts'
import type { FileKey } from './file-key.ts'
import { partDetails, partJson, partTable } from './file-view.ts'
import { formatFileKey, matchKey } from './key-names.ts'
import type { FileQuestion } from './question.ts'
import { recordedRun, type RecordedRun, type RunOptions } from './recorded-run.ts'

/** An answer in both forms. */
export interface Answer {
  readonly text: (palette: Palette) => string
  readonly json: JsonObject
}

/** Runs the pipeline for an explanation. @throws PipelineError for user data that is not accepted, with what is wrong */
export async function acceptedRun(options: RunOptions): Promise<RecordedRun> {
  const run = await recordedRun(options)
  if (run.accepted) return run
  const { userData } = options
  const errors = run.diagnostics.filter((diagnostic) => hasErrors([diagnostic]))
  throw new PipelineError(errors[0]?.code ?? 'INTERNAL', `${options.variant.name} does not accept the user data`, {
    diagnostics: errors,
    ...(userData && { sources: shownTexts([userData]) }),
  })
}

function unknownKey(file: ExplainedFile, typed: string): PipelineError {
  const known = file.keys.map(({ path }) => formatFileKey(path))
  const last = typed.split('.').at(-1) ?? typed
  const meant = nearest(typed, known) ?? known.find((key) => nearest(last, [key.split('.').at(-1) ?? '']) !== undefined)
  return new PipelineError('EXPLAIN_UNKNOWN', `${file.file.path} has no key ${typed} with these settings`, {
    hint: meant === undefined ? ERROR_CODES.EXPLAIN_UNKNOWN.hint : `did you mean ${meant}?`,
  })
}

/** The keys that are meant by what was typed: exactly that, what is below it, or the only one that ends in it. */
export function keysMeant(file: ExplainedFile, typed: string): readonly FileKey[] {
  const matches = file.keys.map((key) => ({ key, match: matchKey(typed, key.path) }))
  const of = (kind: string): FileKey[] => matches.flatMap(({ key, match }) => (match === kind ? [key] : []))
  const certain = [of('exact'), of('below')].find((keys) => keys.length > 0)
  if (certain !== undefined) return certain
  const ending = of('end')
  if (ending.length === 0) throw unknownKey(file, typed)
  if (ending.length > 1) {
    const list = ending.map(({ path }) => `  ${formatFileKey(path)}`).join('\n')
    throw new PipelineError('EXPLAIN_AMBIGUOUS', `${typed} could be any of these keys of ${file.file.path}\n${list}`)
  }
  return ending
}

function partsOf(file: ExplainedFile, { key, line }: FileQuestion): readonly ExplainedPart[] {
  if (line !== undefined) {
    const part = file.explainLine(line)
    if (part !== undefined) return [part]
    throw new PipelineError('EXPLAIN_UNKNOWN', `${file.file.path} has no line ${String(line)} with these settings`)
  }
  return (key === undefined ? file.keys : keysMeant(file, key)).map((one) => file.explainKey(one))
}

const FEW = 4

/**
 * Explains a rendered file, or parts of it.
 *
 * @throws PipelineError `EXPLAIN_UNKNOWN`, `EXPLAIN_AMBIGUOUS`, and the code of what keeps the file from being rendered
 */
export async function explainFile(
  question: FileQuestion,
  options: RunOptions & { readonly showSecrets: boolean },
): Promise<Answer> {
  const { variant, userData, showSecrets } = options
  const run = await acceptedRun(options)
  const owned = question.owners.find(([owner]) => owner === variant)?.[1]
  if (owned === undefined) {
    const message = `${variant.name} renders no file ${question.path}`
    throw new PipelineError('EXPLAIN_UNKNOWN', message)
  }
  const failed = run.notRendered.get(question.path)
  if (failed !== undefined) {
    const hint = userData === undefined ? 'give --user-data with the settings that it needs' : undefined
    const code = isErrorCode(failed.code) ? failed.code : 'APPLY_RENDER_FAILED'
    throw new PipelineError(code, failed.message, hint === undefined ? {} : { hint })
  }
  const file = await ExplainedFile.of(run, owned, showSecrets)
  const parts = partsOf(file, question)
  const isWhole = question.key === undefined && question.line === undefined
  return {
    text: (palette) => {
      if (parts.length === 0) return `${question.path} has no keys with these settings (template ${file.templateFile})`
      if (isWhole || parts.length > FEW) return partTable(file, parts, palette)
      return parts.map((part) => partDetails(file, part, palette)).join('\n\n')
    },
    json: jsonObject({
      kind: 'file',
      variant: variant.name,
      file: question.path,
      template: file.templateFile,
      parts: parts.map(partJson),
    }),
  }
}
