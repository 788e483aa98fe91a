/**
 * Comments that say which variants a document is for: `# bottlerocket: variant=aws-k8s-1.30`, with several names or
 * patterns separated by commas.
 */
import type { Place } from '../lib/diagnostics.ts'
import { PlaceFinder } from '../lib/source-map.ts'
import type { Stretch } from '../toml/template-text.ts'
import { overlaps } from '../toml/template-text.ts'

/** A name or pattern out of such a comment; empty where the comment names nothing. */
export interface NamedVariant {
  readonly name: string
  readonly at: Place
}

/** A text without its byte order mark, as places are counted. */
export const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text)

/** A comment with its offset in the text. */
export interface Comment {
  readonly text: string
  readonly start: number
}

const STATEMENT = /^#+[ \t]*bottlerocket:[ \t]*variant[ \t]*=[ \t]*/

/** Whether it is worth looking for such comments. */
export const mayNameVariants = (text: string): boolean => /#[ \t]*bottlerocket:[ \t]*variant/.test(text)

/** What a comment names; undefined for any other comment. */
function namesIn({ text, start }: Comment, places: PlaceFinder): NamedVariant[] | undefined {
  const head = STATEMENT.exec(text)?.[0]
  if (head === undefined) return undefined
  const names: NamedVariant[] = []
  let at = head.length
  for (const part of text.slice(head.length).split(',')) {
    const lead = /^\s*/.exec(part)?.[0].length ?? 0
    const name = part.trim().replace(/^(["'])(.*)\1$/, '$2')
    const from = start + at + lead
    if (name !== '') names.push({ name, at: places.place(from, from + part.trim().length) })
    at += part.length + 1
  }
  return names.length > 0 ? names : [{ name: '', at: places.place(start, start + text.trimEnd().length) }]
}

/** The comments in front of anything else in a TOML document. */
function leadingComments(text: string): Comment[] {
  const comments: Comment[] = []
  for (const { index, 1: lead = '', 2: rest = '' } of text.matchAll(/^([ \t]*)([^\r\n]*)/gm)) {
    if (rest.startsWith('#')) comments.push({ text: rest, start: index + lead.length })
    else if (rest !== '') break
  }
  return comments
}

/** What the comments at the top of TOML user data name, together. @param unknown parts whose text comes later */
export function variantsInToml(text: string, file: string, unknown: readonly Stretch[] = []): NamedVariant[] {
  if (!mayNameVariants(text)) return []
  const body = withoutMark(text)
  const places = new PlaceFinder(body, file)
  return leadingComments(body)
    .filter((comment) => !overlaps(unknown, comment.start, comment.start + comment.text.length))
    .flatMap((comment) => namesIn(comment, places) ?? [])
}

/** Finds what is named for a line of a file that holds user data. */
export type NearestAbove = (line: number) => readonly NamedVariant[]

/**
 * The comments of a file (not those of texts in it): for each place the nearest one above counts, so that one at the top
 * is for the whole file.
 *
 * @param text without a byte order mark
 */
export function nearestAbove(comments: readonly Comment[], text: string, file: string): NearestAbove {
  const places = new PlaceFinder(text, file)
  const all = comments.flatMap((comment) => {
    const names = namesIn(comment, places)
    return names === undefined ? [] : [names]
  })
  return (line) => all.findLast(([first]) => first !== undefined && first.at.line <= line) ?? []
}
