/** What took a boot its time: the longest parts, the critical path, and what was waited for. Pure. */
import type { Wait } from '../lib/activity-types.ts'
import type { BootStepRecord } from '../lib/boot-record.ts'
import { chain, stretches, type PathItem, type Span } from './analysis-path.ts'
import type { BootTrace } from './boot-trace.ts'
import type { Unit } from './systemd-units.ts'
import { analyzeUnits, type UnitAnalysis } from './unit-analysis.ts'

/** Everything that a part of a step waited for one thing. */
export interface WaitTotal {
  readonly step: string
  readonly part?: string
  readonly target: string
  readonly ms: number
  readonly count: number
  /** The last answer. */
  readonly answer: string
}

export interface Analysis {
  readonly trace: BootTrace
  /** All steps and their parts, each step before its parts, in the order of their start. */
  readonly spans: readonly Span[]
  /** The same without what was skipped, longest first. */
  readonly blame: readonly Span[]
  /** From the start of the boot to its end without a gap. */
  readonly criticalPath: readonly PathItem[]
  readonly waits: readonly WaitTotal[]
  /** What the service manager tells of the boot, where it was asked. */
  readonly manager: UnitAnalysis | undefined
}

export const durationOf = ({ startMs, endMs }: Pick<Span, 'startMs' | 'endMs'>): number => endMs - startMs

function stepSpan({ name, startMs, endMs, outcome, reason, attempts, waits }: BootStepRecord): Span {
  const why = reason === undefined ? {} : { reason }
  return { step: name, kind: 'step', startMs, endMs, outcome, ...why, attempts, waits }
}

function spansOf({ steps }: BootTrace): Span[] {
  return steps.flatMap((step): Span[] => {
    const parts = [...step.activities].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs)
    return [stepSpan(step), ...parts.map(({ name, ...part }): Span => ({ step: step.name, part: name, ...part }))]
  })
}

function criticalPathOf(trace: BootTrace, spans: readonly Span[]): PathItem[] {
  const steps = spans.filter(({ kind, outcome }) => kind === 'step' && outcome !== 'skipped')
  return stretches(chain(steps, trace.totalMs), 0, trace.totalMs, {}).flatMap((item) => {
    if (item.step === undefined) return [item]
    const parts = spans.filter(({ step, part }) => step === item.step && part !== undefined)
    if (parts.length === 0) return [item]
    return stretches(chain(parts, item.endMs), item.startMs, item.endMs, { step: item.step, isOwn: true })
  })
}

const partsOf = (spans: readonly Span[]): Span[] => spans.filter(({ part }) => part !== undefined)

function waitTotals(spans: readonly Span[]): WaitTotal[] {
  const totals = new Map<string, WaitTotal>()
  for (const { step, part, waits } of spans) {
    // a step lists the waits of its parts again
    const ofParts = spans.filter((other) => other.step === step && other.part !== undefined && part === undefined)
    const repeated = new Set(ofParts.flatMap((other) => other.waits.map(keyOf)))
    for (const wait of waits.filter((one) => !repeated.has(keyOf(one)))) {
      const key = JSON.stringify([step, part, wait.target])
      const { ms = 0, count = 0 } = totals.get(key) ?? {}
      totals.set(key, {
        step,
        ...(part === undefined ? {} : { part }),
        target: wait.target,
        ms: ms + wait.ms,
        count: count + 1,
        answer: wait.reason,
      })
    }
  }
  return [...totals.values()].sort((a, b) => b.ms - a.ms)
}

const keyOf = ({ program, target, startMs, ms }: Wait): string => JSON.stringify([program, target, startMs, ms])

/**
 * Finds out what took a boot its time.
 *
 * @param units what the service manager tells; with it, the critical path follows what units are ordered after
 */
export function analyzeBoot(trace: BootTrace, units?: readonly Unit[]): Analysis {
  const spans = spansOf(trace)
  const manager = units === undefined ? undefined : analyzeUnits(units, trace, partsOf(spans))
  return {
    trace,
    spans,
    blame: spans.filter(({ outcome }) => outcome !== 'skipped').sort((a, b) => durationOf(b) - durationOf(a)),
    criticalPath: manager?.criticalPath ?? criticalPathOf(trace, spans),
    waits: waitTotals(spans),
    manager,
  }
}
