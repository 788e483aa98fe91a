/**
 * Which white space around tags is dropped: by `~`, and on lines that hold nothing but a block tag or a comment.
 *
 * Reference: handlebars-rust 4 decides this from the raw source while it reads, with two flags that outlive the tag that
 * set them; handlebars.js decides from the finished tree and differs in small ways.
 */
import type { Statement, TextStatement } from './tree.ts'

// the White_Space property; `\s` has U+FEFF instead of U+0085
const ANY = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const LEADING = new RegExp(`^${ANY}+`)
const BLANK = /^[ \t\n\r]*$/
const REST_OF_LINE = /^[ \t]*(?:\r\n|\n)?/
const BLANK_TO_LINE_END = /[ \t]*[\n\r]/y

const isAny = (character: string): boolean => LEADING.test(character)

function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && isAny(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

function trimEndOfLine(text: string): string {
  let end = text.length
  while (end > 0 && (text.charAt(end - 1) === ' ' || text.charAt(end - 1) === '\t')) end--
  return text.slice(0, end)
}

/** What the whitespace rules need to know of a tag. */
export interface TagSpace {
  readonly start: number
  readonly end: number
  readonly openTilde: boolean
  readonly closeTilde: boolean
  /** Comments cannot carry `~`. */
  readonly comment: boolean
  /** Whether the tag may stand alone on a line that is then dropped. */
  readonly mayStandAlone: boolean
  /** Whether the indent of such a line stays. */
  readonly keepIndent?: boolean
}

function lastText(body: readonly Statement[]): TextStatement | undefined {
  const last = body.at(-1)
  return last?.kind === 'text' ? last : undefined
}

export class WhitespaceRules {
  private readonly source: string
  private readonly bodyStart: number
  private strip = false
  private eat = false

  constructor(source: string, bodyStart: number) {
    this.source = source
    this.bodyStart = bodyStart
  }

  /**
   * Appends a run of text to the body that is open, less what the tag before it takes away.
   *
   * @param start where the run begins in the source
   */
  run(text: string, body: Statement[], start: number): void {
    if (text === '' || (this.strip && BLANK.test(text))) return
    let kept = text
    if (this.strip) {
      kept = text.replace(LEADING, '')
      this.eat = false
    } else if (this.eat) {
      kept = text.replace(REST_OF_LINE, '')
      this.eat = false
    }
    body.push({ kind: 'text', start: start + text.length - kept.length, text: kept })
  }

  /** Takes away white space before a tag and notes what it does to the text after it. `body` is open before the tag. */
  tag(tag: TagSpace, body: readonly Statement[]): void {
    const before = lastText(body)
    if (tag.openTilde && before !== undefined) before.text = trimEnd(before.text)
    if (!tag.comment) this.strip = tag.closeTilde
    if (!tag.mayStandAlone) return
    this.eat = this.standsAlone(tag)
    if (this.eat && before !== undefined && tag.keepIndent !== true) before.text = trimEndOfLine(before.text)
  }

  private standsAlone(tag: TagSpace): boolean {
    BLANK_TO_LINE_END.lastIndex = tag.end
    if (!BLANK_TO_LINE_END.test(this.source)) return false
    for (let i = tag.start - 1; i >= this.bodyStart; i--) {
      const character = this.source.charAt(i)
      if (character === '\n' || character === '\r') return true
      if (character !== ' ' && character !== '\t') return false
    }
    return true
  }
}
