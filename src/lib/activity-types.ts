/** What goes on in a step of the boot, as records and watchers have it. */

/** A pause, or an answer that took long. Times are of the host's monotonic clock, in milliseconds. */
export interface Wait {
  readonly program: string
  /** What was waited for, such as `metadata service, user-data`. */
  readonly target: string
  /** The last answer, or that there was none. */
  readonly reason: string
  readonly startMs: number
  readonly ms: number
  /** Whether another attempt followed. */
  readonly retry: boolean
}

export type ActivityKind = 'provider' | 'generator' | 'command'

/** `none`: there was nothing to find. `unfinished`: nobody waited for its end. */
export type ActivityOutcome = 'ok' | 'none' | 'failed' | 'unfinished'

/** A part of a step: a user data provider, the generator of a setting, a command before the step's own. */
export interface Activity {
  readonly kind: ActivityKind
  /** The provider's link, the generated setting, the command's program. */
  readonly name: string
  /** What was run, or what it says of itself. */
  readonly detail?: string
  readonly startMs: number
  readonly endMs: number
  readonly outcome: ActivityOutcome
  readonly reason?: string
  readonly attempts: number
  readonly waits: readonly Wait[]
}
