import { unwritableFile } from '../lib/file-errors.ts'
import { formatOctalMode } from '../lib/octal-mode.ts'
import type { Host, RootFs } from '../lib/ports.ts'
import type { WriteStep } from './plan-writes.ts'

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

/** The first file that could not be written. */
interface Failure {
  readonly path: string
  readonly cause: unknown
}

/** Makes the directories that files lie in. @returns the first file for which that fails */
function makeParents(steps: readonly WriteStep[], fs: RootFs): Failure | undefined {
  for (const { file } of steps) {
    try {
      fs.makeDirectory(parentOf(file.path))
    } catch (cause) {
      return { path: file.path, cause }
    }
  }
  return undefined
}

async function writeChanged(steps: readonly WriteStep[], fs: RootFs): Promise<Failure | undefined> {
  const changed = steps.filter((step) => step.changed)
  const homeless = makeParents(changed, fs)
  const files = homeless === undefined ? changed : changed.slice(0, indexOfPath(changed, homeless.path))
  const failure = await fs.replaceFiles(
    files.map(({ file, content }) => ({ path: file.path, data: content, mode: file.mode, underUmask: true })),
  )
  return failure === undefined ? homeless : { path: files[failure.index]?.file.path ?? '', cause: failure.cause }
}

function indexOfPath(steps: readonly WriteStep[], path: string): number {
  return steps.findIndex(({ file }) => file.path === path)
}

/**
 * Writes the files that changed, each as a whole and all at the same time, and tells of every file. Those behind the
 * first failure are left alone.
 *
 * @throws PipelineError `HOST_FILE_UNWRITABLE`
 */
export async function executeWrites(steps: readonly WriteStep[], host: Pick<Host, 'fs' | 'events'>): Promise<void> {
  const failure = await writeChanged(steps, host.fs)
  const written = failure === undefined ? steps : steps.slice(0, indexOfPath(steps, failure.path))
  for (const { file, content, changed, oldMode } of written) {
    const { name, path, mode, services } = file
    host.events.emit({
      kind: 'file',
      name,
      path,
      mode: formatOctalMode(oldMode ?? host.fs.stat(path)?.mode ?? mode),
      content,
      changed,
      services,
    })
  }
  if (failure !== undefined) throw unwritableFile(failure.path, failure.cause)
}
