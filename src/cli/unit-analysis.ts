/**
 * A boot as the service manager saw it: how long each unit was held up, how much of its start was the start of processes,
 * and which units one after another led to the end. Pure.
 */
import type { BootStepRecord } from '../lib/boot-record.ts'
import { chain, GAP_MS, stretches, type PathItem, type PhaseKind, type Span } from './analysis-path.ts'
import type { BootTrace } from './boot-trace.ts'
import type { Unit } from './systemd-units.ts'

export interface Phase {
  readonly kind: PhaseKind
  readonly program?: string
  readonly startMs: number
  readonly endMs: number
}

export type UnitOutcome = 'ok' | 'failed' | 'skipped' | 'starting'

/** A unit's start. Times are milliseconds since the manager's own start. */
export interface UnitSpan {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly outcome: UnitOutcome
  /** Between the last of what it is ordered after and its own start. */
  readonly heldMs: number
  readonly processStartMs: number
  readonly programMs: number
  readonly managerMs: number
  readonly phases: readonly Phase[]
  /** Whether a program of it has left a record. */
  readonly isRecorded: boolean
}

export interface UnitAnalysis {
  /** Every unit that was started or skipped, in the order of their start. */
  readonly units: readonly UnitSpan[]
  /** The last of the boot's targets that was reached. */
  readonly reached: { readonly target: string; readonly ms: number } | undefined
  /** Units that were not started, with the failed one that each of them needs. */
  readonly blocked: readonly { readonly name: string; readonly needs: string }[]
  /** All process starts of recorded programs. */
  readonly processStartMs: number
  /** From the manager's start to the end of the boot without a gap. */
  readonly criticalPath: readonly PathItem[]
}

/** The targets that a boot goes through. */
const TARGETS = ['preconfigured.target', 'configured.target', 'multi-user.target']
/** Units that start what belongs to the next target. */
const SWITCH = /^activate-/
const TENTHS = 10
/** Shorter stretches are not worth a line. */
const NEGLIGIBLE_MS = 0.05

const round = (ms: number): number => Math.round(ms * TENTHS) / TENTHS

/** The manager's own start: the first time that any unit has, which is that of the root slice. */
export function managerStart(units: readonly Unit[]): number | undefined {
  const times = units.flatMap(({ startMs }) => startMs ?? [])
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b))
}

function onClock(unit: Unit, originMs: number): Unit {
  const at = (name: 'triedMs' | 'startMs' | 'upMs' | 'processMs'): object =>
    unit[name] === undefined ? {} : { [name]: round(unit[name] - originMs) }
  return { ...unit, ...at('triedMs'), ...at('startMs'), ...at('upMs'), ...at('processMs') }
}

function outcomeOf({ result, isWanted, startMs, upMs, activeState }: Unit): UnitOutcome {
  if (!isWanted) return 'skipped'
  if (result !== 'success' || activeState === 'failed') return 'failed'
  return startMs !== undefined && upMs === undefined ? 'starting' : 'ok'
}

/** The records that processes of a unit have left, in order. */
function recordsOf({ name, invocation }: Unit, processes: readonly BootStepRecord[]): BootStepRecord[] {
  const ofUnit = processes.filter((record) =>
    record.invocation === undefined ? `${record.name}.service` === name : record.invocation === invocation,
  )
  return ofUnit.sort((a, b) => a.startMs - b.startMs)
}

