import type { ApiClient } from '../api/client.ts'
import type { JsonValue } from '../lib/json.ts'
import type { Logger } from '../lib/log.ts'
import type { Host, ProgramIo } from '../lib/ports.ts'

/** What a subcommand works with. */
export interface Call {
  readonly words: readonly string[]
  readonly api: ApiClient
  readonly log: Logger
  readonly io: ProgramIo
  readonly host: Host
}

const ID_LENGTH = 16

/** A transaction name that nobody else uses. */
export function newTransaction(kind: 'set' | 'apply', host: Pick<Host, 'entropy'>): string {
  return `apiclient-${kind}-${host.entropy.alphanumeric(ID_LENGTH)}`
}

/** Writes settings to a transaction. @throws PipelineError `API_BAD_STATUS` */
export async function patchSettings(api: ApiClient, settings: JsonValue, transaction: string): Promise<void> {
  await api.send('PATCH', `/settings?tx=${transaction}`, settings)
}

/** Commits a transaction and starts applying it. @throws PipelineError `API_BAD_STATUS` */
export async function commitAndApply(api: ApiClient, transaction: string): Promise<void> {
  await api.send('POST', `/tx/commit_and_apply?tx=${transaction}`)
}
