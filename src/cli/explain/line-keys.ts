/** Keys of files whose format goes by lines. */
import type { DocumentPath } from '../../lib/source-map.ts'
import type { FileKey } from './file-key.ts'

interface Line {
  readonly text: string
  readonly start: number
  /** From 1. */
  readonly number: number
}

function linesOf(text: string): Line[] {
  let start = 0
  return text.split('\n').map((line, i) => {
    const found = { text: line, start, number: i + 1 }
    start += line.length + 1
    return found
  })
}

/** Each line that is not blank, as `['line', 3]`. */
export function lineKeys(text: string): FileKey[] {
  return linesOf(text)
    .filter((line) => line.text.trim() !== '')
    .map(({ text: line, start, number }) => ({
      path: ['line', number],
      ...{ start, end: start + line.length, valueStart: start },
    }))
}

/** Where the value ends that begins at an offset: at the end of its line, or of the line on which its quotes close. */
function valueEnd(text: string, from: number, isContinued: (line: string) => boolean): number {
  const quote = text.charAt(from)
  let at = from
  if (quote === '"' || quote === "'") {
    at++
    while (at < text.length && text.charAt(at) !== quote) at += text.charAt(at) === '\\' && quote === '"' ? 2 : 1
  }
  for (;;) {
    const end = text.indexOf('\n', Math.min(at, text.length))
    if (end < 0) return text.length
    if (!isContinued(text.slice(from, end))) return end
    at = end + 1
  }
}

const ASSIGNMENT = /^[ \t]*(?:export +)?([^=\s#;]+)=/
const COMMENT = /^[ \t]*[#;]/

/** `NAME=value`, as the keys of an environment file. */
export function assignmentKeys(text: string): FileKey[] {
  const keys: FileKey[] = []
  let past = 0
  for (const line of linesOf(text)) {
    const found = line.start < past || COMMENT.test(line.text) ? null : ASSIGNMENT.exec(line.text)
    if (found === null) continue
    const valueStart = line.start + found[0].length
    const end = valueEnd(text, valueStart, () => false)
    keys.push({ path: [found[1] as string], start: line.start, end, valueStart })
    past = end
  }
  return keys
}

interface Statement extends FileKey {
  readonly name: string
}

const isContinued = (line: string): boolean => line.endsWith('\\')

/** The options of a command that goes over several lines: each line by its first word. */
function commandLines(text: string, { path, start, end, valueStart }: Statement): FileKey[] {
  const value = text.slice(valueStart, end)
  if (!value.includes('\\\n')) return [{ path, start, end, valueStart }]
  return linesOf(value).map((line, i): FileKey => {
    const from = valueStart + line.start
    const word = /^\s*(-[^\s=]+)/.exec(line.text)?.[1]
    const [lineStart, lineEnd] = [i === 0 ? start : from, from + line.text.length]
    const name = i === 0 ? [] : [word ?? line.text.trim().replace(/\s.*$/, '')]
    return { path: [...path, ...name], start: lineStart, end: lineEnd, valueStart: from }
  })
}

/** A variable is known by its name. */
function variablePath(text: string, { path, name, valueStart }: Statement): DocumentPath {
  const variable =
    name === 'Environment' ? /^["']?([A-Za-z_]\w*)=/.exec(text.slice(valueStart, valueStart + 200)) : null
  return variable === null ? path : [...path, variable[1] as string]
}

/** What stands several times in a section gets a position, from 0. */
function numbered(keys: readonly FileKey[]): FileKey[] {
  const counts = new Map<string, number>()
  const idOf = ({ path }: FileKey): string => JSON.stringify(path)
  for (const key of keys) counts.set(idOf(key), (counts.get(idOf(key)) ?? 0) + 1)
  const seen = new Map<string, number>()
  return keys.map((key) => {
    const id = idOf(key)
    const position = seen.get(id) ?? 0
    seen.set(id, position + 1)
    return counts.get(id) === 1 ? key : { ...key, path: [...key.path, position] }
  })
}

/** `Name=value` in sections, as `['Service', 'Name']`. */
export function sectionKeys(text: string): FileKey[] {
  const keys: FileKey[] = []
  let section = ''
  let past = 0
  for (const line of linesOf(text)) {
    if (line.start < past || COMMENT.test(line.text)) continue
    section = /^\s*\[(.*)\]\s*$/.exec(line.text)?.[1] ?? section
    const found = /^([^=[\]]+?)[ \t]*=[ \t]*/.exec(line.text)
    if (found === null) continue
    const [name, valueStart] = [found[1] as string, line.start + found[0].length]
    const end = valueEnd(text, Math.min(valueStart, text.length), isContinued)
    const statement = { name, path: section === '' ? [name] : [section, name], start: line.start, end, valueStart }
    keys.push(...commandLines(text, { ...statement, path: variablePath(text, statement) }))
    past = end
  }
  return numbered(keys)
}
