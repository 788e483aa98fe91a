/** Literal block scalars of YAML (https://yaml.org/spec/1.2.2/#81-block-scalar-styles). */
import { EmbeddedTextBuilder, type EmbeddedText } from './embedded-text.ts'

const LINE = /([^\n]*?)(\r?\n|$)/gy

/** How far the lines are indented: as the first line that is not blank, unless the header says more or less. */
function indentOf(body: string): number {
  return /^(?:[ \t]*\r?\n)*( *)/.exec(body)?.[1]?.length ?? 0
}

/**
 * The places of the characters of a literal block scalar.
 *
 * @param source from its header (`|`) to its end
 * @param offset where it stands in the outer file
 * @param value what it is known to mean; undefined is returned if this function comes to something else
 */
export function embedBlock(source: string, offset: number, value: string): EmbeddedText | undefined {
  const header = source.indexOf('\n') + 1
  if (header === 0) return undefined
  const body = source.slice(header)
  const digit = /[1-9]/.exec(source.slice(0, header).replace(/#.*/, ''))
  const indents = digit === null ? [indentOf(body)] : Array.from({ length: indentOf(body) + 1 }, (_, i) => i)
  for (const indent of indents) {
    const embedded = withIndent(body, offset + header, indent, value)
    if (embedded !== undefined) return embedded
  }
  return undefined
}

function withIndent(body: string, offset: number, indent: number, value: string): EmbeddedText | undefined {
  const builder = new EmbeddedTextBuilder()
  let length = 0
  for (const { index, 1: line = '', 2: end = '' } of body.matchAll(LINE)) {
    if (line === '' && end === '') break
    const text = line.slice(indent)
    builder.addPlain(text, offset + index + line.length - text.length)
    const at = offset + index + line.length
    if (end !== '') builder.add('\n', at, at + end.length)
    length += text.length + (end === '' ? 0 : 1)
    // line ends behind the value that its chomping has taken away
    if (length >= value.length) break
  }
  const embedded = builder.build()
  return cutTo(embedded, value)
}

function cutTo(embedded: EmbeddedText, value: string): EmbeddedText | undefined {
  const { text, starts, ends } = embedded
  if (!text.startsWith(value)) return undefined
  return { text: value, starts: starts.slice(0, value.length), ends: ends.slice(0, value.length), unknown: [] }
}
