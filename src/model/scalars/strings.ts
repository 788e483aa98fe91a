/** Strings that belong to no particular domain. */
import { decodeBase64Strict } from '../../lib/strict-base64.ts'
import { text } from '../combinators.ts'
import { hasLineBreak } from '../line-breaks.ts'

/** Anything, also empty and over several lines. */
export const freeText = text('FreeText', 'a string', () => true)

/** Anything without a line break, also empty. */
export const singleLine = text('SingleLineString', 'text without line breaks', (value) => !hasLineBreak(value), {
  shape: { pattern: '^[^\\n\\u000b\\f\\r\\u0085\\u2028\\u2029]*$' },
})

/** Names of containers, commands, certificates and the like. The empty one passes here but cannot be stored. */
export const identifier = text('Identifier', 'up to 76 ASCII letters, digits and hyphens', /^[A-Za-z0-9-]{0,76}$/)

/** RFC 4648 section 4: whole groups of four, then a padded one whose unused bits are zero. */
export const BASE64_PATTERN = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?'

/** What the bytes mean is not looked at. */
export const base64 = text(
  'ValidBase64',
  'base64 with padding and without line breaks',
  (value) => decodeBase64Strict(value) !== undefined,
  { hint: 'encode the content: base64 -w0 FILE', shape: { pattern: `^${BASE64_PATTERN}$` } },
)
