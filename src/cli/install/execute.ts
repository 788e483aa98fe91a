/** Carries plans out under a root. */
import path from 'node:path'
import { systemCode } from '../../lib/errors.ts'
import { unwritableFile } from '../../lib/file-errors.ts'
import type { RootFs } from '../../lib/ports.ts'
import type { Variant } from '../../variants/types.ts'
import { isLink, type Entry } from './entry.ts'
import { LEDGER_PATH, markAt, markOf, printLedger, type Ledger, type Mark } from './ledger.ts'
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

/** Puts a file or link in its place in one step; what was there is replaced, also a link by a file. */
function lay(fs: RootFs, entry: Entry): void {
  attempt(entry.path, () => {
    const temporary = `${entry.path}${TEMPORARY}`
    fs.remove(temporary)
    if (isLink(entry)) fs.symlink(entry.target, temporary)
    else {
      // an upgrade of a running host must not meet a half-written program
      fs.replaceFile(temporary, entry.data, { mode: entry.mode, forceMode: true, durable: false })
    }
    fs.rename(temporary, entry.path)
  })
}

function writeLedger(fs: RootFs, ledger: Ledger): void {
  attempt(LEDGER_PATH, () => {
    fs.replaceFile(LEDGER_PATH, printLedger(ledger), { mode: LEDGER_MODE, forceMode: true })
  })
}

/** Tells systemd's helpers that run after an update to run at the next boot, see systemd-update-done.service(8). */
function markUpdated(fs: RootFs): void {
  const touch = '/usr/.updated-by-bottlerocket'
  attempt(touch, () => {
    // an entry that comes and goes gives the directory a new time
    fs.writeFile(touch, '')
    fs.remove(touch)
  })
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
  if (before !== undefined && changes.length + plan.removed.length === 0 && plan.kept.length === 0) return
  for (const directory of plan.directories) makeDirectory(fs, directory)
  const ours = [...changes, ...plan.unchanged]
  const after = new Map<string, readonly Mark[]>(ours.map((entry) => [entry.path, [markOf(entry)]]))
  const during = new Map(after)
  for (const [place, marks] of before?.entries ?? []) during.set(place, [...(after.get(place) ?? []), ...marks])
  for (const place of plan.forced) {
    const mark = markAt(fs, place)
    if (mark !== undefined) during.set(place, [...(during.get(place) ?? []), mark])
  }
  const directories = [...new Set([...(before?.directories ?? []), ...plan.directories])]
  const head = { variant: variant.name, release: variant.release }
  writeLedger(fs, { ...head, entries: during, directories })
  for (const entry of changes) lay(fs, entry)
  for (const { path: place } of plan.removed)
    attempt(place, () => {
      fs.remove(place)
    })
  const emptied = new Set(plan.removed.flatMap(({ path: place }) => parentsOf(place)))
  const left = removeDirectories(
    fs,
    directories.filter((each) => emptied.has(each)),
  )
  const gone = new Set([...emptied].filter((each) => !left.includes(each)))
  await sync(fs, changes)
  markUpdated(fs)
  writeLedger(fs, { ...head, entries: after, directories: directories.filter((each) => !gone.has(each)) })
}

async function sync(fs: RootFs, entries: readonly Entry[]): Promise<void> {
  const files = entries.filter((entry) => !isLink(entry)).map((entry) => entry.path)
  const directories = [...new Set(entries.map((entry) => path.posix.dirname(entry.path)))]
  await fs.syncAll([...files, ...directories])
}

/**
 * Removes what a ledger says is ours. @param purge paths of state that go as well
 *
 * @returns directories of ours that hold something else
 * @throws PipelineError `HOST_FILE_UNWRITABLE`
 */
export function executeUninstall(
  fs: RootFs,
  removed: readonly string[],
  ledger: Ledger,
  purge: readonly string[],
): readonly string[] {
  for (const place of removed)
    attempt(place, () => {
      fs.remove(place)
    })
  // what a run left that was cut short
  for (const place of ledger.entries.keys())
    attempt(place, () => {
      fs.remove(`${place}${TEMPORARY}`)
    })
  for (const place of purge)
    attempt(place, () => {
      fs.removeTree(place)
    })
  attempt(LEDGER_PATH, () => {
    fs.remove(LEDGER_PATH)
  })
  return removeDirectories(fs, ledger.directories)
}
