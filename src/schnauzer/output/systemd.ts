/** systemd unit files (https://www.freedesktop.org/software/systemd/man/systemd.syntax.html). */
import { encodeJson } from './json.ts'
import { hasValue, joinedText, NO_CHARACTER, noToken, Stream, systemdText, unrepresentable } from './stream.ts'
import { writeComment, writeParts, type Encoded, type OnToken, type Part } from './stream.ts'

const LINE_END = /\n/y
const COMMENT = /[ \t]*[#;][^\n]*/y
const SECTION = /\[[^\n]*/y
const DIRECTIVE = /[^=\n]+/y
const SPACE = /(?:[ \t\r]|\\\n)+/y
const QUOTED = /"(?:[^"\\]|\\[^])*"?|'(?:[^'\\]|\\[^])*'?/y
const WORD = /(?:[^\s"'\\]|\\[^\n])+|\\/y
const DIRECTIVE_NAME = /^[A-Za-z0-9-]+$/
// white space, quotes, control characters; a lone `;` separates commands
const NEEDS_QUOTES = /[\s"'\\\u0000-\u001f\u007f]|^;?$/

type Escape = (text: string) => string

function escapeControl(character: string): string {
  return character === '\n' ? '\\n' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}

/** Doubles what systemd expands: `%` everywhere, `$` on command lines. */
function unexpanded(text: string, isCommand: boolean): string {
  const percent = text.replaceAll('%', '%%')
  return isCommand ? percent.replaceAll('$', '$$$$') : percent
}

const escapeFor =
  (quote: string, isCommand: boolean): Escape =>
  (text) =>
    unexpanded(text, isCommand)
      .replace(/[\\"']/g, (mark) => (mark === '\\' || mark === quote ? `\\${mark}` : mark))
      .replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, escapeControl)

/** JSON can name the code points that systemd refuses. */
const jsonEscape = (text: string): string =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16)}`)
    .join('')

const writeEncoded = (part: string | Encoded, escape: Escape): string =>
  typeof part === 'string' ? part : escape(part.encoded.replace(NO_CHARACTER, jsonEscape))

const writeValues = (parts: readonly Part[], escape: Escape): string =>
  writeParts(parts, (_, slot) => escape(systemdText(slot)))

/** A quoted string; JSON if its template text begins like JSON. */
function quoted(parts: readonly Part[], isCommand: boolean): string {
  const [first, ...rest] = parts
  const quote = typeof first === 'string' ? first.charAt(0) : '"'
  const escape = escapeFor(quote, isCommand)
  if (typeof first !== 'string' || !/^['"]\s*[[{]/.test(first)) return writeValues(parts, escape)
  return writeJsonInside(first, rest, quote, escape)
}

function writeJsonInside(first: string, rest: readonly Part[], quote: string, escape: Escape): string {
  const last = rest.at(-1)
  const closed = typeof last === 'string' && last.endsWith(quote)
  const inner = [first.slice(1), ...(closed ? [...rest.slice(0, -1), last.slice(0, -1)] : rest)]
  const body = encodeJson(inner).map((part) => writeEncoded(part, escape))
  return `${quote}${body.join('')}${closed ? quote : ''}`
}

function word(parts: readonly Part[], isCommand: boolean, touchesQuotes: boolean): string {
  if (!hasValue(parts)) return joinedText(parts)
  const escape = escapeFor('"', isCommand)
  if (touchesQuotes) {
    return writeValues(parts, (text) => (NEEDS_QUOTES.test(text) ? `"${escape(text)}"` : unexpanded(text, isCommand)))
  }
  const quotes = NEEDS_QUOTES.test(joinedText(parts)) ? '"' : ''
  const body = writeValues(parts, quotes === '' ? (text) => unexpanded(text, isCommand) : escape)
  return `${quotes}${body}${quotes}`
}

function directive(parts: readonly Part[]): string {
  const text = joinedText(parts)
  const slot = parts.find((part) => typeof part !== 'string')
  if (slot === undefined || DIRECTIVE_NAME.test(text)) return text
  return unrepresentable(slot, 'this is no name for a setting of a unit')
}

const isQuote = (character: string): boolean => character === '"' || character === "'"

function value(stream: Stream, isCommand: boolean, onToken: OnToken, before: number): string {
  let output = ''
  while (!stream.ended && stream.next !== '\n') {
    onToken(stream.read, before + output.length)
    const space = stream.take(SPACE)
    const string = space === undefined ? stream.take(QUOTED) : undefined
    if (space !== undefined) output += joinedText(space)
    else if (string !== undefined) output += quoted(string, isCommand)
    else {
      const afterQuote = isQuote(stream.before)
      const parts = stream.take(WORD) ?? stream.takeOne()
      output += word(parts, isCommand, afterQuote || isQuote(stream.next))
    }
  }
  return output
}

function section(parts: readonly Part[]): string {
  return writeParts(parts, (text, slot) =>
    /^[ -Z^-~]*$/.test(text) ? text : unrepresentable(slot, 'this cannot be part of a section name'),
  )
}

/** Writes a unit file or drop-in. */
export function writeSystemd(parts: readonly Part[], onToken: OnToken = noToken): string {
  const stream = Stream.of(parts)
  let output = ''
  while (!stream.ended) {
    onToken(stream.read, output.length)
    const copied = stream.take(LINE_END)
    const comment = copied === undefined ? stream.take(COMMENT) : undefined
    const heading = copied === undefined && comment === undefined ? stream.take(SECTION) : undefined
    if (copied !== undefined) output += joinedText(copied)
    else if (comment !== undefined) output += writeComment(comment)
    else if (heading !== undefined) output += section(heading)
    else {
      const name = directive(stream.take(DIRECTIVE) ?? [])
      output += name
      onToken(stream.read, output.length)
      if (stream.take(/=/y) !== undefined) {
        output += '='
        output += value(stream, name.startsWith('Exec'), onToken, output.length)
      }
    }
  }
  return output
}
