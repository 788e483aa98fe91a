/** Environment files as systemd reads them (https://www.freedesktop.org/software/systemd/man/systemd.exec.html, `EnvironmentFile=`). */
import { hasValue, joinedText, Stream, textOf, unrepresentable, writeComment, writeParts, type Part } from './stream.ts'

const LINE_END = /\n/y
const COMMENT = /[ \t]*[#;][^\n]*/y
const NAME = /[^=\n]+/y
const DOUBLE = /[ \t]*"(?:[^"\\]|\\[^])*"?/y
const SINGLE = /[ \t]*'[^']*'?/y
const SPACE = /[ \t]+/y
const REST = /[^\n]+/y
const VARIABLE = /^(?:export +)?[A-Za-z_][A-Za-z0-9_]*$/
const NEEDS_QUOTES = /[\\\n\r]|^["'\s]|\s$/

const withoutNul = (text: string): string => text.replaceAll('\u0000', '')
const escaped = (text: string): string => withoutNul(text).replace(/["\\`$]/g, '\\$&')

function bare(parts: readonly Part[]): string {
  if (!hasValue(parts)) return joinedText(parts)
  const text = withoutNul(joinedText(parts))
  return NEEDS_QUOTES.test(text) ? `"${escaped(text)}"` : text
}

function singleQuoted(parts: readonly Part[]): string {
  const fits = parts.every((part) => typeof part === 'string' || !textOf(part).includes("'"))
  if (fits) return writeParts(parts, withoutNul)
  const [lead = ''] = /^[ \t]*/.exec(joinedText(parts)) ?? []
  return `${lead}"${escaped(joinedText(parts).slice(lead.length + 1, -1))}"`
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
    if (double !== undefined) output += writeParts(double, escaped)
    else if (single !== undefined) output += singleQuoted(single)
    else {
      output += joinedText(stream.take(SPACE) ?? [])
      return output + bare(stream.take(REST) ?? [])
    }
  }
}

/** Writes an environment file. */
export function writeEnv(parts: readonly Part[]): string {
  const stream = Stream.of(parts)
  let output = ''
  while (!stream.ended) {
    const copied = stream.take(LINE_END)
    const comment = copied === undefined ? stream.take(COMMENT) : undefined
    if (copied !== undefined) output += joinedText(copied)
    else if (comment !== undefined) output += writeComment(comment)
    else {
      output += name(stream.take(NAME) ?? [])
      if (stream.take(/=/y) !== undefined) output += `=${value(stream)}`
    }
  }
  return output
}
