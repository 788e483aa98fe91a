/**
 * The catalogue of errors and warnings. Every code that the product prints is an entry here; the README's table and a
 * test are tied to it. Codes are contract, texts are not. Each area keeps its codes in alphabetical order.
 */
import { API_CODES } from './error-codes/api.ts'
import { BOOT_CODES } from './error-codes/boot.ts'
import type { ErrorCodeEntry } from './error-codes/entry.ts'
import { EXPLAIN_CODES } from './error-codes/explain.ts'
import { HOST_CODES } from './error-codes/host.ts'
import { INSTALL_CODES } from './error-codes/install.ts'
import { NETWORK_CODES } from './error-codes/network.ts'
import { SETTINGS_CODES } from './error-codes/settings.ts'
import { TEMPLATE_CODES } from './error-codes/templates.ts'

/** Code to meaning and hint. */
export const ERROR_CODES = {
  ...HOST_CODES,
  ...API_CODES,
  ...SETTINGS_CODES,
  ...TEMPLATE_CODES,
  ...BOOT_CODES,
  ...NETWORK_CODES,
  ...INSTALL_CODES,
  ...EXPLAIN_CODES,
} as const satisfies Record<string, ErrorCodeEntry>

export type ErrorCode = keyof typeof ERROR_CODES

/** Whether a text is a code of the catalogue. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text)
}
