/** Which files a repository leaves alone: `.gitignore` (https://git-scm.com/docs/gitignore) and patterns of the same form. */
import path from 'node:path'
import ignore, { type Ignore } from 'ignore'
import type { ReadFs } from '../../lib/ports.ts'
import { decodeUtf8Lossy } from '../../lib/utf8.ts'

/** The rules of one directory, for everything below it. */
interface Level {
  readonly directory: string
  readonly rules: Ignore
}

/** Rules of some directories; those further in go before those around them. */
export class IgnoreRules {
  private readonly levels: readonly Level[]

  private constructor(levels: readonly Level[]) {
    this.levels = levels
  }

  static readonly none = new IgnoreRules([])

  /** The same with the rules of one more directory, which lies in those so far. */
  with(directory: string, lines: string): IgnoreRules {
    const rules = ignore({ ignorecase: false }).add(lines)
    return new IgnoreRules([{ directory, rules }, ...this.levels])
  }

  /** Whether a file or directory is left out. @param full its absolute path */
  leavesOut(full: string, isDirectory: boolean): boolean {
    for (const { directory, rules } of this.levels) {
      const relative = path.relative(directory, full)
      if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) continue
      const { ignored, unignored } = rules.test(isDirectory ? `${relative}/` : relative)
      if (ignored || unignored) return ignored
    }
    return false
  }
}

function readRules(rules: IgnoreRules, directory: string, name: string, fs: ReadFs): IgnoreRules {
  const file = path.join(directory, name)
  if (fs.stat(file)?.kind !== 'file') return rules
  try {
    return rules.with(directory, decodeUtf8Lossy(fs.readBytes(file)))
  } catch {
    // one that may not be read leaves nothing out
    return rules
  }
}

/** Adds the `.gitignore` of a directory, if there is one. */
export function withGitignore(rules: IgnoreRules, directory: string, fs: ReadFs): IgnoreRules {
  return readRules(rules, directory, '.gitignore', fs)
}

/**
 * What the directories around one say about it, up to the top of its repository; nothing if they leave it out itself, as
 * somebody has named it.
 */
export function rulesAround(directory: string, fs: ReadFs): IgnoreRules {
  const around: string[] = []
  for (let at = directory; ; at = path.dirname(at)) {
    if (fs.lstat(path.join(at, '.git')) !== undefined) {
      const exclude = readRules(IgnoreRules.none, at, '.git/info/exclude', fs)
      const rules = around.reduceRight((known, each) => withGitignore(known, each, fs), exclude)
      return rules.leavesOut(directory, true) ? IgnoreRules.none : rules
    }
    if (at === path.dirname(at)) return IgnoreRules.none
    around.push(path.dirname(at))
  }
}
