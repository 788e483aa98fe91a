/** The machine-readable report of `render` and `boot`, collected from the events of a run. */
import type { StepOutcome } from '../lib/boot-record.ts'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { jsonObject, toJson, type JsonObject } from '../lib/json.ts'
import type { EventSink, HostEvent } from '../lib/ports.ts'

export const SCHEMA_VERSION = 1

export type FileEvent = Extract<HostEvent, { kind: 'file' }>
export type CommandEvent = Extract<HostEvent, { kind: 'command' }>
export type NotRenderedEvent = Extract<HostEvent, { kind: 'not-rendered' }>

/** What one run of the applier did. */
export interface ApplyOutcome {
  readonly files: readonly FileEvent[]
  readonly commands: readonly CommandEvent[]
  readonly notRendered: readonly NotRenderedEvent[]
}

/** One boot step, with milliseconds since the start of the boot. */
export interface StepRecord {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly outcome: StepOutcome
  /** Why it failed or was skipped. */
  readonly reason?: string
}

/** A list that is emptied by whoever reads it. */
export class Pile<T> {
  private items: T[] = []

  push(item: T): void {
    this.items.push(item)
  }

  /** Everything since the last call. */
  take(): T[] {
    const taken = this.items
    this.items = []
    return taken
  }
}

/** Keeps events until they are taken, and passes each on to `watch`. */
export class EventLog extends Pile<HostEvent> implements EventSink {
  private readonly watch: (event: HostEvent) => void

  constructor(watch: (event: HostEvent) => void = () => undefined) {
    super()
    this.watch = watch
  }

  emit(event: HostEvent): void {
    this.push(event)
    this.watch(event)
  }
}

/** Sorts events into files, commands and failures. A file written twice counts once, with its last content. */
export function outcomeOf(events: readonly HostEvent[]): ApplyOutcome {
  const files = new Map<string, FileEvent>()
  const commands: CommandEvent[] = []
  const notRendered: NotRenderedEvent[] = []
  for (const event of events) {
    if (event.kind === 'file') files.set(event.path, event)
    else if (event.kind === 'command') commands.push(event)
    else if (event.kind === 'not-rendered') notRendered.push(event)
  }
  return { files: [...files.values()], commands, notRendered }
}

const jsonPath = (path: string | undefined): string | undefined => path

/** Findings as the report holds them. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[]): JsonObject[] {
  return diagnostics.map((diagnostic) => toJson({ ...diagnostic, path: jsonPath(diagnostic.path) }) as JsonObject)
}

/** Files, commands and failures as the report holds them. */
export function outcomeJson(outcome: ApplyOutcome): JsonObject {
  return jsonObject({
    files: outcome.files.map(({ path, mode, content, services }) =>
      jsonObject({ path, mode, content, services: [...services] }),
    ),
    commands: outcome.commands.map(({ command }) => command),
    notRendered: outcome.notRendered.map(({ name, path, code, message }) =>
      jsonObject({ file: name, path, code, message }),
    ),
  })
}

/** Steps as the report and the boot record hold them. */
export function stepsJson(steps: readonly StepRecord[]): JsonObject[] {
  return steps.map((step) =>
    toJson({ ...step, startMs: Math.round(step.startMs), endMs: Math.round(step.endMs) }),
  ) as JsonObject[]
}
