/** One process at a time works on the files of a datastore: what was read is kept in memory. */
import { PipelineError } from '../lib/errors.ts'
import { unreadableFile } from '../lib/file-errors.ts'
import type { Host, Lock, Locks } from '../lib/ports.ts'

/**
 * Makes this process the owner of all datastores below a directory, and of their journal, until it ends.
 *
 * @param directory the directory of the version links
 * @param program is named to whoever wants the datastore too
 * @throws PipelineError `DATASTORE_IN_USE`, `HOST_FILE_UNREADABLE`
 */
export async function ownDatastores(
  host: Pick<Host, 'fs' | 'locks'>,
  directory: string,
  program: string,
): Promise<Lock> {
  const shown = host.fs.hostPath(directory)
  const result = await acquire(host.locks, directory, program)
  if (!('heldBy' in result)) return result
  throw new PipelineError('DATASTORE_IN_USE', `the datastore ${shown} belongs to another process: ${result.heldBy}`)
}

async function acquire(locks: Locks, directory: string, program: string): ReturnType<Locks['acquire']> {
  try {
    return await locks.acquire(directory, program)
  } catch (cause) {
    throw unreadableFile(directory, cause)
  }
}
