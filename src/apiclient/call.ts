import type { ApiClient } from '../api/client.ts'
import type { Logger } from '../lib/log.ts'
import type { ApiTransport, Host, ProgramIo } from '../lib/ports.ts'

/** What a subcommand works with. */
export interface Call {
  readonly words: readonly string[]
  readonly api: ApiClient
  readonly transport: ApiTransport
  /** Another server. */
  apiAt(socketPath: string): ApiClient
  readonly log: Logger
  readonly io: ProgramIo
  readonly host: Host
}
