/** A rendered file with a record of where its parts come from. */
import { parseForRecord, renderWithProvenance, type Provenance, type SourcePart } from '../../schnauzer/provenance.ts'
import type { KnownFacts, Template, TemplateData } from '../../schnauzer/render.ts'
import { templatePath } from '../../variants/assets.ts'
import { templateLineNumbers, templateText } from '../../variants/load.ts'
import type { Variant } from '../../variants/variant.ts'
import type { FileKey } from './file-key.ts'
import { fileKeys } from './file-keys.ts'

/** A line of a template's file. */
export interface TemplateLine {
  /** The file, below the package. */
  readonly file: string
  /** From 1, in the file as it lies there. */
  readonly line: number
  readonly text: string
}

/** A template that can be rendered with a record, and its lines. */
export class RecordedTemplate {
  readonly name: string
  readonly template: Template
  private readonly numbers: readonly number[]
  private readonly lines: readonly string[]

  /** @throws PipelineError as `parseForRecord` */
  constructor(variant: Variant, name: string) {
    const text = templateText(variant, name)
    this.name = name
    this.template = parseForRecord(name, text)
    this.numbers = templateLineNumbers(variant, name)
    this.lines = text.split('\n')
  }

  /** The line of an offset in the text that is rendered, as it lies in the template's file. */
  lineAt(offset: number): TemplateLine {
    const { line } = this.template.source.position(offset)
    const text = this.lines[line - 1] ?? ''
    return { file: templatePath(this.name), line: this.numbers[line - 1] ?? line, text }
  }
}

/** A rendering of a template. */
export class RecordedFile {
  readonly template: RecordedTemplate
  readonly provenance: Provenance
  readonly keys: readonly FileKey[]

  private constructor(template: RecordedTemplate, provenance: Provenance, keys: readonly FileKey[]) {
    this.template = template
    this.provenance = provenance
    this.keys = keys
  }

  /** Renders a template. @throws PipelineError as `renderTemplate`, for a file that the settings cannot make */
  static async of(template: RecordedTemplate, data: TemplateData, facts: KnownFacts): Promise<RecordedFile> {
    const provenance = renderWithProvenance(template.template, data, facts)
    const keys = await fileKeys(template.template.outputFormat, provenance.text)
    return new RecordedFile(template, provenance, keys)
  }

  get text(): string {
    return this.provenance.text
  }

  /** The line of an offset in the file, from 1. */
  lineOf(offset: number): number {
    return this.text.slice(0, offset).split('\n').length
  }

  /** The parts of a stretch. */
  partsIn(start: number, end: number): SourcePart[] {
    const touches = (part: SourcePart): boolean =>
      part.start === part.end ? part.start >= start && part.start <= end : part.start < end && part.end > start
    return this.provenance.parts.filter(touches)
  }

  /** The lines of the template that wrote a stretch. */
  templateLines(start: number, end: number): TemplateLine[] {
    const lines = new Map<number, TemplateLine>()
    const add = (offset: number): void => {
      const line = this.template.lineAt(offset)
      lines.set(line.line, line)
    }
    for (const part of this.partsIn(start, end)) {
      const isClipped = part.isText && part.end - part.start === part.length
      const from = part.offset + (isClipped ? Math.max(0, start - part.start) : 0)
      const to = part.offset + part.length - (isClipped ? Math.max(0, part.end - end) : 0)
      const source = this.template.template.source.text
      for (let at = from; at < to; at = source.indexOf('\n', at) + 1) {
        // the end of a line is not what makes the part
        if (part.isText && source.slice(at, to).trim() === '') break
        add(at)
        if (!source.slice(at, to).includes('\n')) break
      }
    }
    return [...lines.values()].sort((a, b) => a.line - b.line)
  }
}
