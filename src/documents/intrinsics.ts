/**
 * Texts that CloudFormation puts together
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html): what is known of
 * them before a stack exists. Parameters and attributes of resources are not.
 */
import { isJsonArray, isJsonObject, member, type JsonValue } from '../lib/json.ts'
import type { DocumentPath } from '../lib/source-map.ts'
import { EmbeddedTextBuilder, sliceEmbedded, type EmbeddedText } from './embedded-text.ts'
import type { OuterDocument } from './outer.ts'

/** A text of a template. */
export interface TemplateText {
  readonly embedded: EmbeddedText
  /** Whether each character has its own place; else all have that of the whole text. */
  readonly isExact: boolean
}

const VARIABLE = /\$\{(!?)([^{}]*)\}/g

/** `${Name}` is not known, `${!Name}` stands for `${Name}`. */
function substitute({ embedded, isExact }: TemplateText): TemplateText {
  const builder = new EmbeddedTextBuilder()
  let at = 0
  for (const { index, 0: all, 1: bang } of embedded.text.matchAll(VARIABLE)) {
    const end = index + all.length
    builder.addEmbedded(sliceEmbedded(embedded, at, index))
    if (bang === '!') {
      builder.addEmbedded(sliceEmbedded(embedded, index, index + 2))
      builder.addEmbedded(sliceEmbedded(embedded, index + 3, end))
    } else {
      builder.addUnknown(all, embedded.starts[index] ?? 0, embedded.ends[end - 1] ?? 0)
    }
    at = end
  }
  builder.addEmbedded(sliceEmbedded(embedded, at, embedded.text.length))
  return { embedded: builder.build(), isExact }
}

/** What stands for a value that is not known. */
const UNKNOWN = '${?}'

class Evaluation {
  private readonly document: OuterDocument

  constructor(document: OuterDocument) {
    this.document = document
  }

  text(value: JsonValue | undefined, path: DocumentPath): TemplateText {
    if (typeof value === 'string') return this.string(value, path)
    if (!isJsonObject(value)) return this.unknown(path)
    const [name = ''] = Object.keys(value)
    const argument = value[name]
    const below = [...path, name]
    if (name === 'Fn::Base64') return this.text(argument, below)
    if (name === 'Fn::Sub') return this.sub(argument, below)
    if (name === 'Fn::Join') return this.join(argument, below)
    // one branch is as good as the other
    if (name === 'Fn::If' && isJsonArray(argument)) return this.text(argument[1], [...below, 1])
    return this.unknown(path)
  }

  private outerSpan(path: DocumentPath): { start: number; end: number } {
    const { places, sourceMap } = this.document
    const place = sourceMap.value(path) ?? sourceMap.key(path)
    if (place === undefined) return path.length === 0 ? { start: 0, end: 0 } : this.outerSpan(path.slice(0, -1))
    return { start: places.offset(place.line, place.column), end: places.offset(place.endLine, place.endColumn) }
  }

  private string(value: string, path: DocumentPath): TemplateText {
    const embedded = this.document.text(path)
    if (embedded !== undefined) return { embedded, isExact: true }
    const { start, end } = this.outerSpan(path)
    const builder = new EmbeddedTextBuilder()
    builder.add(value, start, end)
    return { embedded: builder.build(), isExact: false }
  }

  private unknown(path: DocumentPath): TemplateText {
    const { start, end } = this.outerSpan(path)
    const builder = new EmbeddedTextBuilder()
    builder.addUnknown(UNKNOWN, start, end)
    return { embedded: builder.build(), isExact: true }
  }

  private sub(argument: JsonValue | undefined, path: DocumentPath): TemplateText {
    if (isJsonArray(argument)) return this.sub(argument[0], [...path, 0])
    return typeof argument === 'string' ? substitute(this.string(argument, path)) : this.unknown(path)
  }

  private join(argument: JsonValue | undefined, path: DocumentPath): TemplateText {
    const [delimiter, items] = isJsonArray(argument) ? argument : []
    if (typeof delimiter !== 'string' || !isJsonArray(items)) return this.unknown(path)
    const builder = new EmbeddedTextBuilder()
    let isExact = true
    items.forEach((item, i) => {
      const { start } = this.outerSpan([...path, 1, i])
      if (i > 0) builder.add(delimiter, start, start)
      const text = this.text(item, [...path, 1, i])
      builder.addEmbedded(text.embedded)
      isExact &&= text.isExact
    })
    return { embedded: builder.build(), isExact }
  }
}

/** The text that a string or an intrinsic function at a path stands for. */
export function templateTextAt(document: OuterDocument, value: JsonValue, path: DocumentPath): TemplateText {
  return new Evaluation(document).text(value, path)
}

/** Whether a value says by itself that it is not encoded. */
export function isEncodedByTemplate(value: JsonValue): boolean {
  return member(value, 'Fn::Base64') !== undefined
}
