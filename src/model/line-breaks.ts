/** Unicode's line breaks: LF, VT, FF, CR, NEL, line separator, paragraph separator. */
const LINE_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/

/** Whether the text holds a character that ends a line (Unicode Standard, section 5.8). */
export function hasLineBreak(text: string): boolean {
  return LINE_BREAK.test(text)
}
