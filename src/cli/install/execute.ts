/** Carries plans out under a root. */
import path from 'node:path'
import { systemCode } from '../../lib/errors.ts'
import { unwritableFile } from '../../lib/file-errors.ts'
import type { RootFs } from '../../lib/ports.ts'
import type { Variant } from '../../variants/types.ts'
import { isLink, type Entry } from './entry.ts'
import { LEDGER_PATH, markAt, markOf, printLedger, sameLedger, type Ledger, type Mark } from './ledger.ts'
import { parentsOf, type InstallPlan } from './plan.ts'

const DIRECTORY_MODE = 0o755
const LEDGER_MODE = 0o644
const TEMPORARY = '.bottlerocket-new'

/** @throws PipelineError `HOST_FILE_UNWRITABLE` */
function attempt(place: string, action: () => void): void {
  try {
    action()
  } catch (cause) {
    throw unwritableFile(place, cause)
  }
}

function makeDirectory(fs: RootFs, place: string): void {
  attempt(place, () => {
    fs.makeDirectory(place, DIRECTORY_MODE)
    // whatever the umask of this process says
    fs.changeMode(place, DIRECTORY_MODE)
  })
}

/** Writes a file or link beside its place. */
function stage(fs: RootFs, entry: Entry): void {
  const temporary = `${entry.path}${TEMPORARY}`
  attempt(entry.path, () => {
    fs.remove(temporary)
    if (isLink(entry)) fs.symlink(entry.target, temporary)
    else {
      fs.writeFile(temporary, entry.data)
      fs.changeMode(temporary, entry.mode)
    }
  })
}

/**
 * Puts files and links in their places, each in one step: an upgrade of a running host must not meet a half-written program,
 * and after a power cut each is the old one or the whole new one.
 */
async function lay(fs: RootFs, entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) stage(fs, entry)
  await fs.syncAll(entries.filter((entry) => !isLink(entry)).map((entry) => `${entry.path}${TEMPORARY}`))
  for (const entry of entries) {
    attempt(entry.path, () => {
      fs.rename(`${entry.path}${TEMPORARY}`, entry.path)
    })
  }
  await fs.syncAll([...new Set(entries.map((entry) => path.posix.dirname(entry.path)))])
}

function writeLedger(fs: RootFs, ledger: Ledger): void {
  attempt(LEDGER_PATH, () => {
    fs.replaceFile(LEDGER_PATH, printLedger(ledger), { mode: LEDGER_MODE, forceMode: true })
  })
}

/** An entry that comes and goes gives `/usr` a new time. */
const TOUCH = '/usr/.updated-by-bottlerocket'

/** Tells systemd's helpers that run after an update to run at the next boot, see systemd-update-done.service(8). */
function markUpdated(fs: RootFs): void {
  attempt(TOUCH, () => {
    fs.writeFile(TOUCH, '')
    fs.remove(TOUCH)
  })
}

function removeEach(fs: RootFs, places: Iterable<string>): void {
  for (const place of places) {
    attempt(place, () => {
      fs.remove(place)
    })
  }
}

/** Removes directories of ours that are empty, innermost first. @returns those that are not */
function removeDirectories(fs: RootFs, directories: readonly string[]): readonly string[] {
  return [...directories]
    .sort((a, b) => b.length - a.length)
    .filter((directory) => {
      try {
        fs.removeDirectory(directory)
        return false
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return false
        if (['ENOTEMPTY', 'EBUSY', 'ENOTDIR'].includes(systemCode(error) ?? '')) return true
        throw unwritableFile(directory, error)
      }
    })
}

/** The ledger while a plan is carried out: what is ours before it counts as well as what is ours after it. */
function ledgerDuring(fs: RootFs, plan: InstallPlan, before: Ledger | undefined, after: Ledger): Ledger {
  const entries = new Map(after.entries)
  const add = (place: string, marks: readonly Mark[]): void => {
    entries.set(place, [...new Set([...(entries.get(place) ?? []), ...marks])])
  }
  for (const [place, marks] of before?.entries ?? []) add(place, marks)
  for (const place of plan.forced)
    add(
      place,
      [markAt(fs, place)].filter((mark) => mark !== undefined),
    )
  return { ...after, entries }
}

/**
 * Lays what a plan says. The ledger is written first, with the marks before and after, so that a run that is cut short is
 * finished or undone by the next one.
 *
 * @throws PipelineError `HOST_FILE_UNWRITABLE`
 */
export async function executeInstall(
  fs: RootFs,
  plan: InstallPlan,
  before: Ledger | undefined,
  variant: Variant,
): Promise<void> {
  const changes = [...plan.added, ...plan.updated]
  const after: Ledger = {
    variant: variant.name,
    release: variant.release,
    entries: new Map([...changes, ...plan.unchanged].map((entry) => [entry.path, [markOf(entry)]])),
    directories: [...new Set([...(before?.directories ?? []), ...plan.directories])],
  }
  const isDone = changes.length + plan.removed.length === 0
  // an earlier run that was cut short has left a ledger that says more
  if (isDone && before !== undefined && sameLedger(before, after)) return
  const ownParents = parentsOf(LEDGER_PATH).filter((each) => plan.directories.includes(each))
  for (const directory of ownParents) makeDirectory(fs, directory)
  writeLedger(fs, ledgerDuring(fs, plan, before, after))
  for (const directory of plan.directories) makeDirectory(fs, directory)
  await lay(fs, changes)
  const removed = plan.removed.map(({ path: place }) => place)
  removeEach(fs, removed)
  const needed = new Set([LEDGER_PATH, ...after.entries.keys()].flatMap(parentsOf))
  const candidates = after.directories.filter((each) => !needed.has(each))
  const left = new Set(removeDirectories(fs, candidates))
  markUpdated(fs)
  const isThere = (directory: string): boolean => !candidates.includes(directory) || left.has(directory)
  writeLedger(fs, { ...after, directories: after.directories.filter(isThere) })
}

/**
 * Removes what a ledger says is ours.
 *
 * @param removed the files and links that are still as they were laid
 * @param purge paths of state that go as well
 * @returns directories of ours that hold something else
 * @throws PipelineError `HOST_FILE_UNWRITABLE`
 */
export function executeUninstall(
  fs: RootFs,
  removed: readonly string[],
  ledger: Ledger,
  purge: readonly string[],
): readonly string[] {
  removeEach(fs, removed)
  // what a run left that was cut short
  removeEach(fs, [TOUCH, ...[...ledger.entries.keys()].map((place) => `${place}${TEMPORARY}`)])
  for (const place of purge) {
    attempt(place, () => {
      fs.removeTree(place)
    })
  }
  // the ledger goes when nothing is left that it tells of
  const ownParents = parentsOf(LEDGER_PATH)
  const others = removeDirectories(
    fs,
    ledger.directories.filter((each) => !ownParents.includes(each)),
  )
  removeEach(fs, [LEDGER_PATH])
  return [
    ...others,
    ...removeDirectories(
      fs,
      ledger.directories.filter((each) => ownParents.includes(each)),
    ),
  ]
}
