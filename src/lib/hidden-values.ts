/**
 * Hiding values in texts that people see. The texts are faulty ones, so nothing is parsed: a value is shown if the name
 * in front of it is that of a setting that may be shown, or much like one. Everything else is hidden.
 */
import { nearest } from './nearest.ts'
import { contentOf, keyAt, tokensOf, type Token } from './setting-tokens.ts'
import { SECRET_NAMES } from './setting-names.ts'
import { isHarmless, plainNames, secretTables, verdictOf, type Verdict } from './value-verdicts.ts'

/** Words, as names are made of, with hardly a digit. */
const NAME_LIKE = /^(?=.{1,40}$)(?:(?:[A-Za-z]?[a-z]+(?:[A-Z]{1,3}[a-z]+)*|[A-Z]{1,6})\d{0,2}(?:[-_./:]+(?!$)|$))+$/
/** A run as it is in base64 and in tokens. */
const ENCODED = /[A-Za-z0-9+/=_-]{20}/
/** A run of capitals, small letters and digits, longer than the name of any network interface. */
const MIXED = /(?<![A-Za-z0-9+/])(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])(?=[A-Za-z+/]*\d)[A-Za-z0-9+/]{16,}={0,2}/g
/** What words written as one (`EKSClusterProd01`) have nowhere, and random base64 within a few characters. */
const NO_WORDS = /[A-Z](?![a-z])|(?<![a-z\d])\d|\d{5}|\+/
const ACRONYM = /(?<![^/])[A-Z]{2,4}(?=[A-Z][a-z])/g
/** Shorter values are not looked for in messages: they are parts of ordinary words. */
export const SHORTEST = 4

/** What owns the values at some depth of brackets. */
interface Level {
  readonly verdict: Verdict
  readonly name: string
  /** Everything in it is hidden, whatever it is called. */
  readonly isClosed: boolean
}

const NO_KEY: Level = { verdict: 'unknown', name: '', isClosed: false }

/** A stretch of a text that is not shown. */
interface Stretch {
  readonly start: number
  readonly end: number
  /** In a comment, where no finding quotes from. */
  readonly isComment: boolean
}

class Scanner {
  private readonly tokens: readonly Token[]
  private readonly hidden: Stretch[] = []
  private levels: Level[] = []
  private current: Level = NO_KEY
  private heading = ''
  private isLineStart = true
  private isComment = false
  /** A hidden name is followed by nothing in its line; its value comes later. */
  private isPending = false
  /** The line before is nothing but words: perhaps the beginning of a name. */
  private isDangling = false
  private hasSign = false
  /** Quotes do not fit together: nothing in the rest of the line is what it seems to be. */
  private isBroken = false
  /** Names by their indentation, as in YAML. */
  private parents: { readonly indent: number; readonly name: string }[] = []
  private readonly text: string
  private readonly unknown: 'hidden' | 'shown'

  constructor(text: string, unknown: 'hidden' | 'shown') {
    this.text = text
    this.unknown = unknown
    this.tokens = tokensOf(text)
  }

  scan(): readonly Stretch[] {
    for (let i = 0; i < this.tokens.length;) i = this.step(i)
    return this.hidden
  }

  private hide(start: number, end: number): void {
    if (start < end) this.hidden.push({ start, end, isComment: this.isComment })
  }

  private get level(): Level {
    return this.levels.at(-1) ?? NO_KEY
  }

  private get table(): string {
    return this.levels.at(-1)?.name ?? this.parents.at(-1)?.name ?? this.heading
  }

  /** Looks at one token, or at a key. @returns the index of the next one */
  private step(i: number): number {
    const token = this.tokens[i] as Token
    switch (token.kind) {
      case 'line':
        this.endLine(i)
        return i + 1
      case 'space':
        return i + 1
      case 'sign':
        return this.sign(token, i)
      case 'string':
      case 'word':
        if (this.isBehindBracket(i)) this.isBroken = true
        if (!this.isBroken) return this.key(i) ?? this.value(token, i)
        this.hide(token.start, token.end)
        return i + 1
    }
  }

  private endLine(i: number): void {
    const isEmptyLine = this.isLineStart
    this.isPending = this.current.verdict === 'hidden' && (isEmptyLine ? this.isPending : this.isUnfinished(i))
    this.isDangling = !isEmptyLine && !this.hasSign
    this.hasSign = false
    if (!this.isPending) this.current = this.isBroken ? NO_KEY : this.level
    this.isLineStart = true
    this.isComment = false
    this.isBroken = false
  }

  /** Whether text follows a bracket without anything in between. */
  private isBehindBracket(i: number): boolean {
    return [']', '}'].includes(this.tokens[i - 1]?.text ?? '')
  }

  /** Whether a line ends with a separator, before the value. */
  private isUnfinished(i: number): boolean {
    let before = i - 1
    while (this.tokens[before]?.kind === 'space') before -= 1
    return ['=', ':'].includes(this.tokens[before]?.text ?? '')
  }

