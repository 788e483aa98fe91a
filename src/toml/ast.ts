import { ParseError, parseTOML, type AST } from 'toml-eslint-parser'

/**
 * Parses TOML 1.0 (https://toml.io/en/v1.0.0) to a syntax tree with positions.
 *
 * @throws ParseError at the first fault
 */
export function parseAst(text: string): AST.TOMLProgram {
  return parseTOML(text, { tomlVersion: '1.0' })
}

export type KeyNode = AST.TOMLBare | AST.TOMLQuoted

/** The name that a part of a key stands for. */
export function nameOf(node: KeyNode): string {
  return node.type === 'TOMLBare' ? node.name : node.value
}

/** Whether the fault is a key or table that is defined a second time; `index` is then where its name stands. */
export function isDuplicateError(error: unknown): error is ParseError {
  return error instanceof ParseError && error.message === 'Defining a key multiple times is invalid'
}

/** What the parser has against a text, or undefined if nothing. */
export function faultOf(text: string): unknown {
  try {
    parseAst(text)
    return undefined
  } catch (error) {
    return error
  }
}
