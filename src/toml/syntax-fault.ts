/** What the parser's faults mean to somebody who wrote the line: which part of it, in which words, with which advice. */
import type { SyntaxFault } from './repair.ts'

export interface FaultText {
  /** Offsets of the part that is at fault, the end exclusive. */
  readonly start: number
  readonly end: number
  readonly message: string
  readonly hint?: string
}

/** Advice for messages of the parser where the line itself tells no more. */
const HINTS: Readonly<Record<string, string>> = {
  'Unexpected character': 'put text in quotes: key = "text"',
  'Unexpected token': 'put text in quotes: key = "text"',
  'Unspecified values are invalid': 'every key needs a value: key = "text"',
  'Expected equal (=) token': 'write key = value; a key may hold only letters, digits, _ and -, others need quotes',
  'Expected comma (,) token': 'put a comma between the elements',
  'Invalid character in escape sequence': String.raw`write \\ for a backslash, or put the text in single quotes`,
  'Unterminated string constant': 'close the quotes; a text over several lines needs """',
  'Unterminated table-key': 'close the bracket: [table]',
  'Unterminated array': 'close the bracket: [ "a", "b" ]',
  'No newlines are allowed between the curly braces unless they are valid within a value':
    'write { ... } on one line, or use a [table]',
  'Trailing comma is not permitted in an inline table': 'remove the comma after the last member',
  'Leading zeros are not allowed': 'write the number without leading zeros, or as text in quotes',
  'Unexpected invalid date': 'put text in quotes: key = "text"',
  'Unexpected invalid time': 'put text in quotes: key = "text"',
}

/** Names of settings whose values are not repeated in messages. */
const SECRET = /password|auth|token|key|credential|secret|user-data|data$|certificate|config/i

const KEY = String.raw`(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')`
const KEYS = String.raw`${KEY}(?:[ \t]*\.[ \t]*${KEY})*`
const PAIR = new RegExp(String.raw`^([ \t]*(${KEYS})[ \t]*=[ \t]*)(.*)$`)

interface Line {
  readonly text: string
  /** Offset of its first character in the document. */
  readonly start: number
  /** Where the parser stopped, in the line. */
  readonly index: number
}

/** A text for the part of a line between two columns. */
type Part = { readonly from: number; readonly to: number; readonly message: string; readonly hint: string } | undefined

const WORDS: Readonly<Record<string, string>> = {
  true: 'write true',
  false: 'write false',
  yes: 'write true',
  on: 'write true',
  no: 'write false',
  off: 'write false',
  null: 'TOML has no null: leave the line out',
  none: 'put the text in quotes: "none"; or leave the line out',
  nil: 'TOML has no null: leave the line out',
}

