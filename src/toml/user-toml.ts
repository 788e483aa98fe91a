/**
 * TOML that users write: TOML 1.0 with exact numbers and the places of everything.
 */
import { ParseError } from 'toml-eslint-parser'
import { sortDiagnostics, type Diagnostic } from '../lib/diagnostics.ts'
import { messageOf } from '../lib/errors.ts'
import { PlaceFinder, type ParsedDocument } from '../lib/source-map.ts'
import { isDuplicateError, parseAst } from './ast.ts'
import { findDuplicates } from './duplicates.ts'
import { readTree } from './read-tree.ts'

const LONE_CARRIAGE_RETURN = /\r(?!\n)/g

function loneCarriageReturns(text: string, places: PlaceFinder): Diagnostic[] {
  return [...text.matchAll(LONE_CARRIAGE_RETURN)].map(({ index }) => ({
    code: 'USERDATA_TOML_SYNTAX',
    severity: 'error',
    message: 'a carriage return that no line feed follows',
    hint: 'lines end with a line feed, or carriage return and line feed',
    at: places.place(index, index + 1),
  }))
}

/** What some of the parser's messages mean to somebody who wrote the line. */
const HINTS: Readonly<Record<string, string>> = {
  'Unexpected character': 'put text in quotes: key = "text"',
  'Unexpected token': 'put text in quotes: key = "text"',
  'Unspecified values are invalid': 'every key needs a value: key = "text"',
  'Expected equal (=) token': 'write key = value; a key may hold only letters, digits, _ and -, others need quotes',
  'Unterminated string constant': 'close the quotes; a text over several lines needs """',
  'No newlines are allowed between the curly braces unless they are valid within a value':
    'write { ... } on one line, or use a [table]',
  'Trailing comma is not permitted in an inline table': 'remove the comma after the last member',
  'Leading zeros are not allowed': 'write the number without leading zeros, or as text in quotes',
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function syntaxError(error: unknown, text: string, places: PlaceFinder): Diagnostic {
  if (!(error instanceof ParseError)) {
    return { code: 'USERDATA_TOML_SYNTAX', severity: 'error', message: messageOf(error), at: places.place(0, 0) }
  }
  const hint = HINTS[error.message]
  const width = Math.max(1, String.fromCodePoint(text.codePointAt(error.index) ?? 0x20).length)
  return {
    code: isDuplicateError(error) ? 'USERDATA_TOML_DUPLICATE' : 'USERDATA_TOML_SYNTAX',
    severity: 'error',
    message: lowerFirst(error.message),
    ...(hint !== undefined && { hint }),
    at: places.place(error.index, Math.min(error.index + width, text.length)),
  }
}

/** A `ParsedDocument` that knows the order of its top-level names, which the tree itself does not keep for `7` and `3`. */
export type TomlDocument =
  | (Extract<ParsedDocument, { ok: true }> & {
      /** By first mention; a table that has its own header after those of its sub-tables stands where that header is. */
      readonly topLevel: readonly string[]
    })
  | Extract<ParsedDocument, { ok: false }>

/**
 * Parses a TOML document. Never throws: whatever is wrong with the text is a diagnostic with its place, duplicates name
 * both places.
 *
 * @param file the document's name for messages
 */
export function parseUserToml(text: string, file: string): TomlDocument {
  const original = text.startsWith('\uFEFF') ? text.slice(1) : text
  const places = new PlaceFinder(original, file)
  const diagnostics = loneCarriageReturns(original, places)
  // once reported they count as line ends, to find what else is wrong
  const body = original.replace(LONE_CARRIAGE_RETURN, '\n')
  try {
    const { tree, sourceMap, problems, topLevel } = readTree(parseAst(body), places)
    diagnostics.push(...problems)
    if (diagnostics.length === 0) return { ok: true, tree, sourceMap, topLevel: [...topLevel] }
  } catch (error) {
    const { diagnostics: found, rest } = findDuplicates(body, error, places)
    diagnostics.push(...found)
    if (rest !== undefined) diagnostics.push(syntaxError(rest, body, places))
  }
  return { ok: false, diagnostics: sortDiagnostics(diagnostics) }
}
