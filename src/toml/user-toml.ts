/**
 * TOML as users write it: strict verdicts, and every fault of a document with its place.
 */
import { onePerPlace, type Diagnostic } from '../lib/diagnostics.ts'
import { withoutValues } from '../lib/without-values.ts'
import { messageOf } from '../lib/errors.ts'
import { PlaceFinder, type MappedTree, type ParsedDocument } from '../lib/source-map.ts'
import { parseAst } from './ast.ts'
import { duplicateFinding } from './duplicates.ts'
import { readTree } from './read-tree.ts'
import { repair } from './repair.ts'
import { describeFault } from './syntax-fault.ts'
import { overlaps, templateText, withStandIns, type Stretch } from './template-text.ts'

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

function templateFinding({ start, end }: Stretch, places: PlaceFinder): Diagnostic {
  return {
    code: 'USERDATA_TEMPLATE_TEXT',
    severity: 'error',
    message: 'template text that nothing has replaced',
    hint: 'run the template engine first; a host takes user data as it is',
    at: places.place(start, end),
  }
}

interface Readings {
  readonly diagnostics: readonly Diagnostic[]
  readonly partial: MappedTree | undefined
}

/** Everything that is wrong with a text that the parser refused with `fault`, and what can be read in spite of it. */
function readFaulty(text: string, fault: unknown, places: PlaceFinder): Readings {
  const { ast, faults, renamed } = repair(text, fault)
  const found = faults.map((each): Diagnostic => {
    const { start, end, message, hint } = describeFault(text, each)
    const at = places.place(start, end)
    return { code: 'USERDATA_TOML_SYNTAX', severity: 'error', message, ...(hint !== undefined && { hint }), at }
  })
  if (ast === undefined) {
    const at = places.place(0, 0)
    const unknown: Diagnostic = { code: 'USERDATA_TOML_SYNTAX', severity: 'error', message: messageOf(fault), at }
    return { diagnostics: found.length === 0 ? [unknown] : found, partial: undefined }
  }
  const { tree, sourceMap, problems, duplicates } = readTree(ast, places, renamed)
  return { diagnostics: [...found, ...problems, ...duplicates.map(duplicateFinding)], partial: { tree, sourceMap } }
}

/** Parts of a text that stand in quotes or comments are its own business; what is left of the stretches. */
function outsideOfStrings(text: string, stretches: readonly Stretch[]): Stretch[] {
  const inside = [...text.matchAll(/"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*/g)].map(
    ({ index, 0: part }) => ({ start: index, end: index + part.length }),
  )
  return stretches.filter(({ start, end }) => !overlaps(inside, start, end))
}

/**
 * Reads a text again that the parser refused, with stand-ins for template text. Only if that is what it was refused for:
 * then the template text is the fault.
 */
function readTemplate(text: string, places: PlaceFinder): Readings | undefined {
  const stretches = outsideOfStrings(text, templateText(text))
  if (stretches.length === 0) return undefined
  const standIn = withStandIns(text, stretches)
  const rest = parseOrRead(standIn, places)
  const found = stretches.map((stretch) => templateFinding(stretch, places))
  const others = rest.diagnostics.filter(({ at }) => at === undefined || !isWithin(at, places, stretches))
  return { diagnostics: [...found, ...others], partial: rest.partial }
}

function isWithin(at: NonNullable<Diagnostic['at']>, places: PlaceFinder, stretches: readonly Stretch[]): boolean {
  const [start, end] = [places.offset(at.line, at.column), places.offset(at.endLine, at.endColumn)]
  return overlaps(stretches, start, Math.max(end, start + 1))
}

function parseOrRead(text: string, places: PlaceFinder): Readings {
  try {
    const { tree, sourceMap, problems } = readTree(parseAst(text), places)
    return { diagnostics: problems, partial: { tree, sourceMap } }
  } catch (error) {
    return readFaulty(text, error, places)
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
 * both places. A faulty document is read on behind each fault, so that all of them are told.
 *
 * @param file the document's name for messages
 */
export function parseUserToml(text: string, file: string): TomlDocument {
  const original = text.startsWith('\uFEFF') ? text.slice(1) : text
  const places = new PlaceFinder(original, file)
  const diagnostics = loneCarriageReturns(original, places)
  // once reported they count as line ends, to find what else is wrong
  const body = original.replace(LONE_CARRIAGE_RETURN, '\n')
  let reading: Readings
  try {
    const { tree, sourceMap, problems, topLevel } = readTree(parseAst(body), places)
    if (problems.length === 0 && diagnostics.length === 0) return { ok: true, tree, sourceMap, topLevel: [...topLevel] }
    reading = { diagnostics: problems, partial: { tree, sourceMap } }
  } catch (error) {
    reading = readTemplate(body, places) ?? readFaulty(body, error, places)
  }
  const { partial } = reading
  const found = withoutValues(onePerPlace([...diagnostics, ...reading.diagnostics]), original)
  return { ok: false, diagnostics: found, ...(partial !== undefined && { partial }) }
}
