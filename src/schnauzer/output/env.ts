/** Environment files as systemd reads them (https://www.freedesktop.org/software/systemd/man/systemd.exec.html, `EnvironmentFile=`). */
import { hasValue, joinedText, Stream, systemdText, unrepresentable } from './stream.ts'
import { noToken, writeComment, writeParts, type OnToken, type Part } from './stream.ts'

const LINE_END = /\n/y
const COMMENT = /[ \t]*[#;][^\n]*/y
const NAME = /[^=\n]+/y
const DOUBLE = /[ \t]*"(?:[^"\\]|\\[^])*"?/y
const SINGLE = /[ \t]*'[^']*'?/y
const SPACE = /[ \t]+/y
const REST = /[^\n]+/y
const VARIABLE = /^(?:export +)?[A-Za-z_][A-Za-z0-9_]*$/
const NEEDS_QUOTES = /[\\\n\r]|^["'\s]|\s$/

const escaped = (text: string): string => text.replace(/["\\`$]/g, '\\$&')
/** Parts as one text, of which systemd can read every character. */
const checked = (parts: readonly Part[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : systemdText(part))).join('')

function bare(parts: readonly Part[]): string {
  if (!hasValue(parts)) return joinedText(parts)
  const text = checked(parts)
  return NEEDS_QUOTES.test(text) ? `"${escaped(text)}"` : text
}

function singleQuoted(parts: readonly Part[]): string {
  const text = checked(parts)
  if (parts.every((part) => typeof part === 'string' || !systemdText(part).includes("'"))) return text
  const [lead = ''] = /^[ \t]*/.exec(text) ?? []
  return `${lead}"${escaped(text.slice(lead.length + 1, -1))}"`
}

function name(parts: readonly Part[]): string {
  const text = joinedText(parts)
  const slot = parts.find((part) => typeof part !== 'string')
  if (slot === undefined || VARIABLE.test(text)) return text
  return unrepresentable(slot, 'this is no name for an environment variable')
}

/** After `NAME=`: quoted stretches first, whatever follows them is bare. */
function value(stream: Stream): string {
  let output = ''
  for (;;) {
    const double = stream.take(DOUBLE)
    const single = double === undefined ? stream.take(SINGLE) : undefined
    if (double !== undefined) output += writeParts(double, (_, slot) => escaped(systemdText(slot)))
    else if (single !== undefined) output += singleQuoted(single)
    else {
      output += joinedText(stream.take(SPACE) ?? [])
      return output + bare(stream.take(REST) ?? [])
    }
  }
}

/** Writes an environment file. */
export function writeEnv(parts: readonly Part[], onToken: OnToken = noToken): string {
  const stream = Stream.of(parts)
  let output = ''
  while (!stream.ended) {
    onToken(stream.read, output.length)
    const copied = stream.take(LINE_END)
    const comment = copied === undefined ? stream.take(COMMENT) : undefined
    if (copied !== undefined) output += joinedText(copied)
    else if (comment !== undefined) output += writeComment(comment)
    else {
      output += name(stream.take(NAME) ?? [])
      onToken(stream.read, output.length)
      if (stream.take(/=/y) !== undefined) {
        output += '='
        onToken(stream.read, output.length)
        output += value(stream)
      }
    }
  }
  return output
}
