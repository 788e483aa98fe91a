/** A text that stands inside of another file: indented in YAML, escaped in JSON, with parts that are not known yet. */
import type { Place } from '../lib/diagnostics.ts'
import { PlaceFinder, type DocumentPath, type SourceMap } from '../lib/source-map.ts'
import type { Stretch } from '../toml/template-text.ts'

/** A text with the place of each of its characters (UTF-16 units) in the outer file. */
export interface EmbeddedText {
  readonly text: string
  /** Offset in the outer file of each character. */
  readonly starts: readonly number[]
  /** Offset behind it. */
  readonly ends: readonly number[]
  /** Parts that take their value only later, such as a parameter of a template. */
  readonly unknown: readonly Stretch[]
}

/** Puts an embedded text together from pieces of the outer file. */
export class EmbeddedTextBuilder {
  private text = ''
  private readonly starts: number[] = []
  private readonly ends: number[] = []
  private readonly unknown: Stretch[] = []

  /** Characters that stand for the outer stretch as a whole. */
  add(text: string, start: number, end: number): void {
    for (let i = 0; i < text.length; i++) {
      this.starts.push(start)
      this.ends.push(end)
    }
    this.text += text
  }

  /** Characters that are written out in the outer file from `start` on. */
  addPlain(text: string, start: number): void {
    for (let i = 0; i < text.length; i++) {
      this.starts.push(start + i)
      this.ends.push(start + i + 1)
    }
    this.text += text
  }

  /** Something that is not known yet; the text is what stands for it. */
  addUnknown(text: string, start: number, end: number): void {
    this.unknown.push({ start: this.text.length, end: this.text.length + text.length })
    this.add(text, start, end)
  }

  addEmbedded(other: EmbeddedText): void {
    const by = this.text.length
    this.text += other.text
    for (const start of other.starts) this.starts.push(start)
    for (const end of other.ends) this.ends.push(end)
    for (const { start, end } of other.unknown) this.unknown.push({ start: start + by, end: end + by })
  }

  build(): EmbeddedText {
    return { text: this.text, starts: this.starts, ends: this.ends, unknown: this.unknown }
  }
}

/** A stretch of an embedded text as a text of its own. */
export function sliceEmbedded({ text, starts, ends }: EmbeddedText, start: number, end: number): EmbeddedText {
  return { text: text.slice(start, end), starts: starts.slice(start, end), ends: ends.slice(start, end), unknown: [] }
}

/** From places in a document to places in the file that it stands in. */
export type Relocate = (place: Place) => Place

/** How to find places of an embedded text in the outer file. */
export function relocator(embedded: EmbeddedText, outer: PlaceFinder): Relocate {
  const { text, starts, ends } = embedded
  const inner = new PlaceFinder(text, outer.file)
  const behind = ends.at(-1) ?? 0
  return ({ line, column, endLine, endColumn }) => {
    const start = inner.offset(line, column)
    const end = inner.offset(endLine, endColumn)
    const from = starts[start] ?? behind
    return outer.place(from, end > start ? (ends[end - 1] ?? behind) : from)
  }
}

/** A source map whose places are those of the outer file. */
export class RelocatedSourceMap implements SourceMap {
  readonly file: string
  private readonly inner: SourceMap
  private readonly relocate: Relocate

  constructor(inner: SourceMap, relocate: Relocate) {
    this.file = inner.file
    this.inner = inner
    this.relocate = relocate
  }

  key(path: DocumentPath): Place | undefined {
    const place = this.inner.key(path)
    return place && this.relocate(place)
  }

  value(path: DocumentPath): Place | undefined {
    const place = this.inner.value(path)
    return place && this.relocate(place)
  }
}
