/**
 * What may stand inside a tag: identifiers, paths, literals, calls. A recursive-descent reader without look-back: each
 * method either consumes what it names, or leaves the position alone and returns undefined, or throws `SyntaxFault`.
 */
import { parseJson, parseNumberLiteral } from '../lib/json-parse.ts'
import { jsonObject, type JsonValue } from '../lib/json.ts'
import type { CallNode, Expression, LiteralNode, PathNode } from './tree.ts'

/** A tag that does not follow the syntax. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault'
  readonly start: number
  readonly end: number

  constructor(message: string, start: number, end = start + 1) {
    super(message)
    this.start = start
    this.end = end
  }
}

const MAX_NESTING = 120
const SPACE = /[ \t\n\r]*/y
const IDENTIFIER = /[A-Za-z0-9_$\-\u0080-\uffff]+/y
const SYMBOL = /[A-Za-z0-9_$\-\u0080-\uffff]/
const NUMBER = /-?[0-9]+\.?[0-9]*(?:E-?[0-9]+)?/y
const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:E-?[0-9]+)?$/
const DOUBLE_QUOTED = /"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/y
const SINGLE_QUOTED = /'(?:[^'\\\u0000-\u001f]|\\['\\/bfnrt]|\\u[0-9a-fA-F]{4})*'/y
const RESERVED = ['as', 'else']
const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

interface Arguments {
  readonly args: Expression[]
  readonly hash: (readonly [string, Expression])[]
}

export class Scanner {
  readonly text: string
  position: number
  private nesting = 0

  constructor(text: string, position: number) {
    this.text = text
    this.position = position
  }

  /** Consumes what a sticky expression matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.position += found.length
    return found
  }

  skipSpace(): void {
    this.match(SPACE)
  }

  /** Consumes exactly this text. */
  eat(expected: string): boolean {
    if (!this.text.startsWith(expected, this.position)) return false
    this.position += expected.length
    return true
  }

  /** Consumes optional space, then this text; neither if the text is not there. */
  eatAfterSpace(expected: string): boolean {
    const start = this.position
    this.skipSpace()
    if (this.eat(expected)) return true
    this.position = start
    return false
  }

  fail(message: string, start = this.position): never {
    throw new SyntaxFault(message, start, Math.max(start + 1, this.position))
  }

  identifier(): string | undefined {
    return this.match(IDENTIFIER)
  }

  private symbolAt(position: number): boolean {
    return SYMBOL.test(this.text.charAt(position))
  }

  /** A path, or undefined. */
  path(): PathNode | undefined {
    const start = this.position
    const prefixed = this.eat('./') || this.eat('this.') || this.eat('this/')
    const fromRoot = this.eat('@root.') || this.eat('@root/')
    const local = this.eat('@')
    let up = 0
    while (this.eat('../')) up++
    const segments: string[] = []
    let bracketed = false
    for (;;) {
      const before = this.position
      if (segments.length > 0 && !this.eat('.') && !this.eat('/')) break
      const segment = this.bracketed() ?? this.identifier()
      if (segment === undefined) {
        this.position = before
        break
      }
      bracketed ||= this.text.charAt(this.position - 1) === ']'
      segments.push(segment)
    }
    if (segments.length === 0) {
      this.position = start
      return undefined
    }
    const plain = !prefixed && !fromRoot && !local && up === 0 && !bracketed && segments.length === 1
    return {
      kind: 'path',
      written: this.text.slice(start, this.position),
      fromRoot,
      local,
      up,
      segments: segments.filter((segment) => segment !== 'this'),
      identifier: plain ? segments[0] : undefined,
      start,
      end: this.position,
    }
  }

  private bracketed(): string | undefined {
    if (this.text.charAt(this.position) !== '[') return undefined
    const end = this.text.indexOf(']', this.position)
    if (end < 0) return undefined
    const content = this.text.slice(this.position + 1, end)
    this.position = end + 1
    return content
  }

  /** `name arg…` with at least one argument, or undefined. */
  call(): CallNode | undefined {
    const start = this.position
    const name = this.identifier()
    if (name === undefined) return undefined
    const { args, hash } = this.arguments()
    if (args.length + hash.length === 0) {
      this.position = start
      return undefined
    }
    return { kind: 'call', name, args, hash, start, end: this.position }
  }

  /** A path or a call in parentheses: what may stand alone in a value tag. */
  reference(): PathNode | CallNode | undefined {
    return this.subexpression() ?? this.path()
  }

  private subexpression(): CallNode | undefined {
    const start = this.position
    if (!this.eat('(')) return undefined
    this.enter(start)
    this.skipSpace()
    const call = this.call()
    const path = call === undefined ? this.path() : undefined
    if (call === undefined && path === undefined) this.fail('a helper name is expected after `(`')
    if (!this.eatAfterSpace(')')) this.fail('`)` is missing', start)
    this.nesting--
    const { name, args, hash } = call ?? { name: path?.written ?? '', args: [], hash: [] }
    return { kind: 'call', name, args, hash, start, end: this.position }
  }

  private enter(start: number): void {
    if (++this.nesting > MAX_NESTING) this.fail('nested too deeply', start)
  }

  /** All arguments that follow, of both kinds, in any order. Trailing space is left alone if nothing follows it. */
  arguments(): Arguments {
    const found: Arguments = { args: [], hash: [] }
    for (;;) {
      const before = this.position
      this.skipSpace()
      const key = this.hashKey()
      if (key !== undefined) {
        this.skipSpace()
        found.hash.push([key, this.argument() ?? this.fail('a value is expected after `=`')])
        continue
      }
      const argument = this.argument()
      if (argument === undefined) {
        this.position = before
        return found
      }
      found.args.push(argument)
    }
  }

  private hashKey(): string | undefined {
    const start = this.position
    const key = this.identifier()
    if (key !== undefined && this.eatAfterSpace('=')) return key
    this.position = start
    return undefined
  }

  private reservedHere(): boolean {
    return RESERVED.some(
      (word) => this.text.startsWith(word, this.position) && !this.symbolAt(this.position + word.length),
    )
  }

  private argument(): Expression | undefined {
    if (this.reservedHere()) return undefined
    const start = this.position
    const value = this.literal()
    if (value !== undefined) return literalNode(value, start, this.position)
    return this.reference()
  }

  private literal(): JsonValue | undefined {
    const next = this.text.charAt(this.position)
    if (next === '"' || next === "'") return this.string(next)
    if (next === '[') return this.array()
    if (next === '{') return this.object()
    return this.number() ?? this.word()
  }

  private word(): JsonValue | undefined {
    for (const [word, value] of WORDS) {
      const end = this.position + word.length
      if (this.text.startsWith(word, this.position) && !this.symbolAt(end)) {
        this.position = end
        return value
      }
    }
    return undefined
  }

  private number(): JsonValue | undefined {
    const start = this.position
    const digits = this.match(NUMBER)
    if (digits === undefined) return undefined
    if (this.symbolAt(this.position)) {
      this.position = start
      return undefined
    }
    const value = JSON_NUMBER.test(digits) ? parseNumberLiteral(digits) : undefined
    return value ?? this.fail(`'${digits}' is no number`, start)
  }

  private string(quote: '"' | "'"): string {
    const start = this.position
    const token = this.match(quote === '"' ? DOUBLE_QUOTED : SINGLE_QUOTED)
    if (token === undefined) this.fail('this string is not closed, or holds an unknown escape or a control character')
    const json =
      quote === '"'
        ? token
        : `"${token.slice(1, -1).replace(/\\.|"/g, (found) => (found === "\\'" ? "'" : found === '"' ? '\\"' : found))}"`
    try {
      return parseJson(json) as string
    } catch {
      this.fail('this string holds half of a surrogate pair', start)
    }
  }

  /** `[1, "a"]`, or undefined where it can only be a path that begins with a bracket. */
  private array(): JsonValue | undefined {
    const start = this.position
    this.eat('[')
    this.enter(start)
    const items = this.items(']', () => this.item())
    this.nesting--
    if (items === undefined) this.position = start
    return items
  }

  private object(): JsonValue {
    const start = this.position
    this.eat('{')
    this.enter(start)
    const members = this.items('}', () => this.objectMember())
    this.nesting--
    if (members === undefined) this.fail('this object literal is malformed', start)
    const object = jsonObject()
    for (const [name, value] of members) object[name] = value
    return object
  }

  private item(): JsonValue | undefined {
    this.skipSpace()
    return this.softly(() => this.literal())
  }

  private objectMember(): readonly [string, JsonValue] | undefined {
    this.skipSpace()
    const quote = this.text.charAt(this.position)
    if (quote !== '"' && quote !== "'") return undefined
    const name = this.string(quote)
    if (!this.eatAfterSpace(':')) return undefined
    const value = this.item()
    return value === undefined ? undefined : [name, value]
  }

  /** A fault inside a bracket means that this is no array literal; it may still be a path. */
  private softly<T>(read: () => T | undefined): T | undefined {
    const { nesting } = this
    try {
      return read()
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      this.nesting = nesting
      return undefined
    }
  }

  private items<T>(close: string, read: () => T | undefined): T[] | undefined {
    const found: T[] = []
    if (this.eatAfterSpace(close)) return found
    for (;;) {
      const item = read()
      if (item === undefined) return undefined
      found.push(item)
      if (this.eatAfterSpace(close)) return found
      if (!this.eatAfterSpace(',')) return undefined
    }
  }
}

function literalNode(value: JsonValue, start: number, end: number): LiteralNode {
  return { kind: 'literal', value, start, end }
}