const quoted = (text: string): string => (/["\\]/.test(text) ? `'${text}'` : `"${text}"`)

/** A value without quotes: everything up to a comment or the end of the line. */
function bareValue(key: string, value: string, from: number): Part {
  const raw = value.replace(/[ \t]+#.*$/, '').trimEnd()
  if (/^["'[{]/.test(raw) || raw === '') return undefined
  const to = from + raw.length
  const second = new RegExp(String.raw`[ \t]${KEYS}[ \t]*=`).exec(raw)?.index
  if (second !== undefined) {
    return {
      from: from + second + 1,
      to,
      message: 'a second setting in the line',
      hint: 'give each setting its own line',
    }
  }
  if (/^[“”„‘’«]/.test(raw)) {
    return { from, to, message: 'typographic quotes', hint: 'write the plain quotes " or \'' }
  }
  const word = WORDS[raw.replace(/[,;]$/, '').toLowerCase()]
  if (word !== undefined) return { from, to, message: 'not a value of TOML', hint: word }
  const trailing = /^(?:[+-]?[0-9][0-9_.]*|true|false)[ \t]*([,;])$/.exec(raw)
  if (trailing !== null) {
    return { from: to - 1, to, message: 'something behind the value', hint: `remove the "${trailing[1] as string}"` }
  }
  if (/^0[0-9]+$/.test(raw)) return undefined
  const text = raw.replace(/[,;]$/, '')
  const example = SECRET.test(key) || text.includes("'") ? '' : `: ${quoted(text)}`
  return { from, to, message: 'text without quotes', hint: `put it in quotes${example}` }
}

/** Something behind a value that is in quotes. */
function behindQuotes(value: string, from: number): Part {
  const string = /^(?:"(?:[^"\\]|\\.)*"|'[^']*')/.exec(value)?.[0]
  if (string === undefined || /^("""|''')/.test(value)) return undefined
  const rest = value.slice(string.length).trimEnd()
  const start = from + value.length - value.slice(string.length).trimStart().length
  if (rest.trim() === '' || rest.trimStart().startsWith('#')) return undefined
  const [from2, to] = [start, from + string.length + rest.length]
  const message = 'something behind the value'
  if (/^[ \t]*[,;]$/.test(rest)) return { from: from2, to, message, hint: 'remove it; one line holds one setting' }
  return {
    from: from2,
    to,
    message,
    hint: string.startsWith("'")
      ? 'a text with single quotes in it goes into double quotes'
      : String.raw`write \" for a quote inside of the text; one line holds one setting`,
  }
}

function valueFault({ text, index }: Line): Part {
  const [, before, key, value] = PAIR.exec(text) ?? []
  if (before === undefined || key === undefined || value === undefined || index < before.length) return undefined
  return bareValue(key, value, before.length) ?? behindQuotes(value, before.length)
}

/** The text between two columns of a line with what is wrong with it. */
function whole(text: string, part: string, message: string, hint: string): Part {
  const from = text.indexOf(part)
  return { from, to: from + part.length, message, hint }
}

function headerFault({ text }: Line): Part {
  const [, name, close] = /^[ \t]*\[\[?([^\]#]*)(\]?)/.exec(text) ?? []
  if (name === undefined) return undefined
  const trimmed = name.trim()
  if (/^[ \t]*\[\[[^\]]*\](?!\])/.test(text)) {
    return whole(text, text.trim(), 'a heading with brackets that do not match', 'write [table] or [[list]]')
  }
  if (close === '') return whole(text, text.trim(), 'a heading without its closing bracket', 'write [table]')
  const parts = trimmed.split('.')
  const odd = parts.findIndex((part) => !new RegExp(`^${KEY}$`).test(part.trim()))
  if (odd < 0 || trimmed.includes('"')) return undefined
  if (trimmed === '') return whole(text, text.trim(), 'a heading without a name', 'write [settings.GROUP]')
  const [known, free] = [parts.slice(0, Math.min(odd, 3)), parts.slice(Math.min(odd, 3))]
  const better = [...known, `"${free.join('.')}"`].join('.')
  return whole(text, trimmed, 'a name that needs quotes', `write [${better}]`)
}

function keyFault({ text }: Line): Part {
  const trimmed = text.trim()
  const comment = /^(?:\/\/|;|--)/.exec(trimmed)?.[0]
  if (comment !== undefined) return whole(text, comment, 'not a comment of TOML', 'comments start with #')
  if (text.startsWith('\uFEFF')) {
    return whole(
      text,
      '\uFEFF',
      'a byte-order mark, which is invisible',
      'remove it; only a document may begin with one',
    )
  }
  if (trimmed.startsWith('=')) return whole(text, '=', 'a value without a name', 'write key = value')
  if (/^(?:- )?[A-Za-z0-9_.-]+[ \t]*:(?:[ \t]|$)/.test(trimmed)) {
    return whole(text, ':', '":" in place of "="', 'this looks like YAML; TOML is written key = value')
  }
  if (/^(?:export|set|let|var)[ \t]+[\w.-]+[ \t]*=/.test(trimmed)) {
    const word = /^[a-z]+/.exec(trimmed)?.[0] as string
    return whole(text, word, 'not part of TOML', `remove "${word}"`)
  }
  const name = /^([^="'[\]{}#]+?)[ \t]*=/.exec(trimmed)?.[1]
  if (name !== undefined && !new RegExp(`^${KEYS}$`).test(name) && !/^\.|\.$|\.\./.test(name)) {
    return whole(text, name, 'a name that needs quotes', `put it in quotes: "${name}"`)
  }
  if (/^[\w."' -]+$/.test(trimmed)) return whole(text, trimmed, 'no value', 'write key = value')
  return undefined
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function lineAt(text: string, offset: number, index: number): Line {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return { text: text.slice(start, end < 0 ? text.length : end).replace(/\r$/, ''), start, index: index - start }
}

/** What the parser says, at the character where it stopped. */
function plainFault(text: string, { index, message }: SyntaxFault): FaultText {
  const width = Math.max(1, String.fromCodePoint(text.codePointAt(index) ?? 0x20).length)
  const hint = HINTS[message]
  return {
    start: index,
    end: Math.min(index + width, text.length),
    message: lowerFirst(message),
    ...(hint !== undefined && { hint }),
  }
}

function placed({ from, to, message, hint }: NonNullable<Part>, line: Line): FaultText {
  return { start: line.start + from, end: line.start + to, message, hint }
}

/** A fault of a statement that has begun in an earlier line: what was never closed, at its opening. */
function openFault(text: string, fault: SyntaxFault): FaultText | undefined {
  const first = lineAt(text, fault.statement.start, fault.statement.start)
  const header = /^[ \t]*\[/.test(first.text) ? headerFault(first) : undefined
  if (header !== undefined) return placed(header, first)
  const opener = /"""|'''|\[|\{/.exec(first.text.replace(/^([^=]*=)/, (key) => ' '.repeat(key.length)))
  if (opener === null || !/^(?:Unterminated|Unexpected|Unspecified|Expected comma)/.test(fault.message))
    return undefined
  const isString = opener[0].length > 1
  if (!isString && text.slice(fault.index).trim() !== '' && !fault.message.startsWith('Unterminated')) {
    const next = lineAt(text, fault.index, fault.index)
    if (!PAIR.test(next.text) && !/^[ \t]*\[/.test(next.text)) return undefined
  }
  const start = first.start + opener.index
  const what = isString ? 'a text over several lines' : 'a list or table'
  return {
    start,
    end: start + opener[0].length,
    message: `${what} that is not closed`,
    hint: `close it with ${opener[0] === '[' ? ']' : opener[0] === '{' ? '}' : opener[0]}`,
  }
}

/** A fault in words. @param text the document as the user wrote it */
export function describeFault(text: string, fault: SyntaxFault): FaultText {
  const line = lineAt(text, Math.min(fault.index, text.length), fault.index)
  const isFirstLine = line.start <= fault.statement.start || fault.statement.start >= text.length
  // at the end of the document the parser stands behind the line that it misses something in
  const own = line.text === '' && !isFirstLine ? lineAt(text, fault.statement.start, fault.index) : line
  const isOneLine = own.start <= fault.statement.start
  if (!isOneLine) return openFault(text, fault) ?? plainFault(text, fault)
  if (own !== line && text.slice(own.start, fault.index).trim().includes('\n')) {
    return openFault(text, fault) ?? plainFault(text, fault)
  }
  const isHeader = /^[ \t]*\[/.test(own.text)
  const part =
    (isHeader ? headerFault(own) : (valueFault(own) ?? (PAIR.test(own.text) ? undefined : keyFault(own)))) ?? undefined
  if (part === undefined) return (own === line ? undefined : openFault(text, fault)) ?? plainFault(text, fault)
  return placed(part, own)
}
