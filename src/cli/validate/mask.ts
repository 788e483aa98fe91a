/** Values that must not be shown, where lines of a document are. */
import { hideValues } from '../../lib/hidden-values.ts'

/** The same for a network configuration, which has names of its own and no secrets: user data may be taken for one. */
export function maskSecretsOfNetwork(text: string): string {
  return hideValues(text, /settings/i.test(text) ? 'hidden' : 'shown').shown
}

/** The text with `*` for every character of a value that must not be shown, so that nothing moves. */
export function maskSecrets(text: string): string {
  return hideValues(text).shown
}
