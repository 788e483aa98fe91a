/**
 * Rendered output before its values are written: text in which each value is a `SLOT`, and the values in order.
 *
 * A format reads the text with its own lexical rules, so it knows for each value whether it stands in a string, bare, in
 * a key or in a comment, whatever blocks of the template produced the text around it.
 */
import { isJsonArray, isJsonObject } from '../../lib/json.ts'
import { RenderFailure } from '../failures.ts'
import { originName, valueText, type Atom } from '../values.ts'

/** Stands for a value. Half of a surrogate pair, which well-formed text does not hold. */
export const SLOT = '\udfff'

/** A value and where its tag is in the template. */
export interface Slot extends Atom {
  readonly offset: number
  /** Printed by a tag, as opposed to put together by a helper. */
  readonly isPlain?: boolean
}

/** Text of the template, or a value. */
export type Part = string | Slot

/** Text that is ready, as opposed to template text that is still to be judged. */
export interface Encoded {
  readonly encoded: string
}

/** Fails because the format cannot hold a value. */
export function unrepresentable(slot: Slot, reason: string): never {
  throw new RenderFailure('VALUE_UNREPRESENTABLE', reason, originName(slot.origin), slot.offset)
}

/** A value as text inside a string or a line; lists and maps have none. */
export function textOf(slot: Slot): string {
  if (isJsonArray(slot.value)) unrepresentable(slot, 'a list cannot stand here; write its items one by one')
  if (isJsonObject(slot.value)) unrepresentable(slot, 'a map cannot stand here; write its members one by one')
  return valueText(slot.value)
}

/** Parts as one text. */
export function joinedText(parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : textOf(part))).join('')
}

/** Parts with each value written by `write` and template text as it is. */
export function writeParts(parts: readonly Part[], write: (text: string, slot: Slot) => string): string {
  return parts.map((part) => (typeof part === 'string' ? part : write(textOf(part), part))).join('')
}

/** Whether any part is a value. */
export function hasValue(parts: readonly Part[]): boolean {
  return parts.some((part) => typeof part !== 'string')
}

/** The only part, if it is a value. */
export function onlyValue(parts: readonly Part[]): Slot | undefined {
  const [first] = parts
  return parts.length === 1 && typeof first !== 'string' ? first : undefined
}

/** What systemd takes for a fault in UTF-8; what it reads is dropped, or the whole file with it. */
export const NO_CHARACTER = /\p{Noncharacter_Code_Point}/gu

/** A value as text for systemd, which knows neither NUL nor the code points that Unicode keeps from being characters. */
export function systemdText(slot: Slot): string {
  const text = textOf(slot)
  if (text.includes('\u0000')) unrepresentable(slot, 'systemd cannot read the character NUL')
  if (text.search(NO_CHARACTER) >= 0) unrepresentable(slot, 'systemd cannot read code points that are no characters')
  return text
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

/**
 * A comment: control characters of values become spaces, so that it ends where it should; so does one that ends in a
 * backslash, which some readers take for a continued line.
 */
export function writeComment(parts: readonly Part[]): string {
  const comment = writeParts(parts, (text) => text.replace(CONTROL, ' '))
  return typeof parts.at(-1) !== 'string' && comment.endsWith('\\') ? `${comment} ` : comment
}

/** A string of decimal digits that may stand as a number, as every reader reads it: without leading zeros. */
export function integerText(slot: Slot): string | undefined {
  return slot.asInteger === true && typeof slot.value === 'string' && /^-?[0-9]{1,18}$/.test(slot.value)
    ? String(BigInt(slot.value))
    : undefined
}

/**
 * Is told, before each token, how much of the stream was read and how much of the output is written, in UTF-16 units: so
 * that what a part of the stream became can be found in the output.
 */
export type OnToken = (read: number, written: number) => void

/** For whoever does not want to know. */
export const noToken: OnToken = () => undefined

/** Parts of which each is a token of its own, with each value written by `write` and template text as it is. */
export function writeEach(parts: readonly Part[], onToken: OnToken, write: (slot: Slot) => string): string {
  let output = ''
  let read = 0
  for (const part of parts) {
    onToken(read, output.length)
    read += typeof part === 'string' ? part.length : SLOT.length
    output += typeof part === 'string' ? part : write(part)
  }
  return output
}

/** Reads a stream token by token. */
export class Stream {
  private readonly text: string
  private readonly slots: readonly Slot[]
  private position = 0
  private used = 0

  constructor(text: string, slots: readonly Slot[]) {
    this.text = text
    this.slots = slots
  }

  /** A stream over parts that were taken from another one. */
  static of(parts: readonly Part[]): Stream {
    const slots = parts.filter((part) => typeof part !== 'string')
    return new Stream(parts.map((part) => (typeof part === 'string' ? part : SLOT)).join(''), slots)
  }

  /** How much was read, in UTF-16 units. */
  get read(): number {
    return this.position
  }

  get ended(): boolean {
    return this.position >= this.text.length
  }

  /** Whether the next token begins a line. */
  get atLineStart(): boolean {
    return this.position === 0 || this.text.charAt(this.position - 1) === '\n'
  }

  /** The character before the next token; empty at the start. */
  get before(): string {
    return this.text.charAt(this.position - 1)
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.text.charAt(this.position)
  }

  /** Consumes what a sticky expression matches. */
  take(pattern: RegExp): Part[] | undefined {
    pattern.lastIndex = this.position
    const found = pattern.exec(this.text)?.[0]
    if (found === undefined || found === '') return undefined
    this.position += found.length
    return this.split(found)
  }

  /** Consumes one character of template text or one value, for what no rule knows. */
  takeOne(): Part[] {
    return this.split(this.text.charAt(this.position++))
  }

  /** Consumes the rest of the line, without its line feed. */
  takeLine(): Part[] {
    const line = this.take(/[^\n]+/y) ?? []
    return line
  }

  private split(found: string): Part[] {
    if (!found.includes(SLOT)) return [found]
    const parts: Part[] = []
    found.split(SLOT).forEach((text, i) => {
      if (i > 0) parts.push(this.slots[this.used++] as Slot)
      if (text !== '') parts.push(text)
    })
    return parts
  }
}
