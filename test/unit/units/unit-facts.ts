/** The form of the facts about units. */

/** Facts of a unit. Lists of units leave out `.service`. */
export interface UnitFacts {
  readonly type?: string
  readonly start?: readonly string[]
  readonly before?: string
  readonly after?: string
  readonly requires?: string
  readonly wants?: string
  readonly bindsTo?: string
  readonly condition?: string
  /** `wants X`: X wants it; `required by X`. */
  readonly installed?: readonly string[]
  /** Stays active, cannot be started by hand, errors to the console too, no default dependencies. */
  readonly flags?: readonly ('remains' | 'refused' | 'console' | 'early')[]
  /** Whatever else it says: `Section.Key` to values. */
  readonly more?: Readonly<Record<string, string | readonly string[]>>
}

/** What the oneshots of the pipeline have in common. */
export const STEP = ['remains', 'refused', 'console'] as const
