import { unwritableFile } from '../lib/file-errors.ts'
import { formatOctalMode } from '../lib/octal-mode.ts'
import type { Host } from '../lib/ports.ts'
import type { WriteStep } from './plan-writes.ts'

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

function write(step: WriteStep, fs: Host['fs']): void {
  const { path, mode } = step.file
  try {
    fs.makeDirectory(parentOf(path))
    fs.replaceFile(path, step.content, { mode })
  } catch (cause) {
    throw unwritableFile(path, cause)
  }
}

/**
 * Writes the files that changed, each as a whole, and tells of every file. The first failure stops.
 *
 * @throws PipelineError `HOST_FILE_UNWRITABLE`
 */
export function executeWrites(steps: readonly WriteStep[], host: Pick<Host, 'fs' | 'events'>): void {
  for (const step of steps) {
    const { name, path, mode, services } = step.file
    if (step.changed) write(step, host.fs)
    host.events.emit({
      kind: 'file',
      name,
      path,
      mode: formatOctalMode(host.fs.stat(path)?.mode ?? mode),
      content: step.content,
      changed: step.changed,
      services,
    })
  }
}
