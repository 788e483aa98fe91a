/**
 * Finding both places of keys and tables that are defined twice.
 *
 * The parser stops at the first duplicate and gives no syntax tree. So each duplicate is given an unused name of the same
 * length and the text is parsed again, until the parser is satisfied: then all positions are right and the first
 * definitions can be looked up.
 */
import type { Diagnostic } from '../lib/diagnostics.ts'
import { faultOf, isDuplicateError, nameOf, parseAst, type KeyNode } from './ast.ts'
import type { Duplicate } from './read-tree.ts'

const KEY_PART = /[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y

const STAND_INS = Array.from('-_ZQXJKVWYUPGFBHOMLCNDTRSIEAzqxjkvwyupgfbhomlcndtrsiea9876543210')

function keyPartAt(text: string, offset: number): string | undefined {
  KEY_PART.lastIndex = offset
  return KEY_PART.exec(text)?.[0]
}

function meaningOf(part: string): string {
  const [pair] = parseAst(`${part} = 0`).body[0].body
  return nameOf(pair?.key.keys[0] as KeyNode)
}

export interface Renaming {
  /** The text with another name. */
  readonly text: string
  /** What the name stood for. */
  readonly meaning: string
  /** What the parser has against the text now. */
  readonly fault: unknown
}

/**
 * Renames the key part at `offset`, or gives up when no name of its length is free.
 *
 * @param taken offsets of what has got another name before
 */
export function renameAt(text: string, offset: number, taken: ReadonlyMap<number, string>): Renaming | undefined {
  const part = keyPartAt(text, offset)
  if (part === undefined) return undefined
  for (const standIn of STAND_INS) {
    const changed = text.slice(0, offset) + standIn.repeat(part.length) + text.slice(offset + part.length)
    const fault = faultOf(changed)
    if (isDuplicateError(fault) && (fault.index === offset || taken.has(fault.index))) continue
    return { text: changed, meaning: meaningOf(part), fault }
  }
  return undefined
}

/** A second definition as a finding. */
export function duplicateFinding({ path, at, first }: Duplicate): Diagnostic {
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
