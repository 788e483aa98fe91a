/**
 * Going on behind a fault. The parser stops at the first one, but people want to see all of them: each faulty statement
 * is blanked out and each second definition gets another name, without moving anything, until the rest can be read.
 */
import { ParseError, type AST } from 'toml-eslint-parser'
import { faultOf, isDuplicateError, parseAst } from './ast.ts'
import { renameAt } from './duplicates.ts'
import type { Stretch } from './template-text.ts'

/** More than anybody wants to read about one document. */
const MAX_FAULTS = 50
/** How far up the beginning of a statement is looked for, in lines. */
const MAX_STATEMENT_LINES = 400

/** A statement that the parser could not read. */
export interface SyntaxFault {
  /** Where the parser stopped. */
  readonly index: number
  readonly message: string
  /** The statement that the place belongs to. */
  readonly statement: Stretch
}

export interface RepairedText {
  /** The syntax tree of everything that can be read; undefined if even that is not to be had. */
  readonly ast: AST.TOMLProgram | undefined
  readonly faults: readonly SyntaxFault[]
  /** Offset of a renamed key part to the name that it has in the user's text. */
  readonly renamed: ReadonlyMap<number, string>
}

function lineStart(text: string, index: number): number {
  return index === 0 ? 0 : text.lastIndexOf('\n', index - 1) + 1
}

function lineEnd(text: string, index: number): number {
  const end = text.indexOf('\n', index)
  return end < 0 ? text.length : end
}

/** Whether a text ends where a statement may begin. */
function isComplete(text: string): boolean {
  const fault = faultOf(text)
  return fault === undefined || isDuplicateError(fault)
}

function statementStart(text: string, index: number): number | undefined {
  let start = lineStart(text, index)
  for (let i = 0; i < MAX_STATEMENT_LINES; i++) {
    if (start === 0 || isComplete(text.slice(0, start))) return start
    start = lineStart(text, start - 1)
  }
  return undefined
}

const NEXT_HEADER = /^[ \t]*\[/m
const STATEMENT = /[ \t]*(?:[\w."'-]+[ \t]*=|\[\[?[\w."' -]+\]\]?[ \t]*(?:#.*)?$)/my
const STRINGS_AND_COMMENTS = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*/g

/** How many brackets a piece of a document leaves open. */
function openBrackets(text: string): number {
  const bare = text.replace(STRINGS_AND_COMMENTS, '')
  return (bare.match(/[[{]/g)?.length ?? 0) - (bare.match(/[\]}]/g)?.length ?? 0)
}

/** Where a faulty statement that begins at `start` ends, at a guess: behind its last line, or with its brackets. */
function statementEnd(text: string, start: number, index: number): number {
  const end = lineEnd(text, index)
  const isHeader = /^[ \t]*\[/.test(text.slice(start, end))
  if (isHeader) {
    // what stands under an unreadable header belongs to nothing
    const next = NEXT_HEADER.exec(text.slice(end))
    return next === null ? text.length : end + next.index
  }
  const open = openBrackets(text.slice(start, end))
  if (open <= 0) return end
  for (let at = end, depth = open; at < text.length;) {
    const next = lineEnd(text, at + 1)
    depth += openBrackets(text.slice(at, next))
    if (depth <= 0) return next
    at = next
  }
  // never closed: then the line in which the parser stopped is the next statement, if it looks like one
  const last = lineStart(text, index)
  STATEMENT.lastIndex = last
  return last > start && STATEMENT.test(text) ? last : end
}

function blank(text: string, { start, end }: Stretch): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end)
}

/** One text and what was done to it so far. */
class Repair {
  readonly faults: SyntaxFault[] = []
  readonly renamed = new Map<number, string>()
  private text: string
  private fault: unknown

  constructor(text: string, fault: unknown) {
    this.text = text
    this.fault = fault
  }

  run(): AST.TOMLProgram | undefined {
    while (this.fault !== undefined && this.faults.length + this.renamed.size < MAX_FAULTS) {
      if (this.rename() || this.blankOut()) continue
      return undefined
    }
    return this.fault === undefined ? parseAst(this.text) : undefined
  }

  private rename(): boolean {
    if (!isDuplicateError(this.fault) || this.renamed.has(this.fault.index)) return false
    const { index } = this.fault
    const renaming = renameAt(this.text, index, this.renamed)
    if (renaming === undefined) return false
    this.renamed.set(index, renaming.meaning)
    ;({ text: this.text, fault: this.fault } = renaming)
    return true
  }

  private blankOut(): boolean {
    if (!(this.fault instanceof ParseError)) return false
    const { index, message } = this.fault
    const start = statementStart(this.text, index)
    const end = start === undefined ? lineEnd(this.text, index) : statementEnd(this.text, start, index)
    this.faults.push({ index, message, statement: { start: start ?? lineStart(this.text, index), end } })
    if (start === undefined) return false
    const blanked = blank(this.text, { start, end })
    if (blanked === this.text) return false
    this.text = blanked
    this.fault = faultOf(blanked)
    return true
  }
}

/** Reads what can be read of a text that the parser refused with `fault`. */
export function repair(text: string, fault: unknown): RepairedText {
  const attempt = new Repair(text, fault)
  const ast = attempt.run()
  return { ast, faults: attempt.faults, renamed: attempt.renamed }
}
