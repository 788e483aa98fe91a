/** File name patterns: `*`, `?`, `[abc]`, `[!a-c]`, `{a,b}`, and `**` for any number of directories. */
import path from 'node:path'
import type { ReadFs } from './ports.ts'

/** Whether a word is a pattern rather than a plain name. */
export function isGlob(word: string): boolean {
  return /[*?[{]/.test(word)
}

/** The patterns without braces that a pattern with braces stands for. */
function withoutBraces(pattern: string): string[] {
  const braces = /\{([^{}]*)\}/.exec(pattern)
  if (braces === null) return [pattern]
  const [before, after] = [pattern.slice(0, braces.index), pattern.slice(braces.index + braces[0].length)]
  return (braces[1] ?? '').split(',').flatMap((choice) => withoutBraces(`${before}${choice}${after}`))
}

/** One name, without slashes, as a regular expression. A leading dot is matched by a dot only. */
function nameExpression(pattern: string): RegExp {
  const body = pattern.replace(/\[(!?)([^\]]+)\]|[*?]|[^*?[]+|\[/g, (part, not: string, set: string | undefined) => {
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${pattern.startsWith('.') ? '' : '(?!\\.)'}${body}$`, 'u')
}

/** The patterns of one run are few, and each is asked about many names. */
const expressions = new Map<string, readonly RegExp[]>()

/** Whether a name without slashes matches a pattern. @throws SyntaxError for a set of characters that is none */
export function matchesName(pattern: string, name: string): boolean {
  const known = expressions.get(pattern) ?? withoutBraces(pattern).map(nameExpression)
  expressions.set(pattern, known)
  return known.some((each) => each.test(name))
}

interface Found {
  /** As the user would have typed it. */
  readonly typed: string
  readonly full: string
}

/** The entries below a directory that a single step of a pattern leads to. */
function step({ typed, full }: Found, name: string, fs: ReadFs, wantsDirectory: boolean): Found[] {
  const below = (entry: string): Found => ({
    typed: typed === '' || typed === '/' ? `${typed}${entry}` : `${typed}/${entry}`,
    full: path.join(full, entry),
  })
  const isWanted = (found: Found): boolean => {
    const kind = fs.stat(found.full)?.kind
    return wantsDirectory ? kind === 'directory' : kind === 'file'
  }
  if (!isGlob(name)) return [below(name)].filter(isWanted)
  const expression = nameExpression(name)
  return entriesOf(fs, full)
    .filter((entry) => expression.test(entry))
    .map(below)
    .filter(isWanted)
}

/** Names in a directory; one that cannot be read has none. */
function entriesOf(fs: ReadFs, directory: string): string[] {
  try {
    return fs.readDirectory(directory).map(({ name }) => name)
  } catch {
    return []
  }
}

/** A directory and all directories below it; links to directories are not followed. */
function descendants(found: Found, fs: ReadFs): Found[] {
  const inner = step(found, '*', fs, true).filter(({ full }) => fs.lstat(full)?.kind === 'directory')
  return [found, ...inner.flatMap((each) => descendants(each, fs))]
}

/**
 * The files that a pattern matches, as the user would have typed them, in the order of the directories.
 *
 * @param cwd the directory that a relative pattern starts in
 * @throws SyntaxError for a set of characters that is none
 */
export function expandGlob(pattern: string, cwd: string, fs: ReadFs): string[] {
  const matches = withoutBraces(pattern).flatMap((each) => {
    const isAbsolute = path.isAbsolute(each)
    const names = each.split('/').filter((name) => name !== '' && name !== '.')
    let found: Found[] = [isAbsolute ? { typed: '/', full: '/' } : { typed: '', full: cwd }]
    names.forEach((name, i) => {
      const isLast = i === names.length - 1
      found = found.flatMap((at) => (name === '**' && !isLast ? descendants(at, fs) : step(at, name, fs, !isLast)))
    })
    return found.map(({ typed }) => typed)
  })
  return [...new Set(matches)]
}
