/** Where each part of a rendered file comes from: recorded while the file is rendered. */
import { BodyCompiler } from './compile.ts'
import { renderRecorded, type KnownFacts, type RecordedParts, type Template, type TemplateData } from './render.ts'
import { readTemplate } from './template.ts'
import type { TraceBlock, TracePart } from './trace.ts'
import { originSegments, type Origin } from './values.ts'

let compiler: BodyCompiler | undefined

/**
 * Reads a template and makes it ready to be rendered with a record.
 *
 * @throws PipelineError as `readTemplate`
 */
export function parseForRecord(name: string, text: string): Template {
  const { body, ...template } = readTemplate(name, text)
  compiler ??= new BodyCompiler()
  return { ...template, compiled: compiler.compileTraced(body, template.importedHelpers) }
}

/** Segments from `settings` (or another member of what a template sees) on. */
export type ReadPath = readonly string[]

/** A block around a part of the output. */
export interface SourceBlock {
  readonly name: string
  /** Of its opening tag in the template's text, in UTF-16 units. */
  readonly offset: number
  readonly reads: readonly ReadPath[]
}

/** A part of the output and where it comes from. No part is longer than a token of the output's format. */
export interface SourcePart {
  /** In the output, in UTF-16 units. A value has its quotes with it. */
  readonly start: number
  readonly end: number
  /** Of the first character of the text, or of the tag, in the template's text. */
  readonly offset: number
  /** How much of the template's text it is; 1 for a tag. */
  readonly length: number
  /** Text of the template; else a tag put it there. */
  readonly isText: boolean
  /** What is shown, if it comes from somewhere. */
  readonly shows: ReadPath | undefined
  /** It is the name of what `shows` leads to. */
  readonly isKey: boolean
  /** What else the tag read. */
  readonly reads: readonly ReadPath[]
  /** The blocks around it, from the outermost on. */
  readonly blocks: readonly SourceBlock[]
}

export interface Provenance {
  readonly text: string
  /** In the order of the output. Parts that one token of the format consists of overlap. */
  readonly parts: readonly SourcePart[]
}

interface Stretch {
  readonly start: number
  readonly end: number
}

/** Finds places of the stream in the output. */
class TokenMap {
  private readonly read: number[]
  private readonly written: number[]

  constructor({ stream, text, tokens, slots }: RecordedParts) {
    const known = slots.length === 0 ? [[0, 0] as const] : tokens
    this.read = [...known.map(([read]) => read), stream.length]
    this.written = [...known.map(([, written]) => written), text.length]
  }

  /** The last token that begins at an offset of the stream, or before it. */
  private tokenAt(offset: number): number {
    let low = 0
    let high = this.read.length - 2
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.read[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  /** A token that is template text only is the same in the output. */
  private isCopied(token: number): boolean {
    const [from, to] = [this.read[token] as number, this.read[token + 1] as number]
    return to - from === (this.written[token + 1] as number) - (this.written[token] as number)
  }

  /** A stretch of the stream token by token, with what became of each. */
  split(start: number, end: number): { readonly from: Stretch; readonly to: Stretch }[] {
    const pieces: { from: Stretch; to: Stretch }[] = []
    for (let token = this.tokenAt(start); token < this.read.length - 1; token++) {
      const [read, next] = [this.read[token] as number, this.read[token + 1] as number]
      if (read >= end) break
      const from = { start: Math.max(start, read), end: Math.min(end, next) }
      const written = this.written[token] as number
      const to = this.isCopied(token)
        ? { start: written + from.start - read, end: written + from.end - read }
        : { start: written, end: this.written[token + 1] as number }
      if (from.end > from.start) pieces.push({ from, to })
    }
    return pieces
  }
}

const pathsOf = (origins: readonly Origin[]): ReadPath[] => {
  const paths = new Map(origins.map((origin) => [originSegments(origin).join('\u0000'), originSegments(origin)]))
  return [...paths.values()]
}

/** The parts of one rendering; what they have in common is made once. */
class PartReader {
  private readonly map: TokenMap
  private readonly blocks = new Map<TraceBlock, SourceBlock>()

  constructor(recorded: RecordedParts) {
    this.map = new TokenMap(recorded)
  }

  private blockOf(block: TraceBlock): SourceBlock {
    const { name, offset, reads } = block
    const known = this.blocks.get(block) ?? { name, offset, reads: pathsOf(reads) }
    this.blocks.set(block, known)
    return known
  }

  read(part: TracePart): SourcePart[] {
    const { isText, isKey, shows, reads, blocks } = part
    const common = {
      ...{ isText, isKey, reads: pathsOf(reads) },
      shows: shows && originSegments(shows),
      blocks: blocks.map((block) => this.blockOf(block)),
    }
    return this.map.split(part.start, part.end).map(({ from, to }): SourcePart => {
      const source = isText
        ? { offset: part.offset + from.start - part.start, length: from.end - from.start }
        : { offset: part.offset, length: 1 }
      return { ...to, ...source, ...common }
    })
  }
}

/**
 * Renders a template and tells for each part of the output where it comes from. Host names do not resolve, unless the
 * facts say so.
 *
 * @param template of `parseForRecord`
 * @throws PipelineError as `renderTemplate`
 */
export function renderWithProvenance(template: Template, data: TemplateData, facts: KnownFacts): Provenance {
  const recorded = renderRecorded(template, data, facts)
  const reader = new PartReader(recorded)
  return { text: recorded.text, parts: recorded.trace.parts.flatMap((part) => reader.read(part)) }
}
