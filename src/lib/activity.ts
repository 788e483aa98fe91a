/** What goes on in a step of the boot: its parts, and what they waited for. */
import type { Activity, ActivityKind, ActivityOutcome, Wait } from './activity-types.ts'
import type { Clock, EventSink, HostEvent } from './ports.ts'

const LONGEST_REASON = 300

/** How often something was tried: once, and once more after each wait that was followed by another attempt. */
export function attemptsOf(waits: readonly Wait[]): number {
  return 1 + waits.filter(({ retry }) => retry).length
}

/** The first line of a message, shortened: records are for an overview, the log has the rest. */
export function briefReason(message: string): string {
  const [line = ''] = message.trimStart().split('\n', 1)
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line
}

export interface ActivityEnd {
  readonly outcome: ActivityOutcome
  readonly reason?: string
  readonly detail?: string
}

/** Follows one part of a step from its start to its end. */
export class ActivityWatch {
  private readonly host: { readonly clock: Pick<Clock, 'monotonic'>; readonly events: EventSink }
  private readonly kind: ActivityKind
  private readonly name: string
  private readonly startMs: number
  private readonly waits: Wait[] = []
  private endMs: number | undefined
  /** Whether the part itself has told its user that it waits. */
  hasNotice = false

  constructor(
    host: { readonly clock: Pick<Clock, 'monotonic'>; readonly events: EventSink },
    kind: ActivityKind,
    name: string,
  ) {
    this.host = host
    this.kind = kind
    this.name = name
    this.startMs = host.clock.monotonic()
  }

  /** Takes an event of the part, and passes it on. */
  readonly onEvent = (event: HostEvent): void => {
    if (event.kind === 'wait') this.waits.push(event.wait)
    if (event.kind === 'notice') this.hasNotice = true
    this.host.events.emit(event)
  }

  /** Notes that the part has ended, where `end` comes later. */
  stop(): void {
    this.endMs ??= this.host.clock.monotonic()
  }

  /** Emits what became of the part. */
  end({ outcome, reason, detail }: ActivityEnd): void {
    this.stop()
    const activity: Activity = {
      kind: this.kind,
      name: this.name,
      ...(detail === undefined || detail === '' ? {} : { detail }),
      startMs: this.startMs,
      endMs: this.endMs ?? this.startMs,
      outcome,
      ...(reason === undefined ? {} : { reason: briefReason(reason) }),
      attempts: attemptsOf(this.waits),
      waits: this.waits,
    }
    this.host.events.emit({ kind: 'activity', activity })
  }
}
