/** Files that a POSIX shell reads (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html). */
import {
  hasValue,
  joinedText,
  noToken,
  Stream,
  unrepresentable,
  writeComment,
  writeParts,
  type OnToken,
  type Part,
  type Slot,
} from './stream.ts'

const SPACE = /[\s;&|()<>]+/y
const COMMENT = /#[^\n]*/y
const DOUBLE = /"(?:[^"\\]|\\[^])*"?/y
const SINGLE = /'[^']*'?/y
const WORD = /(?:[^\s;&|()<>"'\\]|\\[^])+|\\/y
const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/

function checked(text: string, slot: Slot): string {
  return text.includes('\u0000') ? unrepresentable(slot, 'a shell word cannot hold the character NUL') : text
}

const bare = (text: string, slot: Slot): string =>
  PLAIN.test(checked(text, slot)) ? text : `'${text.replaceAll("'", "'\\''")}'`
const inDouble = (text: string, slot: Slot): string => checked(text, slot).replace(/["\\`$]/g, '\\$&')
const inSingle = (text: string, slot: Slot): string => checked(text, slot).replaceAll("'", "'\\''")

/** Writes a shell file. */
export function writeShell(parts: readonly Part[], onToken: OnToken = noToken): string {
  const stream = Stream.of(parts)
  let output = ''
  while (!stream.ended) {
    onToken(stream.read, output.length)
    const space = stream.take(SPACE)
    if (space !== undefined) {
      output += joinedText(space)
      continue
    }
    const wordStart = stream.before === '' || /[\s;&|()<>]/.test(stream.before)
    const comment = wordStart ? stream.take(COMMENT) : undefined
    const double = comment === undefined ? stream.take(DOUBLE) : undefined
    const single = comment === undefined && double === undefined ? stream.take(SINGLE) : undefined
    if (comment !== undefined) output += writeComment(comment)
    else if (double !== undefined) output += writeParts(double, inDouble)
    else if (single !== undefined) output += writeParts(single, inSingle)
    else {
      const word = stream.take(WORD) ?? stream.takeOne()
      output += hasValue(word) ? writeParts(word, bare) : joinedText(word)
    }
  }
  return output
}
