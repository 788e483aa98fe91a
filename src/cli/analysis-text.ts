/** An analysis of a boot as text for people and as a report. */
import type { Palette } from '../lib/diagnostics.ts'
import { jsonObject, printJson, toJson } from '../lib/json.ts'
import { durationOf, type Analysis, type PathItem, type Span, type WaitTotal } from './analysis.ts'
import { SCHEMA_VERSION } from './report.ts'

const SECOND_MS = 1000
const MOST_BLAMED = 15
const TIME_WIDTH = 10
const LONGEST_DETAIL = 60

/** Milliseconds for people: `12.3 ms`, from a second on `1.234 s`, from ten on `12.34 s`. */
export function formatMs(ms: number): string {
  if (ms < SECOND_MS) return `${ms.toFixed(1)} ms`
  return `${(ms / SECOND_MS).toFixed(ms < 10 * SECOND_MS ? 3 : 2)} s`
}

const time = (ms: number): string => formatMs(ms).padStart(TIME_WIDTH)

/** A step or part with what it ran, shortened. */
export function nameOf({ step, part, detail }: Pick<Span, 'step' | 'part' | 'detail'>): string {
  if (part === undefined) return step
  if (detail === undefined) return `${step} › ${part}`
  return `${step} › ${part} (${detail.length > LONGEST_DETAIL ? `${detail.slice(0, LONGEST_DETAIL)}…` : detail})`
}

/** A stretch of the critical path by its name. */
export function pathName({ step, isOwn, ...item }: PathItem): string {
  if (step === undefined) return 'between steps'
  return isOwn === true ? `${step} itself` : nameOf({ ...item, step })
}

/** A boot in a sentence. */
export function headline({ trace }: Analysis): string {
  const { steps, totalMs, failedStep } = trace
  const count = steps.length === 1 ? 'one step' : `${String(steps.length)} steps`
  const end = failedStep === undefined ? 'no step failed' : `${failedStep} failed`
  return `${count} in ${formatMs(totalMs)}, ${end}`
}

function outcomeNote(span: Span, palette: Palette): string {
  if (span.outcome === 'failed') return `  ${palette.error(`failed: ${span.reason ?? 'no reason given'}`)}`
  if (span.outcome === 'unfinished') return `  ${palette.warning('not waited for')}`
  return span.outcome === 'none' ? `  ${palette.faint('no value')}` : ''
}

function blameLines({ blame }: Analysis, palette: Palette): string[] {
  const shown = blame.slice(0, MOST_BLAMED)
  const left = blame.length - shown.length
  return [
    palette.strong('Longest first'),
    ...shown.map((span) => `  ${time(durationOf(span))}  ${nameOf(span)}${outcomeNote(span, palette)}`),
    ...(left > 0 ? [palette.faint(`  and ${String(left)} more`)] : []),
  ]
}

function pathLines({ criticalPath }: Analysis, palette: Palette): string[] {
  return [
    palette.strong('Critical path'),
    ...criticalPath.map((item) => {
      const name = pathName(item)
      return `  ${time(item.startMs)} +${time(durationOf(item))}  ${item.step === undefined ? palette.faint(name) : name}`
    }),
  ]
}

function waitLine({ step, part, target, ms, count, answer }: WaitTotal): string {
  const times = count === 1 ? 'once' : `${String(count)} times`
  return `  ${time(ms)}  ${target} (${times}; last answer: ${answer}), in ${part === undefined ? step : `${step} › ${part}`}`
}

function waitLines({ waits }: Analysis, palette: Palette): string[] {
  if (waits.length === 0) return []
  return ['', palette.strong('Waited for'), ...waits.map(waitLine)]
}

function failureLines({ spans }: Analysis, palette: Palette): string[] {
  const failed = spans.find(({ kind, outcome }) => kind === 'step' && outcome === 'failed')
  return failed === undefined ? [] : [palette.error(`${failed.step}: ${failed.reason ?? 'failed'}`)]
}

/** An analysis as lines for people. */
export function renderAnalysis(analysis: Analysis, palette: Palette): string {
  return [
    `${palette.strong('Boot')}: ${headline(analysis)}`,
    ...failureLines(analysis, palette),
    '',
    ...blameLines(analysis, palette),
    '',
    ...pathLines(analysis, palette),
    ...waitLines(analysis, palette),
    '',
  ].join('\n')
}

/** An analysis as a report. */
export function analysisJson({ trace, blame, criticalPath, waits }: Analysis): string {
  const { steps, totalMs, failedStep } = trace
  const report = { totalMs, failedStep, steps, blame, criticalPath, waits }
  return printJson(jsonObject({ schemaVersion: toJson(SCHEMA_VERSION), ...(toJson(report) as object) }))
}
