/** What a run has to do under a root: compares what is wanted, what the ledger says and what is there. Touches nothing. */
import path from 'node:path'
import { compareBytes } from '../../lib/byte-order.ts'
import type { Diagnostic } from '../../lib/diagnostics.ts'
import { PipelineError } from '../../lib/errors.ts'
import type { RootFs } from '../../lib/ports.ts'
import type { Entry } from './entry.ts'
import { markAt, markOf, PACKAGE_DIRECTORY, type Ledger, type Mark } from './ledger.ts'

/** A removal, of a path that is ours. */
export interface Removal {
  readonly path: string
}

export interface InstallPlan {
  readonly added: readonly Entry[]
  readonly updated: readonly Entry[]
  readonly unchanged: readonly Entry[]
  /** Links of enablement that were there before: nothing is to be done, and they stay at `uninstall`. */
  readonly alreadyThere: readonly Entry[]
  /** What an earlier run laid and this one does not want. */
  readonly removed: readonly Removal[]
  /** What an earlier run laid, this one does not want, and somebody changed: it stays. */
  readonly kept: readonly string[]
  /** Files of others, or files that somebody changed, that are replaced because `--force` says so. */
  readonly forced: readonly string[]
  /** Directories to make, outermost first. */
  readonly directories: readonly string[]
}

type State = 'absent' | 'same' | 'ours' | 'changed' | 'foreign' | 'directory'

function stateOf(fs: RootFs, entry: Entry, marks: readonly Mark[] | undefined): State {
  const mark = markAt(fs, entry.path)
  if (mark === undefined) return 'absent'
  if (mark === 'other') return 'directory'
  if (marks?.includes(mark) === true) return mark === markOf(entry) ? 'same' : 'ours'
  return marks === undefined ? 'foreign' : 'changed'
}

const REASONS = {
  directory: 'is no file, and stays as it is',
  changed: 'was changed since it was installed',
  foreign: 'is there already and was not installed by this tool',
} as const

const conflict = (entry: Entry, reason: keyof typeof REASONS): Diagnostic => ({
  code: 'INSTALL_CONFLICT',
  severity: 'error',
  message: `${entry.path} ${REASONS[reason]}`,
})

/** The directories above a path, outermost first, without the root. */
export function parentsOf(file: string): string[] {
  const parents: string[] = []
  for (let each = path.posix.dirname(file); each !== '/'; each = path.posix.dirname(each)) parents.unshift(each)
  return parents
}

/** Directories above some files that a root lacks, outermost first. */
function missingDirectories(fs: RootFs, files: readonly string[]): readonly string[] {
  const all = new Set(files.flatMap(parentsOf))
  return [...all].filter((directory) => fs.stat(directory) === undefined).sort(compareBytes)
}

/**
 * Plans an installation.
 *
 * @param force replace what others put in the place of wanted files
 * @throws PipelineError `INSTALL_CONFLICT` with every place where something else is, unless `force`
 */
export function planInstall(
  fs: RootFs,
  wanted: readonly Entry[],
  ledger: Ledger | undefined,
  force: boolean,
): InstallPlan {
  const added: Entry[] = []
  const updated: Entry[] = []
  const unchanged: Entry[] = []
  const alreadyThere: Entry[] = []
  const conflicts: Diagnostic[] = []
  const forced: string[] = []
  const replace = (entry: Entry, reason: 'changed' | 'foreign'): void => {
    if (entry.kind === 'enablement') alreadyThere.push(entry)
    else if (force) {
      forced.push(entry.path)
      updated.push(entry)
    } else conflicts.push(conflict(entry, reason))
  }
  const put = (entry: Entry): void => {
    const state = stateOf(fs, entry, ledger?.entries.get(entry.path))
    if (state === 'absent') added.push(entry)
    else if (state === 'same') unchanged.push(entry)
    else if (state === 'ours') updated.push(entry)
    else if (state === 'directory') conflicts.push(conflict(entry, state))
    else replace(entry, state)
  }
  wanted.forEach(put)
  if (conflicts.length > 0) {
    throw new PipelineError(
      'INSTALL_CONFLICT',
      `${String(conflicts.length)} files are in the way, nothing was changed`,
      {
        diagnostics: conflicts,
      },
    )
  }
  const paths = new Set(wanted.map((entry) => entry.path))
  const obsolete = [...(ledger?.entries ?? [])].filter(([each]) => !paths.has(each))
  const { removed, kept } = planRemoval(fs, obsolete)
  const directories = missingDirectories(fs, [...added.map((entry) => entry.path), `${PACKAGE_DIRECTORY}/ledger`])
  return { added, updated, unchanged, alreadyThere, removed, kept, forced, directories }
}

/** What of some entries of a ledger is to be removed: what is still as it was laid. */
export function planRemoval(
  fs: RootFs,
  entries: readonly (readonly [string, readonly Mark[]])[],
): { readonly removed: readonly Removal[]; readonly kept: readonly string[] } {
  const present = entries.flatMap(([place, marks]) => {
    const mark = markAt(fs, place)
    return mark === undefined ? [] : [{ path: place, isOurs: marks.includes(mark) }]
  })
  return {
    removed: present.filter(({ isOurs }) => isOurs).map(({ path: place }) => ({ path: place })),
    kept: present.filter(({ isOurs }) => !isOurs).map(({ path: place }) => place),
  }
}
