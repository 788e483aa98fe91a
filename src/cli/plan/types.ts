/** What a plan tells, as plain data. Secrets are hidden in it already, unless they were asked for. */
import type { Diagnostic } from '../../lib/diagnostics.ts'
import type { JsonValue } from '../../lib/json.ts'
import type { Effect } from '../../model/catalogue.ts'
import type { NotRenderedEvent } from '../report.ts'

export type ChangeKind = 'added' | 'changed' | 'removed'

/** One setting that differs. */
export interface SettingChange {
  readonly key: string
  readonly change: ChangeKind
  /** Undefined where it is not set. */
  readonly before: JsonValue | undefined
  readonly after: JsonValue | undefined
  /** Whether something in its values is hidden. */
  readonly hidden: boolean
  /** When a running host sees it; undefined for a setting that the variant does not know. */
  readonly effect: Effect | undefined
}

/** One file that differs, with texts as they may be shown. */
export interface FileDifference {
  readonly path: string
  readonly change: ChangeKind
  /** Undefined where there is no such file, or nobody knows what is in it. */
  readonly before: string | undefined
  readonly after: string | undefined
  /** False for a file of a host whose files cannot be read. */
  readonly isBeforeKnown: boolean
  readonly services: readonly string[]
}

export interface PlannedCommand {
  readonly command: string
  readonly services: readonly string[]
  /** Whether anything that differs is a reason for it; else settings are only given again. */
  readonly needed: boolean
}

/** A setting that a running host keeps, since the API cannot unset any. */
export interface KeptSetting {
  readonly key: string
  /** What it stays. */
  readonly value: JsonValue
  /** What a new node has instead, where that is known; undefined if it is not set there. */
  readonly wanted?: JsonValue | undefined
}

/** What happens on a host that runs, when the new document is applied to it. */
export interface LiveEffect {
  /** In the order in which they run. */
  readonly commands: readonly PlannedCommand[]
  readonly reboot: {
    readonly needed: boolean
    /** Keys that are looked at only when the host boots. */
    readonly settings: readonly string[]
  }
  /** Keys that only the first boot of an instance looks at. */
  readonly newNodesOnly: readonly string[]
  readonly kept: readonly KeptSetting[]
  /** Files that cannot be rendered then; nothing is written or run if there are any. */
  readonly notRendered: readonly NotRenderedEvent[]
}

/** `replace`: a new host instead of an old one; `apply`: a change of a host that runs. */
export type PlanKind = 'replace' | 'apply'

/** One side of a plan. */
export interface Side {
  /** A file, or the host. */
  readonly name: string
  readonly variant: string
  readonly release: string
}

export interface Plan {
  readonly as: PlanKind
  readonly from: Side
  readonly to: Side
  readonly accepted: boolean
  readonly settings: readonly SettingChange[]
  readonly files: readonly FileDifference[]
  /** Files that cannot be rendered any more, or for another reason than before. */
  readonly notRendered: readonly NotRenderedEvent[]
  /** Undefined where a host that runs cannot get there. */
  readonly live: LiveEffect | undefined
  /** Whether a new host boots a second time before it is ready. */
  readonly bootsTwice: boolean
  readonly diagnostics: readonly Diagnostic[]
}

/** Whether there is anything that differs, or anything that a host would do. */
export function hasDifferences({ as, settings, files, notRendered, live }: Plan): boolean {
  const isQuiet = settings.length === 0 && files.length === 0 && notRendered.length === 0
  return !isQuiet || (as === 'apply' && (live?.commands.length ?? 0) > 0)
}
