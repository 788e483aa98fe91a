/** An analysis of a boot as text for people and as a report. */
import type { Palette } from '../lib/diagnostics.ts'
import { jsonObject, printJson, toJson } from '../lib/json.ts'
import { durationOf, type Analysis, type WaitTotal } from './analysis.ts'
import type { PathItem, Span } from './analysis-path.ts'
import { SCHEMA_VERSION } from './report.ts'
import type { UnitSpan } from './unit-analysis.ts'

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

/** A stretch of a unit's start by its name. */
function phaseName({ unit = '', phase, step, part, isOwn, detail }: PathItem): string {
  if (part !== undefined) return nameOf({ step: unit, part, ...(detail === undefined ? {} : { detail }) })
  const isMain = step === undefined || `${step}.service` === unit
  if (phase === 'manager') return `${unit} › service manager`
  if (phase === 'process start') return `${unit} › process start${isMain ? '' : ` of ${step}`}`
  if (phase === 'program') return `${unit} › ${isOwn === true || isMain ? 'itself' : step}`
  return unit
}

/** A stretch of the critical path by its name. */
export function pathName(item: PathItem): string {
  const { step, isOwn, unit } = item
  if (unit !== undefined) return phaseName(item)
  if (step === undefined) return 'between steps'
  return isOwn === true ? `${step} itself` : nameOf({ ...item, step })
}

/** A boot in a sentence. */
export function headline({ trace, manager }: Analysis): string {
  const { steps, totalMs, failedStep } = trace
  const count = steps.length === 1 ? 'one step' : `${String(steps.length)} steps`
  const startMs = Math.min(...steps.map((step) => step.startMs))
  const end = failedStep === undefined ? 'no step failed' : `${failedStep} failed`
  const reached = manager?.reached
  const target = reached === undefined ? '' : `; ${reached.target} after ${formatMs(reached.ms)}`
  return `${count} in ${formatMs(totalMs - startMs)}, ${end}${target}`
}

/** Units whose programs have left a record. */
export const recordedUnits = ({ manager }: Analysis): readonly UnitSpan[] =>
  manager?.units.filter(({ isRecorded }) => isRecorded) ?? []

/** Which units were not started, a text for each unit that is to blame. */
export function blockedTexts({ manager }: Analysis): string[] {
  const blocked = manager?.blocked ?? []
  return [...new Set(blocked.map(({ needs }) => needs))].map((culprit) => {
    const names = blocked.filter(({ needs }) => needs === culprit).map(({ name }) => name)
    return `not started without ${culprit}: ${names.sort().join(', ')}`
  })
}

/** The columns of the table of units. */
export const UNIT_COLUMNS = ['At', 'Held', 'Process start', 'Program', 'Manager', 'Time'] as const

/** A unit's times in the order of the columns. */
export function unitTimes(unit: UnitSpan): string[] {
  const { startMs, heldMs, processStartMs, programMs, managerMs } = unit
  return [startMs, heldMs, processStartMs, programMs, managerMs, durationOf(unit)].map(formatMs)
}
const UNIT_WIDTH = 13

function unitLines(analysis: Analysis, palette: Palette): string[] {
  const units = recordedUnits(analysis)
  if (units.length === 0) return []
  const heads = UNIT_COLUMNS.map((head) => head.toLowerCase().padStart(UNIT_WIDTH)).join(' ')
  const cells = (unit: UnitSpan): string =>
    unitTimes(unit)
      .map((text) => text.padStart(UNIT_WIDTH))
      .join(' ')
  const sum = formatMs(analysis.manager?.processStartMs ?? 0)
  return [
    '',
    `${palette.strong('Units')}, with ${sum} of process starts`,
    `  ${palette.faint(heads)}`,
    ...units.map((unit) => `  ${cells(unit)}  ${unit.name}`),
  ]
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
      const isOurs = item.step !== undefined || item.phase === 'unit'
      return `  ${time(item.startMs)} +${time(durationOf(item))}  ${isOurs ? name : palette.faint(name)}`
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

function failureLines(analysis: Analysis, palette: Palette): string[] {
  const failed = analysis.spans.find(({ kind, outcome }) => kind === 'step' && outcome === 'failed')
  return [
    ...(failed === undefined ? [] : [palette.error(`${failed.step}: ${failed.reason ?? 'failed'}`)]),
    ...blockedTexts(analysis).map((text) => palette.warning(text)),
  ]
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
    ...unitLines(analysis, palette),
    ...waitLines(analysis, palette),
    '',
  ].join('\n')
}

/** An analysis as a report. */
export function analysisJson({ trace, blame, criticalPath, waits, manager }: Analysis): string {
  const { steps, totalMs, failedStep } = trace
  const ofManager = manager === undefined ? {} : { ...manager, criticalPath }
  const report = { totalMs, failedStep, steps, blame, criticalPath, waits, ...ofManager }
  return printJson(jsonObject({ schemaVersion: toJson(SCHEMA_VERSION), ...(toJson(report) as object) }))
}
