import { jsonObject, type JsonObject } from '../lib/json.ts'

/** Member name under which a date stands in a tree. Reference: no setting accepts it. */
export const DATE_TIME_MEMBER = '$__toml_private_datetime'

/**
 * A TOML date or time as the reference prints it (RFC 3339): `T` between date and time, capital `Z`, no zeros at the
 * end of a fraction, at most nine digits in it.
 */
function normaliseDateTime(text: string): string {
  return text
    .replace(/^(\d{4}-\d\d-\d\d)[ t]/, '$1T')
    .replace(/z$/, 'Z')
    .replace(/\.(\d+)/, (_, digits: string) => {
      const kept = digits.slice(0, 9).replace(/0+$/, '')
      return kept === '' ? '' : `.${kept}`
    })
}

/** A TOML date or time as a value in a tree. */
export function dateTimeValue(text: string): JsonObject {
  return jsonObject({ [DATE_TIME_MEMBER]: normaliseDateTime(text) })
}
