/** What took a boot its time: the longest parts, the critical path, and what was waited for. Pure. */
import type { ActivityKind, ActivityOutcome, Wait } from '../lib/activity-types.ts'
import type { BootStepRecord, StepOutcome } from '../lib/boot-record.ts'
import type { BootTrace } from './boot-trace.ts'

/** A step, or a part of one. */
export interface Span {
  readonly step: string
  /** The part's name; absent for the step as a whole. */
  readonly part?: string
  readonly kind: ActivityKind | 'step'
  readonly startMs: number
  readonly endMs: number
  readonly outcome: StepOutcome | ActivityOutcome
  readonly detail?: string
  readonly reason?: string
  readonly attempts: number
  readonly waits: readonly Wait[]
}

/** A stretch of the critical path: a step or a part of it, the step's own work between its parts, or the time between steps. */
export interface PathItem {
  readonly startMs: number
  readonly endMs: number
  /** Absent between steps. */
  readonly step?: string
  readonly part?: string
  /** The step's own work, beside its parts. */
  readonly isOwn?: boolean
  readonly detail?: string
}

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
}

/** Shorter gaps are the clock's. */
const GAP_MS = 0.5

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

/**
 * The spans that one after another led to an end, latest first: each is the last one to end before the next one starts.
 */
function chain(spans: readonly Span[], endMs: number): Span[] {
  const path: Span[] = []
  let left = [...spans]
  for (let at = endMs; ;) {
    left = left.filter((span) => span.endMs <= at + GAP_MS && !path.includes(span))
    const last = left.reduce<Span | undefined>((a, b) => (a === undefined || b.endMs > a.endMs ? b : a), undefined)
    if (last === undefined) return path
    path.push(last)
    at = last.startMs
  }
}

/** Stretches from `startMs` to `endMs`: spans of a chain, and what is between them. */
function stretches(
  path: readonly Span[],
  startMs: number,
  endMs: number,
  between: Omit<PathItem, 'startMs' | 'endMs'>,
): PathItem[] {
  const items: PathItem[] = []
  let at = startMs
  const gapTo = (ms: number): void => {
    if (ms - at > GAP_MS) items.push({ startMs: at, endMs: ms, ...between })
  }
  for (const { step, part, detail, ...span } of [...path].reverse()) {
    gapTo(span.startMs)
    const [from, to] = [Math.max(at, span.startMs), Math.max(at, span.endMs)]
    items.push({
      startMs: from,
      endMs: to,
      step,
      ...(part === undefined ? {} : { part }),
      ...(detail === undefined ? {} : { detail }),
    })
    at = to
  }
  gapTo(endMs)
  return items
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

/** Finds out what took a boot its time. */
export function analyzeBoot(trace: BootTrace): Analysis {
  const spans = spansOf(trace)
  return {
    trace,
    spans,
    blame: spans.filter(({ outcome }) => outcome !== 'skipped').sort((a, b) => durationOf(b) - durationOf(a)),
    criticalPath: criticalPathOf(trace, spans),
    waits: waitTotals(spans),
  }
}
