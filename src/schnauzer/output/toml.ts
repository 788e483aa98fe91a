/** TOML output (https://toml.io/en/v1.0.0). */
import { encodeToml, quoteTomlBasic } from '../toml-encode.ts'
import { RenderFailure } from '../failures.ts'
import { hasValue, integerText, joinedText, onlyValue, Stream, textOf, unrepresentable } from './stream.ts'
import { noToken, writeComment, writeParts, type OnToken, type Part, type Slot } from './stream.ts'

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

const NO_KEY = 'a name with a double quote cannot hold single quotes or control characters as well'

/**
 * A key as containerd and other programs with go-toml 1 can read it, which know no escaped quote in keys: a literal
 * string where the key holds one. Undefined for a key that would need both.
 */
function keyText(text: string): string | undefined {
  if (!text.includes('"')) return BARE_KEY.test(text) ? text : quoteTomlBasic(text)
  return NOT_LITERAL.test(text) ? undefined : `'${text}'`
}

/** A key with values in it, bare or in quotes that the template has written. */
function key(parts: readonly Part[], text: string): string {
  const slot = parts.find((part) => typeof part !== 'string')
  return keyText(text) ?? (slot === undefined ? quoteTomlBasic(text) : unrepresentable(slot, NO_KEY))
}

/** The quotes of the template stay where they can. */
function quotedKey(parts: readonly Part[]): string {
  const whole = joinedText(parts)
  const written = parts.some((part) => typeof part === 'string' && part.includes('\\'))
  if (!hasValue(parts) || written || !whole.endsWith('"')) return writeParts(parts, escaped)
  return whole.slice(1, -1).includes('"') ? key(parts, whole.slice(1, -1)) : writeParts(parts, escaped)
}

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
    return (
      integerText(slot) ??
      encodeToml(slot.value, quoteTomlBasic, (name) => keyText(name) ?? unrepresentable(slot, NO_KEY))
    )
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

function quotedToken(stream: Stream, isKey: boolean): string | undefined {
  const basic = stream.take(MULTI_BASIC)
  if (basic !== undefined) return writeParts(guardStart(basic, '"""'), escaped)
  const multiLiteral = stream.take(MULTI_LITERAL)
  if (multiLiteral !== undefined) return literalString(multiLiteral, "'''")
  const plain = stream.take(BASIC)
  if (plain !== undefined) return isKey ? quotedKey(plain) : writeParts(plain, escaped)
  const literal = stream.take(LITERAL)
  return literal === undefined ? undefined : literalString(literal, "'")
}

function word(parts: readonly Part[], isKey: boolean): string {
  if (!hasValue(parts)) return joinedText(parts)
  if (isKey) return key(parts, joinedText(parts))
  const slot = onlyValue(parts)
  return slot === undefined ? quoteTomlBasic(joinedText(parts)) : value(slot)
}

/** Writes a TOML document. */
export function writeToml(parts: readonly Part[], onToken: OnToken = noToken): string {
  const stream = Stream.of(parts)
  const place = new Place()
  let output = ''
  let statementStart = true
  while (!stream.ended) {
    onToken(stream.read, output.length)
    const space = stream.take(SPACE)
    if (space !== undefined) {
      output += joinedText(space)
      continue
    }
    const comment = stream.take(COMMENT)
    const quoted = comment === undefined ? quotedToken(stream, place.key) : undefined
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
