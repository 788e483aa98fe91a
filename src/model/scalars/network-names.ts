/** URLs, host names and domains. */
import { text } from '../combinators.ts'

/**
 * Whatever a URL parser takes (https://url.spec.whatwg.org/), or takes with `http://` in front; kept as it was written.
 *
 * Reference: because of the second attempt nearly everything passes, also `https://not a host`.
 */
export const url = text(
  'Url',
  'a URL, or a host with optional port and path',
  (value) => URL.canParse(value) || URL.canParse(`http://${value}`),
  // both attempts need a scheme or a host, and neither is made of these alone
  { shape: { pattern: '[^\\u0000- #/:?@\\\\]' } },
)

const HOSTNAME_LABEL = '[0-9a-z][0-9a-z-]{0,62}'
const HOSTNAME = new RegExp(`^${HOSTNAME_LABEL}(?:[.]${HOSTNAME_LABEL})*$`)

/** Reference: a label may end with a hyphen, and an IPv4 address passes. */
export const linuxHostname = text(
  'ValidLinuxHostname',
  'a host name of lower-case letters, digits, hyphens and dots, with at most 63 characters between dots',
  (value) => value.length <= 253 && HOSTNAME.test(value),
  { shape: { pattern: HOSTNAME.source, maxLength: 253 } },
)

const FORBIDDEN_IN_DOMAIN = '\\u0000- \\u007f#/:<>?@\\[\\\\\\]^|'
const DOMAIN = new RegExp(`^[^.${FORBIDDEN_IN_DOMAIN}][^${FORBIDDEN_IN_DOMAIN}]*$`)
const DOTTED_QUAD = /^\d+\.\d+\.\d+\.\d+$/

function isDnsDomain(value: string): boolean {
  if (!DOMAIN.test(value) || !URL.canParse(`http://${value}`)) return false
  // a last label that is a number makes the URL parser read an IPv4 address
  return !DOTTED_QUAD.test(new URL(`http://${value}`).hostname)
}

/** A domain by the host rules of https://url.spec.whatwg.org/#host-parsing that is no address. */
export const dnsDomain = text('DNSDomain', 'a domain name such as cluster.local', isDnsDomain, {
  shape: { pattern: DOMAIN.source.replaceAll('\\/', '/') },
})
