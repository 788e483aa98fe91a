/** YAML output, safe for readers of both YAML 1.1 and 1.2 (https://yaml.org/spec/1.2.2/). */
import { sortedEntries } from '../../lib/byte-order.ts'
import { formatDouble, isJsonArray, isJsonObject, type JsonValue } from '../../lib/json.ts'
import { hasValue, integerText, joinedText, noToken, onlyValue, Stream, textOf, unrepresentable } from './stream.ts'
import { writeComment, writeParts, type OnToken, type Part } from './stream.ts'

const SPACE = /[ \t\r\n]+/y
const COMMENT = /#[^\n]*/y
const DOUBLE = /"(?:[^"\\]|\\[^])*"?/y
const SINGLE = /'(?:[^']|'')*'?/y
const INDICATOR = /[-?:](?=[ \t\r\n]|$)|:/y
const DOCUMENT = /(?:---|\.\.\.)(?=[ \t\r\n]|$)/y
const BLOCK_SCALAR = /[|>][-+0-9]*[ \t]*(?:#[^\n]*)?\r?\n/y
const PROPERTY = /[&*!][^\s,[\]{}\udfff]*/y
// a plain scalar of one line; `: ` and ` #` end it, in flow collections also their punctuation
const PLAIN = /(?:[^\s:]|:(?=\S))(?:[^\s:]|:(?=\S)|[ \t]+(?=[^\s#:]|:\S))*/y
const FLOW_PLAIN =
  /(?:[^\s:,[\]{}]|:(?=[^\s,[\]{}]))(?:[^\s:,[\]{}]|:(?=[^\s,[\]{}])|[ \t]+(?=[^\s#:,[\]{}]|:[^\s,[\]{}]))*/y

const SHORT: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const TO_ESCAPE = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/

function escapeOne(character: string): string {
  const short = SHORT[character]
  if (short !== undefined) return short
  const hex = character.charCodeAt(0).toString(16)
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`
}

const escaped = (text: string): string => text.replace(TO_ESCAPE, escapeOne)
const quote = (text: string): string => `"${escaped(text)}"`

const PLAIN_TEXT = /^[A-Za-z0-9_/.][A-Za-z0-9_/.+\-@%=~*()$^;:]*$/
const SPECIAL_WORD = /^(?:null|true|false|yes|no|on|off|y|n|nan|inf|\.nan|\.inf)$/i
// some readers of YAML 1.1 take `e0`, `e-1` or `._` for a float
const LIKE_NUMBER = /^(?:[._0-9]|[eE][-+]?[0-9])[0-9_.:eExXoObBa-fA-F+-]*$/
const LIKE_DATE = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}/

/** Whether every reader takes the bare text for a string. */
function isPlainString(text: string, flow: boolean): boolean {
  if (!PLAIN_TEXT.test(text) || SPECIAL_WORD.test(text)) return false
  if (LIKE_NUMBER.test(text) || LIKE_DATE.test(text)) return false
  return !text.endsWith(':') && !(flow && text.includes(':'))
}

const scalarString = (text: string, flow: boolean): string => (isPlainString(text, flow) ? text : quote(text))

/** YAML 1.1 wants a dot and a sign in exponent forms. */
function formatNumber(value: number): string {
  const text = formatDouble(value)
  const [mantissa = '', exponent] = text.split('e')
  if (exponent === undefined) return text
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${exponent.startsWith('-') ? '' : '+'}${exponent}`
}

function flowValue(value: JsonValue): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return formatNumber(value)
  if (isJsonArray(value)) return `[${value.map(flowValue).join(', ')}]`
  if (isJsonObject(value)) {
    return `{${sortedEntries(value)
      .map(([key, item]) => `${quote(key)}: ${flowValue(item)}`)
      .join(', ')}}`
  }
  return String(value)
}

function plainScalar(parts: readonly Part[], flow: boolean): string {
  if (!hasValue(parts)) return joinedText(parts)
  const slot = onlyValue(parts)
  if (slot === undefined) return scalarString(joinedText(parts), flow)
  const { value } = slot
  return integerText(slot) ?? (typeof value === 'string' ? scalarString(value, flow) : flowValue(value))
}

/** A single-quoted scalar stays one if it can hold its values; else it becomes a double-quoted one. */
function singleQuoted(parts: readonly Part[]): string {
  const fits = parts.every((part) => typeof part === 'string' || !UNPRINTABLE.test(textOf(part)))
  if (fits) return writeParts(parts, (text) => text.replaceAll("'", "''"))
  // template text: `''` is a quote mark, the first and the last single one are the fences
  const inner = parts.map((part) =>
    typeof part === 'string' ? part.replace(/''|'/g, (mark) => mark.slice(1)) : textOf(part),
  )
  return quote(inner.join(''))
}

/** The lines of a `|` or `>` scalar: those that are indented deeper than the line of its indicator. */
function blockScalar(stream: Stream, indent: number): string {
  const line = new RegExp(`(?:[ \\t]*\\r?\\n| {${String(indent + 1)},}[^\\n]*(?:\\n|$))+`, 'y')
  return writeParts(stream.take(line) ?? [], (text, slot) =>
    UNPRINTABLE.test(text) ? unrepresentable(slot, 'text of several lines cannot stand in a block scalar') : text,
  )
}

function indentOf(output: string): number {
  const line = output.slice(output.lastIndexOf('\n', output.length - 2) + 1)
  return /^ */.exec(line)?.[0].length ?? 0
}

/** Consumes one token and gives it back as YAML. `flow` counts the open brackets. */
class YamlWriter {
  private readonly stream: Stream
  private flow = 0
  private output = ''

  constructor(parts: readonly Part[]) {
    this.stream = Stream.of(parts)
  }

  write(onToken: OnToken): string {
    while (!this.stream.ended) {
      onToken(this.stream.read, this.output.length)
      this.output += this.structure() ?? this.quoted() ?? this.plain()
    }
    return this.output
  }

  private structure(): string | undefined {
    const { stream } = this
    const space = stream.take(SPACE) ?? (stream.atLineStart ? stream.take(DOCUMENT) : undefined)
    if (space !== undefined) return joinedText(space)
    if (stream.next === '#') return writeComment(stream.take(COMMENT) ?? [])
    const copied = this.bracket() ?? stream.take(INDICATOR) ?? stream.take(PROPERTY)
    if (copied !== undefined) return joinedText(copied)
    if (this.flow > 0) return undefined
    const block = stream.take(BLOCK_SCALAR)
    if (block === undefined) return undefined
    const opening = joinedText(block)
    return opening + blockScalar(stream, indentOf(this.output + opening))
  }

  private bracket(): Part[] | undefined {
    const opening = this.stream.take(/[[{]/y)
    if (opening !== undefined) this.flow++
    const closing = opening === undefined && this.flow > 0 ? this.stream.take(/[\]}]/y) : undefined
    if (closing !== undefined) this.flow--
    return opening ?? closing ?? (this.flow > 0 ? this.stream.take(/,/y) : undefined)
  }

  private quoted(): string | undefined {
    const double = this.stream.take(DOUBLE)
    if (double !== undefined) return writeParts(double, escaped)
    const single = this.stream.take(SINGLE)
    return single === undefined ? undefined : singleQuoted(single)
  }

  private plain(): string {
    const flow = this.flow > 0
    return plainScalar(this.stream.take(flow ? FLOW_PLAIN : PLAIN) ?? this.stream.takeOne(), flow)
  }
}

/** Writes a YAML document. */
export function writeYaml(parts: readonly Part[], onToken: OnToken = noToken): string {
  return new YamlWriter(parts).write(onToken)
}
