/** The front matter of a template file: what stands above its `+++` line. */
import { faultError, type Fault } from './failures.ts'
import { isOutputFormat, OUTPUT_FORMATS, type OutputFormat } from './output/write.ts'
import type { Requirement } from './requirement.ts'
import { SyntaxFault } from './scanner.ts'
import type { SourceText } from './source-text.ts'
import { TomlReader, type TomlEntry, type TomlNode, type TomlTable } from './toml-subset.ts'

export interface FrontMatter {
  readonly requirements: readonly Requirement[]
  readonly outputFormat: OutputFormat
  /** Offset of the body's first character. */
  readonly bodyStart: number
}

class SchemaReader {
  readonly faults: Fault[] = []

  private report(at: { start: number; end: number }, message: string): void {
    this.faults.push({ code: 'TEMPLATE_FRONT_MATTER', message, start: at.start, end: at.end })
  }

  outputFormat(root: TomlTable): OutputFormat {
    const value = root.entries.find(({ key }) => key === 'output-format')?.value
    if (value === undefined) return 'text'
    if (value.kind === 'string' && isOutputFormat(value.value)) return value.value
    this.report(value, `'output-format' is one of ${OUTPUT_FORMATS.join(', ')}`)
    return 'text'
  }

  requirements(root: TomlTable): Requirement[] {
    for (const entry of root.entries) {
      if (entry.key !== 'required-extensions' && entry.key !== 'output-format') {
        this.report(entry, `'${entry.key}' has no meaning in front matter`)
      }
    }
    const table = root.entries.find(({ key }) => key === 'required-extensions')?.value
    if (table === undefined) return []
    if (table.kind === 'table') return table.entries.map((entry) => this.requirement(entry))
    this.report(table, "'required-extensions' is a table")
    return []
  }

  private requirement({ key, value, start, end }: TomlEntry): Requirement {
    if (value.kind === 'string') return { extension: key, version: value.value, helpers: [] }
    if (value.kind !== 'table') {
      this.report(value, `'${key}' is a version, or a table with a version`)
      return { extension: key, version: '', helpers: [] }
    }
    let version: string | undefined
    let helpers: string[] = []
    for (const field of value.entries) {
      if (field.key === 'version') version = this.string(field.value)
      else if (field.key === 'helpers') helpers = this.strings(field.value)
      else if (field.key !== 'optional') this.report(field, `'${field.key}' has no meaning here`)
      else if (field.value.kind !== 'boolean') this.report(field.value, "'optional' is a boolean")
    }
    const missing = !value.entries.some((field) => field.key === 'version')
    if (missing) this.report({ start, end }, `'${key}' has no version`)
    return { extension: key, version: version ?? '', helpers }
  }

  private string(value: TomlNode): string {
    if (value.kind === 'string') return value.value
    this.report(value, 'a string is expected here')
    return ''
  }

  private strings(value: TomlNode): string[] {
    if (value.kind === 'array') return value.items.map((item) => this.string(item))
    this.report(value, 'an array of strings is expected here')
    return []
  }
}

/** Reads the front matter. @throws PipelineError `TEMPLATE_FRONT_MATTER` */
export function readFrontMatter(source: SourceText): FrontMatter {
  const schema = new SchemaReader()
  let bodyStart = 0
  let requirements: Requirement[] = []
  let outputFormat: OutputFormat = 'text'
  try {
    const read = new TomlReader(source.text).read()
    bodyStart = read.bodyStart
    outputFormat = schema.outputFormat(read.root)
    requirements = schema.requirements(read.root)
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    const { message, start, end } = error
    schema.faults.push({ code: 'TEMPLATE_FRONT_MATTER', message, start, end })
  }
  const [first, ...rest] = schema.faults
  if (first !== undefined) throw faultError(source, [first, ...rest])
  return { requirements, outputFormat, bodyStart }
}
