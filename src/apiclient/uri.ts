/** Characters that may stand in the path and query of a URI as they are (RFC 3986), and `%` before two hex digits. */
const ILLEGAL = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]/gu

/** Percent-encodes what a URI cannot hold and leaves the rest, so that what was encoded before stays as it is. */
export function encodeIllegal(text: string): string {
  return text.toWellFormed().replace(ILLEGAL, (character) => encodeURIComponent(character))
}

/** A URI as it is sent: without its fragment, which is for the client alone, and with only legal characters. */
export function requestUri(text: string): string {
  return encodeIllegal(text.replace(/#.*$/su, ''))
}
