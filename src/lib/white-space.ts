const ENDS = /^\p{White_Space}+|\p{White_Space}+$/gu

/**
 * A text without Unicode white space at its ends. Unlike `String.prototype.trim` this keeps a byte order mark, which is
 * no white space since Unicode 3.2.
 */
export function trimWhiteSpace(text: string): string {
  return text.replace(ENDS, '')
}
