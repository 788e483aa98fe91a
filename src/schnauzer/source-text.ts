import type { Place } from '../lib/diagnostics.ts'

/** A named text whose offsets can be turned into lines and columns. LF, CR and CRLF end a line. */
export class SourceText {
  readonly name: string
  readonly text: string
  private lineStarts: readonly number[] | undefined

  constructor(name: string, text: string) {
    this.name = name
    this.text = text
  }

  private starts(): readonly number[] {
    if (this.lineStarts === undefined) {
      const starts = [0]
      for (const match of this.text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length)
      this.lineStarts = starts
    }
    return this.lineStarts
  }

  /** Line and column of an offset in UTF-16 units; both count from 1, columns in code points. */
  position(offset: number): { line: number; column: number } {
    const starts = this.starts()
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: [...this.text.slice(starts[low], offset)].length + 1 }
  }

  /** The stretch from one offset to another. */
  place(start: number, end: number): Place {
    const from = this.position(start)
    const to = this.position(Math.max(start, end))
    return { file: this.name, line: from.line, column: from.column, endLine: to.line, endColumn: to.column }
  }
}
