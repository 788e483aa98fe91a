/**
 * Finding both places of keys and tables that are defined twice.
 *
 * The parser stops at the first duplicate and gives no syntax tree. So each duplicate is given an unused name of the same
 * length and the text is parsed again, until the parser is satisfied: then all positions are right and the first
 * definitions can be looked up.
 */
import type { Diagnostic } from '../lib/diagnostics.ts'
import type { PlaceFinder } from '../lib/source-map.ts'
import { isDuplicateError, nameOf, parseAst, type KeyNode } from './ast.ts'
import { readTree, type Duplicate } from './read-tree.ts'

/** More than anybody wants to read about one document. */
const MAX_REPORTED = 50

const KEY_PART = /[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y

const STAND_INS = Array.from('-_ZQXJKVWYUPGFBHOMLCNDTRSIEAzqxjkvwyupgfbhomlcndtrsiea9876543210')

interface Attempt {
  readonly text: string
  /** Offset of a renamed key part to its name in the user's text. */
  readonly renamed: ReadonlyMap<number, string>
}

function parseFault(text: string): unknown {
  try {
    parseAst(text)
    return undefined
  } catch (error) {
    return error
  }
}

function keyPartAt(text: string, offset: number): string | undefined {
  KEY_PART.lastIndex = offset
  return KEY_PART.exec(text)?.[0]
}

function meaningOf(part: string): string {
  const [pair] = parseAst(`${part} = 0`).body[0].body
  return nameOf(pair?.key.keys[0] as KeyNode)
}

/** Renames the key part at `offset`, or gives up when no name of its length is free. */
function rename(attempt: Attempt, offset: number): { attempt: Attempt; fault: unknown } | undefined {
  const { text, renamed } = attempt
  const part = keyPartAt(text, offset)
  if (part === undefined || renamed.has(offset)) return undefined
  for (const standIn of STAND_INS) {
    const changed = text.slice(0, offset) + standIn.repeat(part.length) + text.slice(offset + part.length)
    const fault = parseFault(changed)
    if (isDuplicateError(fault) && fault.index === offset) continue
    return { attempt: { text: changed, renamed: new Map(renamed).set(offset, meaningOf(part)) }, fault }
  }
  return undefined
}

function toDiagnostic({ path, at, first }: Duplicate): Diagnostic {
  const name = path.map((step) => (/^[\w/-]+$/.test(String(step)) ? String(step) : JSON.stringify(step))).join('.')
  return {
    code: 'USERDATA_TOML_DUPLICATE',
    severity: 'error',
    path: name,
    message: 'defined twice',
    hint: 'keep one of the two, or merge them under one heading',
    at,
    ...(first !== undefined && { related: [{ message: 'the first definition', at: first }] }),
  }
}

/** The text before the line in which the parser stopped. */
function linesBefore(text: string, fault: unknown): string {
  const index = fault instanceof Error && 'index' in fault ? Number(fault.index) : 0
  return text.slice(0, text.lastIndexOf('\n', index) + 1)
}

export interface DuplicateSearch {
  readonly diagnostics: readonly Diagnostic[]
  /** What the parser throws when the duplicates are out of the way, if anything. */
  readonly rest: unknown
}

/**
 * Describes the duplicates of a document that the parser refused.
 *
 * @param fault what the parser threw
 */
export function findDuplicates(text: string, fault: unknown, places: PlaceFinder): DuplicateSearch {
  let attempt: Attempt = { text, renamed: new Map() }
  let current = fault
  while (isDuplicateError(current) && attempt.renamed.size < MAX_REPORTED) {
    const next = rename(attempt, current.index)
    if (next === undefined) break
    ;({ attempt, fault: current } = next)
  }
  if (attempt.renamed.size === 0) return { diagnostics: [], rest: fault }
  // a syntax error further down: what stands before it is enough to find both places
  const readable = current === undefined ? attempt.text : linesBefore(attempt.text, current)
  if (parseFault(readable) !== undefined) return { diagnostics: [], rest: fault }
  const { duplicates, problems } = readTree(parseAst(readable), places, attempt.renamed)
  return { diagnostics: [...problems, ...duplicates.map(toDiagnostic)], rest: current }
}
