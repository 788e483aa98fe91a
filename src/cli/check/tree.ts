/** The files that the words of a command line stand for: files, patterns, and directories with all that is in them. */
import path from 'node:path'
import { compareBytes } from '../../lib/byte-order.ts'
import type { Diagnostic } from '../../lib/diagnostics.ts'
import { systemCode } from '../../lib/errors.ts'
import { expandGlob, isGlob } from '../../lib/glob.ts'
import type { DirectoryEntry, FileKind, ReadFs } from '../../lib/ports.ts'
import { IgnoreRules, rulesAround, withGitignore } from './ignore-rules.ts'
import { isOfAnotherTool, mayHoldUserData } from './candidates.ts'

/** A file to look at. */
export interface Candidate {
  /** As the user would have typed it. */
  readonly file: string
  /** Whether the user has named it, and so wants it checked whatever is in it. */
  readonly isNamed: boolean
  /** What it is checked as. */
  readonly kind: 'documents' | 'network'
}

/** Something that is not looked at. */
export interface LeftOut {
  readonly file: string
  readonly reason: string
}

export interface Tree {
  /** By the bytes of their names; each file once, whatever names lead to it. */
  readonly candidates: readonly Candidate[]
  readonly leftOut: readonly LeftOut[]
  /** What is wrong with the words themselves, by the word. */
  readonly problems: ReadonlyMap<string, Diagnostic>
}

export interface TreeOptions {
  readonly cwd: string
  readonly fs: ReadFs
  /** Patterns of files to check as `net.toml`. */
  readonly networks: readonly string[]
  /** Lines as of a `.gitignore` in the working directory. */
  readonly exclude: readonly string[]
  /** Whether to look at files that `.gitignore` leaves out. */
  readonly noIgnore: boolean
}

/** Directories of tools, with copies of what is elsewhere. */
const NEVER = new Set(['.git', '.hg', '.svn', 'node_modules', '.terraform', '.terragrunt-cache'])

const problem = (word: string, message: string, hint: string): Diagnostic => ({
  ...{ code: 'HOST_FILE_UNREADABLE', severity: 'error', message, hint },
  at: { file: word, line: 1, column: 1, endLine: 1, endColumn: 1 },
})

class Walk {
  readonly candidates = new Map<string, Candidate>()
  readonly leftOut: LeftOut[] = []
  readonly problems = new Map<string, Diagnostic>()
  private readonly options: TreeOptions
  private readonly excluded: IgnoreRules

  constructor(options: TreeOptions) {
    this.options = options
    this.excluded = IgnoreRules.none.with(options.cwd, options.exclude.join('\n'))
  }

  word(word: string): void {
    const { fs, cwd } = this.options
    const full = path.resolve(cwd, word)
    const kind = fs.stat(full)?.kind
    if (kind === 'directory') {
      const around = this.options.noIgnore ? IgnoreRules.none : rulesAround(full, fs)
      this.directory(path.normalize(word), full, around)
    } else if (kind === undefined && isGlob(word)) this.pattern(word, 'documents')
    else if (kind === 'file' || kind === undefined) this.add(path.normalize(word), 'documents', true)
    else this.problems.set(word, problem(word, 'it is neither a file nor a directory', 'check the name'))
  }

  pattern(word: string, kind: Candidate['kind']): void {
    const { fs, cwd } = this.options
    const isPlain = !isGlob(word) || fs.stat(path.resolve(cwd, word)) !== undefined
    const files = isPlain ? [word] : expandGlob(word, cwd, fs)
    if (files.length === 0) {
      this.problems.set(word, problem(word, 'no file matches the pattern', 'check the pattern'))
    }
    for (const file of files) this.add(path.normalize(file), kind, isPlain)
  }

  private add(file: string, kind: Candidate['kind'], isNamed: boolean): void {
    const full = path.resolve(this.options.cwd, file)
    const known = this.candidates.get(full)
    if (!isNamed && (this.excluded.leavesOut(full, false) || isOfAnotherTool(path.basename(file)))) return
    // what is said of a file holds for all names of it; a network is no user data
    if (known === undefined || (isNamed && !known.isNamed && known.kind === kind)) {
      this.candidates.set(full, { file: known?.file ?? file, kind, isNamed })
    }
  }

  private directory(typed: string, full: string, around: IgnoreRules): void {
    const { fs, noIgnore } = this.options
    let entries: readonly DirectoryEntry[]
    try {
      entries = fs.readDirectory(full)
    } catch (error) {
      this.leftOut.push({ file: typed, reason: `cannot read the directory: ${systemCode(error) ?? 'unknown'}` })
      return
    }
    const hasRules = !noIgnore && entries.some(({ name }) => name === '.gitignore')
    const rules = hasRules ? withGitignore(around, full, fs) : around
    for (const { name, kind } of entries) {
      const [file, at] = [typed === '.' ? name : path.join(typed, name), path.join(full, name)]
      const reason = this.reasonAgainst(name, kind, at, rules)
      if (reason !== undefined) this.leftOut.push({ file, reason })
      else if (kind === 'directory') this.directory(file, at, rules)
      else if (kind === 'file' && mayHoldUserData(name)) this.add(file, 'documents', false)
    }
  }

  private reasonAgainst(name: string, kind: FileKind, full: string, rules: IgnoreRules): string | undefined {
    const isDirectory = kind === 'directory'
    if (!isDirectory && !mayHoldUserData(name)) return undefined
    if (isDirectory && NEVER.has(name)) return 'a directory of tools'
    if (kind === 'symlink') return 'a link, which is not followed'
    if (this.excluded.leavesOut(full, isDirectory)) return 'excluded'
    return rules.leavesOut(full, isDirectory) ? 'ignored by .gitignore' : undefined
  }
}

/** Finds all files. Nothing is thrown for what is missing or closed: it is told. */
export function findCandidates(words: readonly string[], options: TreeOptions): Tree {
  const walk = new Walk(options)
  for (const word of options.networks) walk.pattern(word, 'network')
  for (const word of words) walk.word(word)
  const candidates = [...walk.candidates.values()].sort((a, b) => compareBytes(a.file, b.file))
  const leftOut = [...walk.leftOut].sort((a, b) => compareBytes(a.file, b.file))
  return { candidates, leftOut, problems: walk.problems }
}
