import type { ErrorCodeEntry } from './entry.ts'

/** Templates, their rendering, and applying what was rendered. */
export const TEMPLATE_CODES = {} as const satisfies Record<string, ErrorCodeEntry>
