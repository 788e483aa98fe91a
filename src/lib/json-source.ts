/**
 * JSON documents with the places of their keys and values.
 */
import { visit } from 'jsonc-parser'
import type { Diagnostic } from './diagnostics.ts'
import { withoutValues } from './without-values.ts'
import { JsonSyntaxError, parseJson } from './json-parse.ts'
import type { JsonValue } from './json.ts'
import { PlaceFinder, SourceTree, type ParsedDocument, type SourceMap } from './source-map.ts'

interface Frame {
  /** The position of the next element, or undefined in an object. */
  index: number | undefined
  readonly start: number
  name: string
}

/** Follows the scanner and notes each value under its path. */
class Recorder {
  readonly tree: SourceTree
  private readonly places: PlaceFinder
  private readonly frames: Frame[] = []

  constructor(text: string, file: string) {
    this.tree = new SourceTree(file)
    this.places = new PlaceFinder(text, file)
  }

  private path(): (string | number)[] {
    return this.frames.map((frame) => frame.index ?? frame.name)
  }

  name(name: string, offset: number, length: number): void {
    const frame = this.frames.at(-1)
    if (frame !== undefined) frame.name = name
    const path = this.path()
    // a repeated member: the last one counts
    this.tree.remove(path)
    this.tree.add(path, this.places.place(offset, offset + length), undefined)
  }

  open(isArray: boolean, offset: number): void {
    this.frames.push({ index: isArray ? 0 : undefined, start: offset, name: '' })
  }

  close(offset: number, length: number): void {
    const start = this.frames.pop()?.start ?? offset
    this.value(start, offset + length)
  }

  value(start: number, end: number): void {
    this.tree.add(this.path(), undefined, this.places.place(start, end))
    const frame = this.frames.at(-1)
    if (frame?.index !== undefined) frame.index += 1
  }
}

/** The places of a text that `parseJson` accepts. */
function jsonSourceMap(text: string, file: string): SourceMap {
  const recorder = new Recorder(text, file)
  visit(text, {
    onObjectBegin: (offset) => {
      recorder.open(false, offset)
    },
    onArrayBegin: (offset) => {
      recorder.open(true, offset)
    },
    onObjectEnd: (offset, length) => {
      recorder.close(offset, length)
    },
    onArrayEnd: (offset, length) => {
      recorder.close(offset, length)
    },
    onObjectProperty: (name, offset, length) => {
      recorder.name(name, offset, length)
    },
    onLiteralValue: (_value, offset, length) => {
      recorder.value(offset, offset + length)
    },
  })
  return recorder.tree
}

/** Advice for what people take over from JavaScript and Python. */
function syntaxHint(text: string, offset: number): string | undefined {
  const [before, behind] = [text.slice(0, offset).trimEnd(), text.slice(offset)]
  if (before.endsWith(',') && /^[}\]]/.test(behind)) return 'remove the comma before it'
  if (behind.startsWith("'")) return 'strings go into double quotes'
  if (/^\/[/*]/.test(behind)) return 'JSON has no comments'
  const word = /^(?:True|False|None)\b/.exec(behind)?.[0]
  return word === undefined ? undefined : `write ${word === 'None' ? 'null' : word.toLowerCase()}`
}

/** Reads a JSON document (RFC 8259). Its first syntax error is a diagnostic; one leading byte order mark is skipped. */
export function parseJsonSource(text: string, file: string): ParsedDocument<JsonValue> {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text
  try {
    return { ok: true, tree: parseJson(body), sourceMap: jsonSourceMap(body, file) }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    const at = new PlaceFinder(body, file).place(error.offset, Math.min(error.offset + 1, body.length))
    const message = error.message.replace(/ at line \d+ column \d+$/, '')
    const hint = syntaxHint(body, error.offset)
    const fault: Diagnostic = {
      code: 'USERDATA_JSON_SYNTAX',
      severity: 'error',
      message,
      ...(hint !== undefined && { hint }),
      at,
    }
    return { ok: false, diagnostics: withoutValues([fault], body) }
  }
}
