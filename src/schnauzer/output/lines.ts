/** Formats without any quoting: one value per line, and INI files. */
import { noToken, Stream, textOf, unrepresentable, writeComment, writeEach, writeParts } from './stream.ts'
import type { OnToken, Part, Slot } from './stream.ts'

/** Writes a file of lines: each run of line breaks in a value becomes one space. */
export function writeLines(parts: readonly Part[], onToken: OnToken = noToken): string {
  return writeEach(parts, onToken, (slot) => {
    const text = textOf(slot)
    return text.includes('\u0000')
      ? unrepresentable(slot, 'for the readers of these files the line ends at the character NUL')
      : text.replace(/[\n\r]+/g, ' ')
  })
}

const COMMENT = /[ \t]*[#;][^\n]*/y
const QUOTED = /"[^"\n]*"|'[^'\n]*'/y
const BARE = /[^"'\n]+|["']/y

function bare(text: string, slot: Slot): string {
  if (/[\n\r\u0000]/.test(text)) unrepresentable(slot, 'a value of an INI file is one line')
  if (/^\s|\s$/.test(text)) unrepresentable(slot, 'an INI file drops white space at the ends of a value')
  if (/^["']|(?:^|\s)[#;]/.test(text)) unrepresentable(slot, 'readers of INI files take this for a quote or a comment')
  return text
}

function quoted(text: string, slot: Slot): string {
  if (/[\n\r\u0000"'\\]/.test(text)) unrepresentable(slot, 'an INI file has no escapes for this value')
  return text
}

/** Writes an INI file: values that its readers could not give back are refused. */
export function writeIni(parts: readonly Part[], onToken: OnToken = noToken): string {
  const stream = Stream.of(parts)
  let output = ''
  while (!stream.ended) {
    onToken(stream.read, output.length)
    const comment = stream.atLineStart ? stream.take(COMMENT) : undefined
    const string = comment === undefined ? stream.take(QUOTED) : undefined
    if (comment !== undefined) output += writeComment(comment)
    else if (string !== undefined) output += writeParts(string, quoted)
    else output += writeParts(stream.take(BARE) ?? stream.takeOne(), bare)
  }
  return output
}
