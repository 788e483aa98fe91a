/**
 * Reads a template's body into a tree, in one pass, with every fault that it finds.
 *
 * The dialect is that of handlebars-rust 4 (https://docs.rs/handlebars/4), which differs from handlebars.js in many
 * details: what a path may be, string escapes, array literals, closing braces, white space.
 */
import { Scanner, SyntaxFault } from './scanner.ts'
import type { BlockStatement, CallNode, DecoratorStatement, PathNode, Statement, Stretch } from './tree.ts'
import { WhitespaceRules } from './whitespace.ts'

const MAX_BLOCKS = 120
const MAX_FAULTS = 20

interface OpenBlock {
  readonly statement: BlockStatement | DecoratorStatement
  readonly parent: Statement[]
  /** Its opening tag was faulty; a fault in its closing tag is then no news. */
  readonly faulty: boolean
}

const OPENING = /^\{\{[~ \t\r\n]*[#^][~ \t\r\n]*([A-Za-z0-9_$-]+)/
const CLOSING = /^\{\{[~ \t\r\n]*\/[ \t\r\n]*([A-Za-z0-9_$-]+)/

/** A finding of the reader. */
interface SyntaxFinding extends Stretch {
  readonly message: string
}

export interface ReadResult {
  readonly body: readonly Statement[]
  /** Empty if the body follows the syntax. */
  readonly faults: readonly SyntaxFinding[]
}

/** Reads `text` from `start` to its end. Never throws. */
export function readBody(text: string, start = 0): ReadResult {
  return new BodyReader(text, start).read()
}

class BodyReader {
  private readonly text: string
  private readonly scanner: Scanner
  private readonly space: WhitespaceRules
  private readonly faults: SyntaxFinding[] = []
  private readonly open: OpenBlock[] = []
  private readonly root: Statement[] = []
  private body: Statement[] = this.root

  constructor(text: string, start: number) {
    this.text = text
    this.scanner = new Scanner(text, start)
    this.space = new WhitespaceRules(text, start)
  }

  read(): ReadResult {
    for (;;) {
      const { position } = this.scanner
      this.space.run(this.literalText(), this.body, position)
      if (this.scanner.position >= this.text.length) break
      this.tagOrFault()
      if (this.faults.length >= MAX_FAULTS) break
    }
    if (this.faults.length < MAX_FAULTS) {
      for (const { statement } of this.open) this.report(`block '${statement.call.name}' is not closed`, statement)
    }
    return { body: this.root, faults: this.faults }
  }

  private report(message: string, { start, end }: Stretch): void {
    this.faults.push({ message, start, end })
  }

  /** Text up to the next tag, with `\{{` and `\\{{` undone. */
  private literalText(): string {
    const { text, scanner } = this
    let found = ''
    let from = scanner.position
    let search = from
    for (;;) {
      const braces = text.indexOf('{{', search)
      if (braces < 0) {
        scanner.position = text.length
        return found + text.slice(from)
      }
      let slashes = braces
      while (slashes > from && text.charAt(slashes - 1) === '\\') slashes--
      if (braces - slashes !== 1) {
        scanner.position = braces
        return found + text.slice(from, braces - (braces > slashes ? 1 : 0))
      }
      search = braces + (text.startsWith('{{', braces + 2) ? 4 : 2)
      found += text.slice(from, slashes) + text.slice(braces, search)
      from = search
    }
  }

  /** Reads one tag; after a fault, goes on behind the tag's end. */
  private tagOrFault(): void {
    const start = this.scanner.position
    try {
      this.tag(start)
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      if (!this.recover(start, error.start)) this.report(error.message, error)
    }
  }

  /** Goes to the end of a faulty tag. Returns whether its fault follows from one that is reported already. */
  private recover(start: number, faultAt: number): boolean {
    const braces = this.text.indexOf('}}', Math.max(start + 2, faultAt))
    const end = braces < 0 ? this.text.length : braces + 2
    this.scanner.position = end
    const tag = this.text.slice(start, end)
    const top = this.open.at(-1)
    if (top !== undefined && CLOSING.exec(tag)?.[1] === top.statement.call.name) {
      this.close()
      return top.faulty
    }
    // an opening tag that could not be read still opens a block, or its closing tag would be a second fault
    const name = braces < 0 ? undefined : OPENING.exec(tag)?.[1]
    if (name !== undefined && this.open.length < MAX_BLOCKS) {
      const call: CallNode = { kind: 'call', name, args: [], hash: [], start, end }
      this.push({ kind: 'block', call, params: [], body: [], inverse: undefined, start, end }, true)
    }
    return false
  }

  private push(statement: BlockStatement | DecoratorStatement, faulty = false): void {
    this.body.push(statement)
    this.open.push({ statement, parent: this.body, faulty })
    this.body = statement.body
  }

  private close(): void {
    this.body = this.open.pop()?.parent ?? this.root
  }

  private tag(start: number): void {
    const { scanner } = this
    if (this.comment(start) || this.rawBlock(start)) return
    scanner.eat('{{')
    const openTilde = scanner.eatAfterSpace('~')
    scanner.skipSpace()
    if (scanner.eat('#')) this.blockOpen(start, openTilde)
    else if (scanner.eat('/')) this.blockClose(start, openTilde)
    else if (scanner.eat('>')) this.partial(start, openTilde)
    else if (scanner.eat('{')) this.unescaped(start, openTilde)
    else if (scanner.eat('&')) this.ampersand(start, openTilde)
    else if (!this.inverse(start, openTilde)) this.value(start, openTilde)
  }

  private comment(start: number): boolean {
    const { scanner, text } = this
    if (!scanner.eat('{{!')) return false
    const long = text.startsWith('--', scanner.position) ? text.indexOf('--}}', scanner.position + 2) : -1
    const short = long < 0 ? text.indexOf('}}', scanner.position) : -1
    if (long < 0 && short < 0) this.scanner.fail('this comment is not closed', start)
    scanner.position = long < 0 ? short + 2 : long + 4
    const { position: end } = scanner
    const space = { start, end, openTilde: false, closeTilde: false, comment: true, mayStandAlone: true }
    this.space.tag(space, this.body)
    this.body.push({ kind: 'comment' })
    return true
  }

  /** Consumes `~` and the closing braces. Returns whether the `~` is there. */
  private closeTag(start: number, braces = '}}'): boolean {
    const closeTilde = this.scanner.eatAfterSpace('~')
    if (!this.scanner.eatAfterSpace(braces)) this.failClosing(start, braces)
    return closeTilde
  }

  private failClosing(start: number, braces: string): never {
    this.scanner.skipSpace()
    const { position } = this.scanner
    if (position >= this.text.length) this.scanner.fail(`this tag is not closed by ${braces}`, start)
    throw new SyntaxFault(`${braces} or an argument is expected here`, position)
  }

  private note(
    start: number,
    openTilde: boolean,
    closeTilde: boolean,
    mayStandAlone: boolean,
    keepIndent = false,
  ): void {
    const { position: end } = this.scanner
    this.space.tag({ start, end, openTilde, closeTilde, comment: false, mayStandAlone, keepIndent }, this.body)
  }

  private expression(start: number): PathNode | CallNode {
    this.scanner.skipSpace()
    const found = this.scanner.call() ?? this.scanner.reference()
    if (found === undefined) {
      if (this.scanner.position >= this.text.length) this.scanner.fail('this tag is not closed', start)
      this.scanner.fail('a name is expected here')
    }
    return found
  }

  private value(start: number, openTilde: boolean): void {
    const expression = this.expression(start)
    const closeTilde = this.closeTag(start)
    this.note(start, openTilde, closeTilde, false)
    this.body.push({ kind: 'value', expression, unescaped: false, start, end: this.scanner.position })
  }

  /** After `{{{` or `{{ {`: ends with `}}}`, with `~}}}`, or with `}`, space, `~` and `}}`. */
  private unescaped(start: number, openTilde: boolean): void {
    const { scanner } = this
    const innerTilde = scanner.eatAfterSpace('~')
    const expression = this.expression(start)
    let closeTilde = scanner.eatAfterSpace('~')
    const whole = scanner.eatAfterSpace('}}}')
    if (!whole) {
      if (closeTilde || innerTilde || !scanner.eatAfterSpace('}')) this.failClosing(start, '}}}')
      closeTilde = this.closeTag(start)
    }
    this.note(start, openTilde || innerTilde, closeTilde, false)
    this.body.push({ kind: 'value', expression, unescaped: true, start, end: scanner.position })
  }

  private ampersand(start: number, openTilde: boolean): void {
    this.scanner.skipSpace()
    const expression = this.scanner.reference()
    if (expression === undefined) this.scanner.fail('a path is expected after `&`')
    const closeTilde = this.closeTag(start)
    this.note(start, openTilde, closeTilde, false)
    this.body.push({ kind: 'value', expression, unescaped: true, start, end: this.scanner.position })
  }

  /** `name arg… as |a b|` up to the closing braces. */
  private blockLine(start: number): { call: CallNode; params: string[] } {
    const { scanner } = this
    scanner.skipSpace()
    const nameStart = scanner.position
    const name = scanner.identifier()
    if (name === undefined) this.scanner.fail('a helper name is expected here')
    const { args, hash } = scanner.arguments()
    const call: CallNode = { kind: 'call', name, args, hash, start: nameStart, end: scanner.position }
    return { call, params: this.blockParams(start) }
  }

  private blockParams(start: number): string[] {
    const { scanner } = this
    const before = scanner.position
    scanner.skipSpace()
    if (scanner.identifier() !== 'as' || !scanner.eatAfterSpace('|')) {
      scanner.position = before
      return []
    }
    const params: string[] = []
    while (params.length < 2) {
      scanner.skipSpace()
      const name = scanner.identifier()
      if (name === undefined) break
      params.push(name)
    }
    if (params.length === 0) this.scanner.fail('one or two names are expected after `as |`')
    if (!scanner.eatAfterSpace('|'))
      this.scanner.fail('at most two block parameters, closed by `|`, are possible', start)
    return params
  }

  private blockOpen(start: number, openTilde: boolean): void {
    const { scanner } = this
    const decorator = scanner.eatAfterSpace('*')
    const { call, params } = this.blockLine(start)
    const closeTilde = this.closeTag(start)
    if (this.open.length >= MAX_BLOCKS) this.scanner.fail('blocks are nested too deeply', start)
    this.note(start, openTilde, closeTilde, true)
    const { position: end } = scanner
    if (decorator) this.push({ kind: 'decorator', call, body: [], start, end })
    else this.push({ kind: 'block', call, params, body: [], inverse: undefined, start, end })
  }

  private blockClose(start: number, openTilde: boolean): void {
    const { scanner } = this
    scanner.skipSpace()
    const name = scanner.identifier()
    if (name === undefined) this.scanner.fail('a helper name is expected after `/`')
    const closeTilde = this.closeTag(start)
    const top = this.open.at(-1)
    if (top === undefined) this.scanner.fail(`'/${name}' closes nothing`, start)
    if (top.statement.call.name !== name) {
      const known = this.open.findLastIndex(({ statement }) => statement.call.name === name)
      if (known < 0) {
        this.close()
        this.scanner.fail(`'/${name}' does not close '${top.statement.call.name}'`, start)
      }
      for (const { statement } of this.open.splice(known + 1)) {
        this.report(`block '${statement.call.name}' is not closed`, statement)
      }
    }
    this.note(start, openTilde, closeTilde, true)
    this.close()
  }

  /** `{{else}}` or `{{^}}`. A name after `else` makes it a call of a helper of that name. */
  private inverse(start: number, openTilde: boolean): boolean {
    const { scanner } = this
    const before = scanner.position
    const word = scanner.eat('^') || scanner.identifier() === 'else'
    const closeTilde = word && scanner.eatAfterSpace('~')
    if (!word || !scanner.eatAfterSpace('}}')) {
      scanner.position = before
      return false
    }
    const statement = this.open.at(-1)?.statement
    if (statement === undefined || statement.kind !== 'block')
      this.scanner.fail('this `else` belongs to no block', start)
    if (statement.inverse !== undefined) this.scanner.fail(`block '${statement.call.name}' has a second else`, start)
    this.note(start, openTilde, closeTilde, true)
    statement.inverse = []
    this.body = statement.inverse
    return true
  }

  private partial(start: number, openTilde: boolean): void {
    const { scanner } = this
    scanner.skipSpace()
    const name = this.partialName()
    const { args, hash } = scanner.arguments()
    const closeTilde = this.closeTag(start)
    this.note(start, openTilde, closeTilde, true, true)
    this.body.push({ kind: 'partial', name, args, hash, start, end: scanner.position })
  }

  private partialName(): string | CallNode {
    const { scanner } = this
    const bare = scanner.match(/[A-Za-z0-9_./:\-\u0080-\uffff]+/y) ?? scanner.match(/\[[^\]]+\]|'[^']+'|"[^"]+"/y)
    if (bare !== undefined) return /^[['"]/.test(bare) ? bare.slice(1, -1) : bare
    const reference = scanner.reference()
    return reference?.kind === 'call' ? reference : this.scanner.fail('the name of a partial is expected here')
  }

  /** `{{{{name}}}}…{{{{/name}}}}`: everything between is text. */
  private rawBlock(start: number): boolean {
    const { scanner } = this
    if (!scanner.eat('{{{{')) return false
    const openTilde = scanner.eatAfterSpace('~')
    const { call, params } = this.blockLine(start)
    const closeTilde = this.closeTag(start, '}}}}')
    this.note(start, openTilde, closeTilde, true)
    const { position: end } = scanner
    const body: Statement[] = []
    this.body.push({ kind: 'block', call, params, body, inverse: undefined, start, end })
    scanner.skipSpace()
    const from = scanner.position
    const close = this.text.indexOf('{{{{', from)
    if (close < 0) this.scanner.fail(`raw block '${call.name}' is not closed`, start)
    this.space.run(this.text.slice(from, close), body, from)
    scanner.position = close + 4
    const endTilde = scanner.eatAfterSpace('~')
    scanner.skipSpace()
    if (!scanner.eat('/')) this.scanner.fail(`raw block '${call.name}' is not closed`, close)
    scanner.skipSpace()
    if (scanner.identifier() !== call.name) this.scanner.fail(`this does not close '${call.name}'`, close)
    const closing = this.closeTag(close, '}}}}')
    const mark = { start: close, end: scanner.position, openTilde: endTilde, closeTilde: closing }
    this.space.tag({ ...mark, comment: false, mayStandAlone: true }, body)
    return true
  }
}
