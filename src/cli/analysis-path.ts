/** Stretches of time that one after another led to an end. Pure. */
import type { ActivityKind, ActivityOutcome, Wait } from '../lib/activity-types.ts'
import type { StepOutcome } from '../lib/boot-record.ts'

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
  /** The unit that was starting, where the service manager was asked, and what the stretch was. */
  readonly unit?: string
  readonly phase?: PhaseKind
}

/**
 * What a stretch of a unit's start was: `process start` until a program's own code runs, `program` while it does,
 * `manager` for everything of the service manager, such as noticing the end of a process, and `unit` for units whose
 * programs leave no record.
 */
export type PhaseKind = 'process start' | 'program' | 'manager' | 'unit'

/** Shorter gaps are the clock's. */
export const GAP_MS = 0.5

/**
 * The spans that one after another led to an end, latest first: each is the last one to end before the next one starts.
 */
export function chain(spans: readonly Span[], endMs: number): Span[] {
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
export function stretches(
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
