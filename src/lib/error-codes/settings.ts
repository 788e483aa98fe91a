import type { ErrorCodeEntry } from './entry.ts'

/** User data, TOML and JSON documents, and the settings model. */
export const SETTINGS_CODES = {} as const satisfies Record<string, ErrorCodeEntry>
