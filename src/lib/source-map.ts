import type { Diagnostic, Place } from './diagnostics.ts'
import type { JsonObject, JsonValue } from './json.ts'

/** Where a value stands in a document: member names and list positions from the top. */
export type DocumentPath = readonly (string | number)[]

/** Places of the keys and values of one document. */
export interface SourceMap {
  /** The document's name as the user typed it. */
  readonly file: string
  /** The key that names the value, or undefined if the path is not in the document. */
  key(path: DocumentPath): Place | undefined
  /** The value. */
  value(path: DocumentPath): Place | undefined
}

/** The values of a document and where they stand. */
export interface MappedTree<T extends JsonValue = JsonObject> {
  readonly tree: T
  readonly sourceMap: SourceMap
}

/** The place of a key or a value, or of the nearest thing around it that has one. */
export function nearestPlace(sourceMap: SourceMap, path: DocumentPath, atKey: boolean): Place | undefined {
  const own = (atKey ? sourceMap.key(path) : undefined) ?? sourceMap.value(path) ?? sourceMap.key(path)
  if (own !== undefined || path.length === 0) return own
  return nearestPlace(sourceMap, path.slice(0, -1), atKey)
}

/** What became of the text of a document. */
export type ParsedDocument<T extends JsonValue = JsonObject> =
  | ({ readonly ok: true } & MappedTree<T>)
  | {
      readonly ok: false
      readonly diagnostics: readonly Diagnostic[]
      /** What could be read in spite of the faults: everything but the faulty statements. */
      readonly partial?: MappedTree<T>
    }

/** Turns offsets (UTF-16 units) of one text into places. Lines end at LF, CR LF or CR. */
export class PlaceFinder {
  readonly file: string
  readonly text: string
  private readonly lineStarts: readonly number[]
  /** Whether an offset within a line is a number of code points, too. */
  private readonly isBasicPlane: boolean

  constructor(text: string, file: string) {
    this.file = file
    this.text = text
    this.isBasicPlane = !/[\uD800-\uDFFF]/.test(text)
    this.lineStarts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)]
  }

  /** The stretch from `start` to `end` (exclusive). */
  place(start: number, end: number): Place {
    const [line, column] = this.position(start)
    const [endLine, endColumn] = this.position(Math.max(start, end))
    return { file: this.file, line, column, endLine, endColumn }
  }

  /** The offset of a line and column, which may be those of an end; one outside of the text is moved to its edge. */
  offset(line: number, column: number): number {
    const start = this.lineStarts[Math.min(line, this.lineStarts.length) - 1] ?? 0
    const before = this.isBasicPlane
      ? column - 1
      : [...this.text.slice(start, start + 2 * column)].slice(0, column - 1).join('').length
    return Math.min(start + before, this.text.length)
  }

  private position(offset: number): [line: number, column: number] {
    let low = 0
    let high = this.lineStarts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.lineStarts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    const start = this.lineStarts[low] as number
    const before = this.isBasicPlane ? offset - start : [...this.text.slice(start, offset)].length
    return [low + 1, before + 1]
  }
}

interface SourceNode {
  key?: Place
  value?: Place
  readonly children: Map<string | number, SourceNode>
}

const newNode = (): SourceNode => ({ children: new Map() })

/** A source map that is filled while a document is read. */
export class SourceTree implements SourceMap {
  readonly file: string
  private readonly root = newNode()

  constructor(file: string) {
    this.file = file
  }

  /** Notes where a value stands, and the key that names it. What is already known stays. */
  add(path: DocumentPath, key: Place | undefined, value: Place | undefined): void {
    let node = this.root
    for (const step of path) {
      const next = node.children.get(step) ?? newNode()
      node.children.set(step, next)
      node = next
    }
    if (key !== undefined) node.key ??= key
    if (value !== undefined) node.value ??= value
  }

  /** Forgets everything at and below a path, as when a later member of the same name takes its place. */
  remove(path: DocumentPath): void {
    const last = path.at(-1)
    if (last !== undefined) this.find(path.slice(0, -1))?.children.delete(last)
  }

  key(path: DocumentPath): Place | undefined {
    return this.find(path)?.key
  }

  value(path: DocumentPath): Place | undefined {
    return this.find(path)?.value
  }

  private find(path: DocumentPath): SourceNode | undefined {
    let node: SourceNode | undefined = this.root
    for (const step of path) node = node?.children.get(step)
    return node
  }
}
