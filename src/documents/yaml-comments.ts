/** What comments of a YAML file say about the variants that the user data in it is for. */
import { Lexer } from 'yaml'
import { PlaceFinder } from '../lib/source-map.ts'
import { mayNameVariants, namesIn, withoutMark, type Comment, type NearestAbove } from './variant-comment.ts'

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

/**
 * The comments of a YAML file (not those of texts in it): for each place the nearest one above counts, so that one at
 * the top is for the whole file.
 */
export function variantsInYaml(text: string, file: string): NearestAbove {
  if (!mayNameVariants(text)) return () => []
  const body = withoutMark(text)
  const places = new PlaceFinder(body, file)
  const all = yamlComments(body).flatMap((comment) => {
    const names = namesIn(comment, places)
    return names === undefined ? [] : [names]
  })
  return (line) => all.findLast(([first]) => first !== undefined && first.at.line <= line) ?? []
}
