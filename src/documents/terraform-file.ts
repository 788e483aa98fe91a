/**
 * Heredocs in files of Terraform's language
 * (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#template-expressions), with the names of the blocks and
 * arguments that they stand in. Only as much of the language is read as that takes.
 */
import { EmbeddedTextBuilder, type EmbeddedText } from './embedded-text.ts'
import { endOf, terraformText } from './terraform-text.ts'
import type { Comment } from './variant-comment.ts'

/** A text between `<<WORD` and `WORD`. */
export interface Heredoc {
  /** Names of blocks with their labels, then of arguments. */
  readonly path: readonly string[]
  readonly text: EmbeddedText
  /** Offset of its first line. */
  readonly start: number
}

export interface TerraformFile {
  readonly heredocs: readonly Heredoc[]
  readonly comments: readonly Comment[]
}

const TOKEN =
  /(?<space>[^\S\n]+)|(?<comment>#[^\n]*|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))|<<(?<flush>-?)(?<tag>[\p{L}_][\p{L}\p{N}_-]*)[^\S\n]*\n|(?<word>[\p{L}_][\p{L}\p{N}_-]*)|(?<quote>")|(?<sign>[^])/uy

/** Nobody nests more of them, so that the names of a place need not be longer. */
const MAX_NAMED_BLOCKS = 16

/** What is between two braces. */
interface Frame {
  /** The beginning of a statement: a type of blocks with labels, or the name of an argument. */
  words: string[]
  /** The argument, once its value has begun. */
  name?: string
  /** How many other brackets are open, in which a line's end ends nothing. */
  depth: number
}

/** A heredoc's lines, without the indentation that all of them have if that does not count. */
function linesOf(text: string, start: number, end: number, isFlush: boolean): EmbeddedText {
  const lines = [...text.slice(start, end).matchAll(/([^\n]*?)(\r?\n)/gy)]
  const indents = lines.flatMap(([, line = '']) => (line.trim() === '' ? [] : [line.search(/[^ \t]/)]))
  const indent = isFlush ? indents.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) : 0
  const builder = new EmbeddedTextBuilder()
  for (const { index, 1: line = '', 2: ending = '' } of lines) {
    const own = line.slice(Math.min(indent, line.length))
    const behind = start + index + line.length
    builder.addPlain(own, behind - own.length)
    builder.add('\n', behind, behind + ending.length)
  }
  return builder.build()
}

class Reader {
  readonly heredocs: Heredoc[] = []
  readonly comments: Comment[] = []
  private readonly text: string
  private readonly frames: Frame[] = []
  private frame: Frame = { words: [], depth: 0 }

  constructor(text: string) {
    this.text = text
  }

  read(): void {
    for (let at: number | undefined = 0; at !== undefined && at < this.text.length;) at = this.token(at)
  }

  /** @returns the offset behind the token; undefined if the rest cannot be read */
  private token(at: number): number | undefined {
    TOKEN.lastIndex = at
    const { 0: all = '', groups = {} } = TOKEN.exec(this.text) ?? {}
    const { comment, tag, flush, word, quote, sign } = groups
    const behind = at + all.length
    if (comment !== undefined) this.comments.push({ text: comment, start: at })
    else if (tag !== undefined) return this.heredoc(behind, tag, flush === '-')
    else if (word !== undefined) this.word(word)
    else if (sign !== undefined) this.sign(sign)
    else if (quote !== undefined) {
      const end = endOf(this.text, behind, '"')
      if (end !== undefined) this.word(this.text.slice(behind, end).replace(/"$/, ''))
      return end
    }
    return behind
  }

  private word(word: string): void {
    if (this.frame.name === undefined) this.frame.words.push(word)
  }

  private sign(sign: string): void {
    const { frame } = this
    switch (sign) {
      case '{':
        this.frames.push(frame)
        this.frame = { words: [], depth: 0 }
        break
      case '}':
        this.frame = this.frames.pop() ?? frame
        break
      case '(':
      case '[':
        frame.depth += 1
        break
      case ')':
      case ']':
        frame.depth = Math.max(0, frame.depth - 1)
        break
      case '=':
      case ':':
        if (frame.depth === 0) frame.name ??= frame.words.at(-1) ?? ''
        break
      case '\n':
      case ',':
        if (frame.depth > 0) break
        frame.words = []
        delete frame.name
        break
    }
  }

  private get path(): readonly string[] {
    const around = [...this.frames.slice(0, MAX_NAMED_BLOCKS), this.frame]
    return around.flatMap(({ words, name }) => (name === undefined ? words : [name]))
  }

  private heredoc(start: number, tag: string, isFlush: boolean): number | undefined {
    const ending = new RegExp(`^[ \\t]*${tag}[ \\t]*\\r?$`, 'mu')
    const found = ending.exec(this.text.slice(start))
    if (found === null) return undefined
    const end = start + found.index
    this.heredocs.push({ path: this.path, text: terraformText(linesOf(this.text, start, end, isFlush)), start })
    return end + found[0].length
  }
}

/** Reads a file as far as its heredocs can be told apart from the rest. @param text without a byte order mark */
export function readTerraformFile(text: string): TerraformFile {
  const reader = new Reader(text)
  reader.read()
  return reader
}
