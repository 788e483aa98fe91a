/** TOML output (https://toml.io/en/v1.0.0). */
import { encodeToml, quoteTomlBasic } from '../toml-encode.ts'
import { RenderFailure } from '../failures.ts'
import { hasValue, integerText, joinedText, onlyValue, Stream, textOf, unrepresentable } from './stream.ts'
import { writeComment, writeParts, type Part, type Slot } from './stream.ts'

const SPACE = /[ \t\r]+/y
const COMMENT = /#[^\n]*/y
const MULTI_BASIC = /"""(?:[^\\]|\\[^])*?"{3,5}(?!")/y
const MULTI_LITERAL = /'''[^]*?'{3,5}(?!')/y
const BASIC = /"(?:[^"\\\n]|\\[^\n])*"?/y
const LITERAL = /'[^'\n]*'?/y
const PUNCTUATION = /[[\]{},=.\n]/y
const KEY_WORD = /[^\s"'#=,[\]{}.]+/y
const VALUE_WORD = /[^\s"'#=,[\]{}]+/y
const BARE_KEY = /^[A-Za-z0-9_-]+$/
// what a literal string cannot hold, or what would end it
const NOT_LITERAL = /['\u0000-\u0008\u000a-\u001f\u007f]/

const escaped = (text: string): string => quoteTomlBasic(text).slice(1, -1)
const quoteKey = (text: string): string => (BARE_KEY.test(text) ? text : quoteTomlBasic(text))

/** A line break right after the opening fence is dropped by readers; one behind an empty value must not be. */
function guardStart(parts: readonly Part[], fence: string): readonly Part[] {
  return parts[0] === fence && fence.length === 3 ? [`${fence}\n`, ...parts.slice(1)] : parts
}

/** A literal string stays one if it can hold its values; else it becomes a basic string. */
function literalString(parts: readonly Part[], fence: string): string {
  const fits = parts.every((part) => typeof part === 'string' || !NOT_LITERAL.test(textOf(part)))
  const whole = joinedText(guardStart(parts, fence))
  if (fits) return whole
  const inner = whole.slice(fence.length, -fence.length)
  return quoteTomlBasic(fence.length === 3 ? inner.replace(/^\r?\n/, '') : inner)
}

function value(slot: Slot): string {
  if (slot.toml !== undefined) return slot.toml
  try {
    return integerText(slot) ?? encodeToml(slot.value, quoteTomlBasic, quoteKey)
  } catch (error) {
    if (error instanceof RenderFailure) unrepresentable(slot, error.message)
    throw error
  }
}

/** Where a word stands: the next one may be a key, inside brackets the rules of lines do not hold. */
class Place {
  key = true
  private header = false
  private readonly open: string[] = []

  see(mark: string, startsStatement: boolean): void {
    if (mark === '\n' && this.open.length === 0) {
      this.key = true
      this.header = false
    } else if (mark === '=') {
      this.key = false
    } else if (mark === '[') {
      if (startsStatement && this.open.length === 0) this.header = true
      else if (!this.header) this.open.push(mark)
    } else if (mark === '{') {
      this.open.push(mark)
      this.key = true
    } else if (mark === ']' || mark === '}') {
      if (!this.header) this.open.pop()
      if (mark === '}') this.key = false
    } else if (mark === ',') {
      this.key = this.open.at(-1) === '{'
    }
  }
}

function quotedToken(stream: Stream): string | undefined {
  const basic = stream.take(MULTI_BASIC)
  if (basic !== undefined) return writeParts(guardStart(basic, '"""'), escaped)
  const multiLiteral = stream.take(MULTI_LITERAL)
  if (multiLiteral !== undefined) return literalString(multiLiteral, "'''")
  const plain = stream.take(BASIC)
  if (plain !== undefined) return writeParts(plain, escaped)
  const literal = stream.take(LITERAL)
  return literal === undefined ? undefined : literalString(literal, "'")
}

function word(parts: readonly Part[], isKey: boolean): string {
  if (!hasValue(parts)) return joinedText(parts)
  if (isKey) return quoteKey(joinedText(parts))
  const slot = onlyValue(parts)
  return slot === undefined ? quoteTomlBasic(joinedText(parts)) : value(slot)
}

/** Writes a TOML document. */
export function writeToml(parts: readonly Part[]): string {
  const stream = Stream.of(parts)
  const place = new Place()
  let output = ''
  let statementStart = true
  while (!stream.ended) {
    const space = stream.take(SPACE)
    if (space !== undefined) {
      output += joinedText(space)
      continue
    }
    const comment = stream.take(COMMENT)
    const quoted = comment === undefined ? quotedToken(stream) : undefined
    const mark = comment === undefined && quoted === undefined ? stream.take(PUNCTUATION) : undefined
    if (comment !== undefined) output += writeComment(comment)
    else if (quoted !== undefined) output += quoted
    else if (mark !== undefined) {
      const text = joinedText(mark)
      place.see(text, statementStart && place.key)
      output += text
    } else output += word(stream.take(place.key ? KEY_WORD : VALUE_WORD) ?? stream.takeOne(), place.key)
    statementStart = mark !== undefined && joinedText(mark) === '\n'
  }
  return output
}