/** The phases of a unit's start, without a gap. */
function phasesOf(unit: Unit, records: readonly BootStepRecord[], endMs: number): Phase[] {
  const phases: Phase[] = []
  let at = unit.startMs ?? 0
  const upTo = (ms: number, kind: PhaseKind, program?: string): void => {
    const end = Math.min(Math.max(at, ms), endMs)
    if (end > at) phases.push({ kind, ...(program === undefined ? {} : { program }), startMs: at, endMs: end })
    at = end
  }
  if (records.length === 0) {
    upTo(endMs, 'unit')
    return phases
  }
  for (const [i, { name, startMs, loadedMs, endMs: ended }] of records.entries()) {
    // the last is the unit's own; what comes before it are its preparations
    const isMain = i === records.length - 1
    if (isMain && unit.processMs !== undefined) upTo(unit.processMs, 'manager')
    else if (i > 0) upTo(startMs, 'manager')
    upTo(loadedMs ?? startMs, 'process start', name)
    upTo(ended, 'program', name)
  }
  upTo(endMs, 'manager')
  return phases
}

const totalOf = (phases: readonly Phase[], kind: PhaseKind): number =>
  round(phases.filter((phase) => phase.kind === kind).reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0))

interface Graph {
  readonly units: ReadonlyMap<string, Unit>
  readonly spans: ReadonlyMap<string, UnitSpan>
}

/** What a unit was ordered after, as far as it was over when the unit started; the last one of it. */
function lastBefore({ name, after, startMs = 0 }: Unit, units: ReadonlyMap<string, Unit>): Unit | undefined {
  const over = after.flatMap((other) => {
    const unit = units.get(other)
    return unit?.upMs !== undefined && unit.upMs <= startMs + GAP_MS && other !== name ? [unit] : []
  })
  return over.reduce<Unit | undefined>((a, b) => (a === undefined || (b.upMs ?? 0) > (a.upMs ?? 0) ? b : a), undefined)
}

function spanOf(unit: Unit, units: ReadonlyMap<string, Unit>, trace: BootTrace): UnitSpan[] {
  const startMs = unit.startMs ?? (unit.isWanted ? undefined : unit.triedMs)
  if (startMs === undefined) return []
  const outcome = outcomeOf(unit)
  const endMs = outcome === 'skipped' ? startMs : Math.max(unit.upMs ?? trace.totalMs, startMs)
  const records = outcome === 'skipped' ? [] : recordsOf(unit, trace.processes)
  const phases = outcome === 'skipped' ? [] : phasesOf(unit, records, endMs)
  const before = lastBefore(unit, units)
  return [
    {
      name: unit.name,
      startMs,
      endMs,
      outcome,
      heldMs: before?.upMs === undefined ? 0 : round(Math.max(startMs - before.upMs, 0)),
      processStartMs: totalOf(phases, 'process start'),
      programMs: totalOf(phases, 'program'),
      managerMs: totalOf(phases, 'manager'),
      phases,
      isRecorded: records.length > 0,
    },
  ]
}

/** Units that were not started since one that they need, or that one needs, has failed. */
function blockedBy(units: ReadonlyMap<string, Unit>): { name: string; needs: string }[] {
  const culprits = new Map<string, string>()
  for (const unit of units.values()) if (outcomeOf(unit) === 'failed') culprits.set(unit.name, unit.name)
  const failed = new Set(culprits.keys())
  for (let known = -1; known !== culprits.size;) {
    known = culprits.size
    for (const { name, needs, startMs, activeState } of units.values()) {
      const culprit = needs.map((other) => culprits.get(other)).find((one) => one !== undefined)
      const isOff = startMs === undefined && activeState !== 'active'
      if (culprit !== undefined && isOff && !culprits.has(name)) culprits.set(name, culprit)
    }
  }
  return [...culprits].flatMap(([name, needs]) => (failed.has(name) ? [] : [{ name, needs }]))
}

/** What the boot came to: the failed step, or the last target reached, or whatever step was over last. */
function goalOf({ units, spans }: Graph): UnitSpan | undefined {
  const recorded = [...spans.values()].filter(({ isRecorded }) => isRecorded)
  const failed = recorded.find(({ outcome }) => outcome === 'failed')
  const target = TARGETS.filter((name) => units.get(name)?.activeState === 'active').at(-1)
  const last = recorded.sort((a, b) => a.endMs - b.endMs).at(-1)
  return failed ?? (target === undefined ? last : spans.get(target))
}

