/** What comments of a YAML file say about the variants that the user data in it is for. */
import { Lexer } from 'yaml'
import { mayNameVariants, nearestAbove, withoutMark, type Comment, type NearestAbove } from './variant-comment.ts'

/** Lexemes of no width: the start of a document or of a plain scalar, and the end of a flow with a fault. */
const MARKS = new Set(['\u0002', '\u0018', '\u001f'])

function yamlComments(text: string): Comment[] {
  const comments: Comment[] = []
  let start = 0
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.startsWith('#')) comments.push({ text: lexeme, start })
    if (!MARKS.has(lexeme)) start += lexeme.length
  }
  return comments
}

/** Finds what the comments of a YAML file name for a line of it. */
export function variantsInYaml(text: string, file: string): NearestAbove {
  if (!mayNameVariants(text)) return () => []
  const body = withoutMark(text)
  return nearestAbove(yamlComments(body), body, file)
}
