/**
 * Recording of where rendered output comes from: for each part of it the place in the template, the settings that it shows
 * or is made of, and the blocks that it stands in with what they decide by.
 *
 * Nothing is recorded, and no time is spent, unless a rendering is given a trace.
 */
import { SLOT } from './output/stream.ts'
import type { Atom, Operand, Origin } from './values.ts'

/** A block that chooses or repeats output. */
export interface TraceBlock {
  readonly name: string
  /** Of its opening tag in the template's text, in UTF-16 units. */
  readonly offset: number
  /** What it decides by. */
  readonly reads: readonly Origin[]
}

/** A part of the output before its values are written by the rules of the format. */
export interface TracePart {
  /** In the output in which each value is a `SLOT`, in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** Of the text or of the tag in the template's text, in UTF-16 units. */
  readonly offset: number
  /** It is text of the template, so that each of its characters stands there. */
  readonly isText: boolean
  /** The value that is shown, if it comes from somewhere. */
  readonly shows: Origin | undefined
  /** It is the name of what `shows` leads to. */
  readonly isKey: boolean
  /** What else it is made of. */
  readonly reads: readonly Origin[]
  /** From the outermost on. */
  readonly blocks: readonly TraceBlock[]
}

const NONE: readonly Origin[] = []

/** What some operands were made of. */
export function readsOf(operands: readonly Operand[]): readonly Origin[] {
  const reads = operands.flatMap(({ reads: own, origin }) => own ?? (origin === undefined ? NONE : [origin]))
  return reads.length === 0 ? NONE : reads
}

/** One rendering as it went. */
export class Trace {
  readonly parts: TracePart[] = []
  private blocks: readonly TraceBlock[] = []
  private length = 0

  /** Text or a value goes to the output. */
  printed(offset: number, piece: string | Atom, reads: readonly Origin[]): void {
    const isText = typeof piece === 'string'
    const start = this.length
    this.length += isText ? piece.length : SLOT.length
    this.parts.push({
      ...{ start, end: this.length, offset, reads, blocks: this.blocks },
      isText: isText && reads.length === 0,
      shows: isText ? undefined : piece.origin,
      isKey: !isText && piece.isKey === true,
    })
  }

  /** What is printed from now on stands in this block. */
  enter(block: TraceBlock): void {
    this.blocks = [...this.blocks, block]
  }

  leave(): void {
    this.blocks = this.blocks.slice(0, -1)
  }
}