  private sign({ text, start }: Token, i: number): number {
    if (this.isLineStart && text === '[') {
      const heading = this.headingAt(start)
      if (heading !== undefined) return this.enter(heading, i)
    }
    this.hasSign = true
    if (this.isBroken) return i + 1
    if (text === '#') this.isComment = true
    else if (text === '[' || text === '{') this.open(text)
    else if (text === ']' || text === '}') this.close()
    else if (text === ',' && this.levels.length > 0 && !this.current.isClosed) this.current = this.level
    if (text !== '#') this.isLineStart = false
    return i + 1
  }

  /** The names of a heading: a line of nothing but names in brackets, of which the first is a known one. */
  private headingAt(start: number): readonly string[] | undefined {
    const line = /^\[{1,2}([^\]=#\r\n]*)\]{0,2}[ \t]*(?=#|[\r\n]|$)/.exec(this.text.slice(start))?.[1]?.trim()
    const names = line?.match(/"[^"]*"|'[^']*'|[^"'.\s]+/g)?.map((name) => name.replaceAll(/["']/g, ''))
    const [first = '', second = ''] = names ?? []
    if (line?.includes("'''") === true || line?.includes('"""') === true) return undefined
    const isKnown = plainNames.has(first) || nearest(first, ['settings']) !== undefined || plainNames.has(second)
    return isKnown ? names : undefined
  }

  private enter(names: readonly string[], i: number): number {
    const last = names.at(-1) ?? ''
    this.heading = last
    this.levels = []
    this.current = NO_KEY
    this.parents = []
    let next = i
    while (next < this.tokens.length && !['line', 'sign'].includes((this.tokens[next] as Token).kind)) next += 1
    while (next < this.tokens.length && this.tokens[next]?.kind !== 'line' && this.tokens[next]?.text !== '#') next += 1
    return next
  }

  private open(bracket: string): void {
    const { verdict: own, name, isClosed } = this.current
    const isTable = secretTables.has(name)
    // what stands in a table has a name of its own
    const verdict = bracket === '{' && own === 'shown' ? 'unknown' : own
    this.current = { verdict, name, isClosed: isClosed || (verdict === 'hidden' && !isTable) }
    this.levels.push(this.current)
  }

  private close(): void {
    const level = this.levels.pop()
    if (level !== undefined) this.current = level
  }

  private key(i: number): number | undefined {
    const key = keyAt(this.tokens, i)
    if (key === undefined) return undefined
    const name = key.names.at(-1) as string
    const outer = this.levels.at(-1)
    const around = this.isLineStart ? this.tableAt(i) : this.table
    const known = verdictOf(name, [around, key.names.at(-2) ?? ''])
    // within a line it may be the end of a name, or of a value
    const isNamingVariant = this.isComment && name === 'variant' && this.current.name === 'bottlerocket'
    const isStray = this.isLineStart ? this.isDangling : !this.isBehindSeparator(i) && !isNamingVariant
    this.hasSign = true
    const verdict = known === 'shown' && isStray ? 'unknown' : known
    if (this.isPending && !plainNames.has(name)) return undefined
    this.isPending = false
    // behind a value that must not be shown only a comma or a line's end leads to another key
    const isCut = !this.isLineStart && this.current.verdict === 'hidden' && !this.isBehindSeparator(i)
    const isClosed = outer?.isClosed === true || isCut
    // what has no place for a name is rather a piece of a value
    const text = key.names.join('.')
    const isOdd = verdict !== 'shown' && (this.unknown === 'hidden' ? !NAME_LIKE.test(text) : ENCODED.test(text))
    if (isClosed || isOdd) this.hide((this.tokens[i] as Token).start, (this.tokens[key.next - 1] as Token).start)
    this.current = { verdict: isClosed ? 'hidden' : verdict, name, isClosed: isClosed && isCut }
    this.isLineStart = false
    return key.next
  }

  private isBehindSeparator(i: number): boolean {
    if (this.levels.length === 0) return false
    let before = i - 1
    while (this.tokens[before]?.kind === 'space' || this.tokens[before]?.kind === 'line') before -= 1
    const { text } = this.tokens[before] ?? {}
    // a bracket in the middle of a word opens nothing
    return text === ',' || (text === '{' && this.tokens[before - 1]?.kind !== 'word')
  }

  /** The name that a key at the start of a line stands below, by its indentation; remembers the key, too. */
  private tableAt(i: number): string {
    const token = this.tokens[i] as Token
    const lineStart =
      Math.max(this.text.lastIndexOf('\n', token.start - 1), this.text.lastIndexOf('\r', token.start - 1)) + 1
    const indent = token.start - lineStart
    while ((this.parents.at(-1)?.indent ?? -1) >= indent) this.parents.pop()
    const table = this.levels.at(-1)?.name ?? this.parents.at(-1)?.name ?? this.heading
    this.parents.push({ indent, name: contentOf(token.text) })
    return table
  }

  private value(token: Token, i: number): number {
    const { text, start, end } = token
    const isFirst = this.isLineStart
    if (text !== '-') this.isLineStart = false
    if (isFirst && this.levels.length === 0 && SECRET_NAMES.includes(text)) {
      this.current = { verdict: 'hidden', name: text, isClosed: false }
      return i + 1
    }
    // a line that is no assignment often begins with a word that says what it is instead
    const isCommand = isFirst && /^[a-z]{1,7}$/.test(text)
    if (this.current.verdict === 'hidden' || this.level.isClosed || this.isTorn(i)) this.hide(start, end)
    else if (!isCommand && !isHarmless(text) && !this.isTiny(i)) this.judgeValue(token)
    if (this.current.verdict === 'shown' && !this.isWhole(i)) this.isBroken = true
    return i + 1
  }

  /** A value that is not known to be a secret. */
  private judgeValue({ kind, text, start, end }: Token): void {
    const isInner = kind === 'string' && (this.current.verdict !== 'shown' || /^(?:"""|''')|[\r\n]/.test(text))
    if (isInner) {
      for (const inner of nestedStretches(text, this.unknown)) this.hide(start + inner.start, start + inner.end)
    } else if (this.current.verdict !== 'shown' && (this.unknown === 'hidden' || ENCODED.test(text))) {
      this.hide(start, end)
    }
  }

  /** A quotation mark in the middle of a word: what looks like a text in quotes is not one. */
  private isTorn(i: number): boolean {
    return this.tokens[i]?.kind === 'string' && this.tokens[i - 1]?.kind === 'word'
  }

  /** A value of up to three characters, alone behind its separator. */
  private isTiny(i: number): boolean {
    const { text } = this.tokens[i] as Token
    return contentOf(text).length <= 3 && this.tokens[i - 1]?.text === '=' && this.tokens[i + 1] === undefined
  }

  /** Whether a value is followed by what may stand behind one. */
  private isWhole(i: number): boolean {
    let next = i + 1
    while (this.tokens[next]?.kind === 'space') next += 1
    const { kind = 'line', text = '' } = this.tokens[next] ?? {}
    // words without quotes
    if (kind === 'word' && next > i + 1 && this.tokens[i]?.kind === 'word') return true
    return kind === 'line' || [',', ']', '}', '#'].includes(text)
  }
}

/** A text in quotes without its escapes, with the places that its characters have. */
function unescaped(text: string): { readonly text: string; readonly at: readonly number[] } {
  const at: number[] = []
  let plain = ''
  const quote = /^(?:"""|'''|["'])/.exec(text)?.[0] ?? ''
  const pattern = quote.startsWith('"') ? /\\u[0-9a-fA-F]{4}|\\[^]|[^]/gu : /[^]/gu
  pattern.lastIndex = quote.length
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [piece] = match
    at.push(match.index)
    plain += characterOf(piece)
    // characters beyond the basic plane have two places
    if (plain.length > at.length) at.push(match.index)
  }
  at.push(text.length)
  return { text: plain, at }
}

function characterOf(piece: string): string {
  if (!piece.startsWith('\\') || piece.length === 1) return piece
  const simple: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }
  if (piece.startsWith('\\u')) return String.fromCharCode(Number.parseInt(piece.slice(2), 16))
  return simple[piece.slice(1)] ?? piece.slice(1)
}

/** A document in quotes: what of it must not be shown. */
function nestedStretches(text: string, unknown: 'hidden' | 'shown'): readonly Stretch[] {
  const inner = unescaped(text)
  return new Scanner(inner.text, unknown).scan().map(({ start, end, isComment }) => ({
    start: inner.at[start] as number,
    end: inner.at[end] as number,
    isComment,
  }))
}

/** What looks encoded, wherever it stands: no setting that may be shown is of any use to a reader in this form. */
function encodedRuns(text: string): Stretch[] {
  return [...text.matchAll(MIXED)].flatMap(({ index, 0: run }) =>
    NO_WORDS.test(run.replace(ACRONYM, '')) ? [{ start: index, end: index + run.length, isComment: false }] : [],
  )
}

/** A text with stars for the values that must not be shown, and these values. */
export interface HiddenText {
  /** Nothing moves in it. */
  readonly shown: string
  readonly values: readonly string[]
}

/**
 * Hides the values of a document, whole or broken, that are not known to be fit to be seen.
 *
 * @param unknown what becomes of values behind names that no setting has; `shown` is for documents without settings
 */
export function hideValues(text: string, unknown: 'hidden' | 'shown' = 'hidden'): HiddenText {
  const stretches = [...new Scanner(text, unknown).scan(), ...encodedRuns(text)].sort((a, b) => a.start - b.start)
  let shown = ''
  let done = 0
  for (const { start, end } of stretches) {
    if (end <= done) continue
    shown += text.slice(done, start) + text.slice(Math.max(start, done), end).replace(/[^\s"'\\]/gu, '*')
    done = end
  }
  const values = stretches.flatMap(({ start, end, isComment }) =>
    isComment ? [] : [contentOf(text.slice(start, end)), unescaped(text.slice(start, end)).text],
  )
  return { shown: shown + text.slice(done), values: [...new Set(values)].filter((value) => value.length >= SHORTEST) }
}
