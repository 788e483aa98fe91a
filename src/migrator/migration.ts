/** What a migration is: a function over the pairs of a datastore, for each direction. */
import type { JsonValue } from '../lib/json.ts'
import type { Host } from '../lib/ports.ts'

/** The pairs of live data or of one transaction, by canonical key names. Migrations change them in place. */
export interface MigrationData {
  readonly data: Map<string, JsonValue>
  /** Data key to metadata key to value; empty for a transaction. */
  readonly metadata: Map<string, Map<string, JsonValue>>
}

/** What a migration may use. */
export interface MigrationContext {
  readonly host: Pick<Host, 'facts' | 'resolver'>
  /** Tells what was left alone, and why. */
  readonly note: (message: string) => void
}

type Change = (data: MigrationData, context: MigrationContext) => void | Promise<void>

/**
 * One migration. No key can be taken for granted, and none may be added to a transaction that lacks it.
 *
 * A change throws PipelineError `MIGRATION_FAILED` for data that it cannot work with.
 */
export interface Migration {
  readonly forward: Change
  readonly backward: Change
}

/** Leaves everything alone. */
export const nothing: Change = () => undefined
