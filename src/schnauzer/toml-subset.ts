/**
 * Reads the TOML that the front matter of a template may consist of: tables, strings, booleans, arrays, inline tables.
 *
 * Numbers, dates, dotted keys and arrays of tables have no meaning there, so they are faults like any other; that leaves
 * so little of TOML that reading it here gives exact places, and finds the `+++` line in the same pass.
 */
import { SyntaxFault } from './scanner.ts'

export interface TomlEntry {
  readonly key: string
  readonly value: TomlNode
  readonly start: number
  readonly end: number
}

export type TomlNode = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'array'; readonly items: readonly TomlNode[] }
  | { readonly kind: 'table'; readonly entries: TomlEntry[]; readonly closed: boolean; declared: boolean }
)

export type TomlTable = Extract<TomlNode, { kind: 'table' }>

const SPACE = /[ \t]*/y
const COMMENT = /#[^\u0000-\u0008\u000a-\u001f\u007f]*/y
const NEWLINE = /\r?\n/y
const DELIMITER = /\+{3,}(?:\r\n|\n|\r)/y
const BARE_KEY = /[A-Za-z0-9_-]+/y
const BASIC = /"(?:[^"\\\u0000-\u0008\u000a-\u001f\u007f]|\\["\\bfnrt]|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8})*"/y
const LITERAL = /'[^'\u0000-\u0008\u000a-\u001f\u007f]*'/y
const MULTI_BASIC =
  /"""(?:"{0,2}(?:[^"\\\u0000-\u0008\u000b-\u001f\u007f]|\r\n|\\["\\bfnrt]|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\[ \t]*\r?\n\s*))*"{3,5}/y
const MULTI_LITERAL = /'''(?:'{0,2}(?:[^'\u0000-\u0008\u000b-\u001f\u007f]|\r\n))*'{3,5}/y
const ESCAPE = /\\(?:[ \t]*\r?\n\s*|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/g
const SHORT: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '"': '"', '\\': '\\' }

function unescape(text: string): string {
  return text.replace(ESCAPE, (found) => {
    const kind = found.charAt(1)
    if (kind === 'u' || kind === 'U') return String.fromCodePoint(parseInt(found.slice(2), 16))
    return SHORT[kind] ?? ''
  })
}

export class TomlReader {
  private readonly text: string
  private position = 0
  private readonly root: TomlTable = { kind: 'table', entries: [], closed: false, declared: true, start: 0, end: 0 }

  constructor(text: string) {
    this.text = text
  }

  /** Reads up to and with the delimiter line. @throws SyntaxFault */
  read(): { readonly root: TomlTable; readonly bodyStart: number } {
    let table = this.root
    for (;;) {
      this.match(SPACE)
      if (this.match(DELIMITER) !== undefined) return { root: this.root, bodyStart: this.position }
      if (this.position >= this.text.length) this.fail('the line `+++` that ends the front matter is missing')
      if (this.lineEnd()) continue
      if (this.text.charAt(this.position) === '[') table = this.header()
      else this.entry(table)
      this.match(SPACE)
      this.match(COMMENT)
      if (!this.text.startsWith('+++', this.position) && this.match(NEWLINE) === undefined) {
        this.fail('the end of the line is expected here')
      }
    }
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.position += found.length
    return found
  }

  private fail(message: string, start = this.position): never {
    throw new SyntaxFault(message, start, Math.max(this.position, start + 1))
  }

  private lineEnd(): boolean {
    const comment = this.match(COMMENT)
    return this.match(NEWLINE) !== undefined || comment !== undefined
  }

  private eat(character: string): boolean {
    if (this.text.charAt(this.position) !== character) return false
    this.position++
    return true
  }

  private header(): TomlTable {
    const start = this.position
    this.eat('[')
    const path: { key: string; start: number; end: number }[] = []
    do {
      this.match(SPACE)
      path.push(this.key())
      this.match(SPACE)
    } while (this.eat('.'))
    if (!this.eat(']')) this.fail('`]` is missing', start)
    let table = this.root
    for (const part of path) table = this.subtable(table, part)
    if (table.declared) this.fail('this table is defined twice', start)
    table.declared = true
    return table
  }

  private subtable(table: TomlTable, { key, start, end }: { key: string; start: number; end: number }): TomlTable {
    const found = table.entries.find((entry) => entry.key === key)?.value
    if (found === undefined) {
      const value: TomlTable = { kind: 'table', entries: [], closed: false, declared: false, start, end }
      table.entries.push({ key, value, start, end })
      return value
    }
    if (found.kind !== 'table' || found.closed) this.fail(`'${key}' is defined already`, start)
    return found
  }

  private key(): { key: string; start: number; end: number } {
    const start = this.position
    const bare = this.match(BARE_KEY)
    const basic = bare === undefined ? this.match(BASIC) : undefined
    const literal = bare === undefined && basic === undefined ? this.match(LITERAL) : undefined
    const key = bare ?? (basic === undefined ? literal?.slice(1, -1) : this.plain(basic.slice(1, -1), start))
    return { key: key ?? this.fail('a key is expected here'), start, end: this.position }
  }

  private entry(table: TomlTable): void {
    const { key, start, end } = this.key()
    this.match(SPACE)
    if (this.text.charAt(this.position) === '.') this.fail('dotted keys are not possible here')
    if (!this.eat('=')) this.fail('`=` is expected after a key')
    this.match(SPACE)
    const value = this.value()
    if (table.entries.some((entry) => entry.key === key)) this.fail(`'${key}' is defined twice`, start)
    table.entries.push({ key, value, start, end })
  }

  private plain(text: string, start: number): string {
    try {
      const plain = unescape(text)
      if (plain.isWellFormed()) return plain
    } catch {
      // beyond the last code point
    }
    return this.fail('this escape is no Unicode character', start)
  }

  private string(): string | undefined {
    const start = this.position
    if (this.text.startsWith('"""', start)) {
      const found = this.match(MULTI_BASIC)
        ?.slice(3, -3)
        .replace(/^\r?\n/, '')
      return found === undefined ? undefined : this.plain(found, start)
    }
    if (this.text.startsWith("'''", start))
      return this.match(MULTI_LITERAL)
        ?.slice(3, -3)
        .replace(/^\r?\n/, '')
    const basic = this.match(BASIC)
    return basic === undefined ? this.match(LITERAL)?.slice(1, -1) : this.plain(basic.slice(1, -1), start)
  }

  private value(): TomlNode {
    const start = this.position
    const next = this.text.charAt(start)
    if (next === '[') return this.array(start)
    if (next === '{') return this.inlineTable(start)
    const string = next === '"' || next === "'" ? this.string() : undefined
    if (string !== undefined) return { kind: 'string', value: string, start, end: this.position }
    const word = this.match(/(?:true|false)(?![A-Za-z0-9_-])/y)
    if (word === undefined) this.fail('a string, boolean, array or inline table is expected here')
    return { kind: 'boolean', value: word === 'true', start, end: this.position }
  }

  private array(start: number): TomlNode {
    this.eat('[')
    const items: TomlNode[] = []
    const skip = (): void => {
      do this.match(SPACE)
      while (this.lineEnd())
    }
    for (;;) {
      skip()
      if (this.eat(']')) break
      items.push(this.value())
      skip()
      if (this.eat(']')) break
      if (!this.eat(',')) this.fail('`,` or `]` is expected here')
    }
    return { kind: 'array', items, start, end: this.position }
  }

  private inlineTable(start: number): TomlNode {
    this.eat('{')
    const table: TomlTable = { kind: 'table', entries: [], closed: true, declared: true, start, end: start }
    this.match(SPACE)
    if (!this.eat('}')) {
      do {
        this.match(SPACE)
        this.entry(table)
        this.match(SPACE)
      } while (this.eat(','))
      if (!this.eat('}')) this.fail('`,` or `}` is expected here')
    }
    return { ...table, end: this.position }
  }
}
