import type { ErrorCodeEntry } from './entry.ts'

/** Early boot, metadata service, generators, variants, and the boot as a whole. */
export const BOOT_CODES = {} as const satisfies Record<string, ErrorCodeEntry>
