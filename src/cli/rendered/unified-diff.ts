/** Differences between files as unified diffs (https://www.gnu.org/software/diffutils/manual/html_node/Unified-Format.html). */
import { formatPatch, structuredPatch } from 'diff'

/** How the lines of a diff are painted. */
export interface DiffPalette {
  readonly header: (text: string) => string
  readonly hunk: (text: string) => string
  readonly removed: (text: string) => string
  readonly added: (text: string) => string
}

/** One file before and after; undefined where it does not exist. */
export interface FileChange {
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

const CONTEXT_LINES = 3
const NOWHERE = '/dev/null'

function painted(line: string, palette: DiffPalette): string {
  if (line.startsWith('@@')) return palette.hunk(line)
  if (line.startsWith('-')) return palette.removed(line)
  return line.startsWith('+') ? palette.added(line) : line
}

/** The difference as `patch -p1` reads it; empty if there is none. */
export function unifiedDiff({ path, before, after }: FileChange, palette: DiffPalette): string {
  if (before === after) return ''
  const [from, to] = [before === undefined ? NOWHERE : `a${path}`, after === undefined ? NOWHERE : `b${path}`]
  const patch = structuredPatch(from, to, before ?? '', after ?? '', undefined, undefined, { context: CONTEXT_LINES })
  const [, ...lines] = formatPatch(patch).replace(/\n$/, '').split('\n')
  const head = lines.slice(0, 2).map(palette.header)
  return [...head, ...lines.slice(2).map((line) => painted(line, palette))].join('\n') + '\n'
}