/** What a unit waited for last: a unit that it is ordered after, or the switch that started it. */
function predecessor(span: UnitSpan, graph: Graph, seen: ReadonlySet<string>): UnitSpan | undefined {
  const unit = graph.units.get(span.name)
  const before = unit === undefined ? undefined : lastBefore(unit, graph.units)
  const ordered = before === undefined ? undefined : graph.spans.get(before.name)
  const orderedMs = ordered?.endMs ?? 0
  if (span.startMs - orderedMs > GAP_MS) {
    const switches = [...graph.spans.values()].filter(
      ({ name, startMs }) => SWITCH.test(name) && startMs >= orderedMs - GAP_MS && startMs < span.startMs,
    )
    const last = switches.sort((a, b) => a.startMs - b.startMs).at(-1)
    if (last !== undefined && last.name !== span.name && !seen.has(last.name)) return last
  }
  return ordered === undefined || seen.has(ordered.name) ? undefined : ordered
}

/** A unit's part of the path, up to `untilMs`: its phases, and within its own program that program's parts. */
function itemsOf({ name, phases }: UnitSpan, untilMs: number, parts: readonly Span[]): PathItem[] {
  return phases.flatMap((phase): PathItem[] => {
    const what = { unit: name, phase: phase.kind }
    const item = { ...what, startMs: phase.startMs, endMs: Math.min(phase.endMs, untilMs) }
    if (item.endMs - item.startMs < NEGLIGIBLE_MS) return []
    const own = parts.filter(({ step, kind }) => step === phase.program && kind !== 'command')
    if (phase.kind !== 'program' || own.length === 0) {
      return [{ ...item, ...(phase.program === undefined ? {} : { step: phase.program }) }]
    }
    const itself = { step: phase.program ?? name, isOwn: true }
    return stretches(chain(own, item.endMs), item.startMs, item.endMs, itself).map((one) => ({ ...what, ...one }))
  })
}

function pathOf(graph: Graph, parts: readonly Span[]): PathItem[] {
  const path: PathItem[] = []
  const seen = new Set<string>()
  let at = goalOf(graph)
  for (let untilMs = at?.endMs ?? 0; at !== undefined;) {
    seen.add(at.name)
    path.unshift(...itemsOf(at, untilMs, parts))
    const before = predecessor(at, graph, seen)
    // a switch goes on while what it has started begins
    const endMs = Math.min(before?.endMs ?? 0, at.startMs)
    // between two units so little is no gap, but the path begins where the boot does
    if (at.startMs - endMs > (endMs > 0 ? GAP_MS : NEGLIGIBLE_MS))
      path.unshift({ unit: at.name, phase: 'manager', startMs: endMs, endMs: at.startMs })
    untilMs = endMs
    at = before
  }
  return path
}

/**
 * Joins what the service manager tells of units with the records of their programs.
 *
 * @param all units with times of the clock that the trace's origin is of
 * @param parts the steps' parts, by their steps' names
 */
export function analyzeUnits(all: readonly Unit[], trace: BootTrace, parts: readonly Span[]): UnitAnalysis {
  const units = new Map(all.map((unit) => [unit.name, onClock(unit, trace.originMs)]))
  const found = [...units.values()].flatMap((unit) => spanOf(unit, units, trace))
  const spans = new Map(found.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs).map((one) => [one.name, one]))
  const target = TARGETS.filter((name) => units.get(name)?.activeState === 'active').at(-1)
  const reachedMs = target === undefined ? undefined : units.get(target)?.upMs
  return {
    units: [...spans.values()],
    reached: target === undefined || reachedMs === undefined ? undefined : { target, ms: reachedMs },
    blocked: blockedBy(units),
    processStartMs: round(found.reduce((sum, { processStartMs }) => sum + processStartMs, 0)),
    criticalPath: pathOf({ units, spans }, parts),
  }
}
