/** Choosing files by patterns. */
import { matchesName } from '../../lib/glob.ts'

/** Whether the names of a path match those of a pattern; `**` stands for any number of them. */
function matchesAll(pattern: readonly string[], names: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return names.length === 0
  if (first === '**') return names.some((_, i) => matchesAll(rest, names.slice(i))) || matchesAll(rest, [])
  const [name, ...others] = names
  return name !== undefined && matchesName(first, name) && matchesAll(rest, others)
}

const namesOf = (path: string): string[] => path.split('/').filter((name) => name !== '')

/**
 * Whether a file is meant: by its whole path (`/etc/kubernetes/**`), by the end of it (`kubelet/config`), or by its name
 * (`*.toml`).
 */
export function matchesPath(pattern: string, path: string): boolean {
  const names = namesOf(pattern)
  return matchesAll(pattern.startsWith('/') ? names : ['**', ...names], namesOf(path))
}

/** A test whether any of the patterns means a file; without patterns every file is meant. */
export function fileSelector(patterns: readonly string[]): (file: { readonly path: string }) => boolean {
  return ({ path }) => patterns.length === 0 || patterns.some((pattern) => matchesPath(pattern, path))
}
