/** The links that say which datastore is current, and of which version it is. */
import path from 'node:path'
import { versionLinks } from '../datastore/versions.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import type { Entropy, RootFs } from '../lib/ports.ts'
import { isVersion } from './version.ts'

const ID_LENGTH = 16

/**
 * The version of the current datastore: the name behind the third link. The directory's own name may be of an earlier
 * version, since not every update has migrations.
 *
 * @param base the directory of the links
 * @throws PipelineError `MIGRATION_VERSION_UNKNOWN`
 */
export function currentVersion(fs: RootFs, base: string): string {
  let name = 'current'
  try {
    for (let links = 0; links < 3; links++) name = path.posix.basename(fs.readLink(`${base}/${name}`))
  } catch (cause) {
    throw new PipelineError(
      'MIGRATION_VERSION_UNKNOWN',
      `the link ${base}/${name} cannot be read: ${messageOf(cause)}`,
      {
        cause,
      },
    )
  }
  const version = name.replace(/^v/, '')
  if (isVersion(version)) return version
  throw new PipelineError('MIGRATION_VERSION_UNKNOWN', `the links in ${base} lead to '${name}', which is no version`)
}

/** A name for a new datastore of a version. */
export function newDirectoryName(version: string, entropy: Entropy): string {
  return `v${version}_${entropy.alphanumeric(ID_LENGTH)}`
}

/**
 * Makes a datastore the current one, of the given version. Each link is replaced in one step, from the datastore outwards,
 * so that at any time the chain leads to the old datastore or to the new one.
 *
 * @param directoryName where the datastore is, in `base`
 * @param warn gets why the links may not be on the disk yet
 * @throws PipelineError `DATASTORE_UNWRITABLE`; the old datastore may then be the current one, or the new one
 */
export function flipLinks(
  fs: RootFs,
  base: string,
  version: string,
  directoryName: string,
  entropy: Entropy,
  warn: (reason: string) => void,
): void {
  const temporary = `${base}/.link-${entropy.alphanumeric(ID_LENGTH)}`
  const sync = (): void => {
    try {
      fs.syncDirectory(base)
    } catch (error) {
      warn(messageOf(error))
    }
  }
  // after a power cut no link may be there without what it leads to
  sync()
  try {
    for (const [name, text] of versionLinks(version, directoryName)) {
      fs.symlink(text, temporary)
      fs.rename(temporary, `${base}/${name}`)
      sync()
    }
  } catch (cause) {
    removeIfPossible(fs, temporary)
    throw new PipelineError('DATASTORE_UNWRITABLE', `the links in ${base} cannot be changed: ${messageOf(cause)}`, {
      cause,
    })
  }
}

function removeIfPossible(fs: RootFs, file: string): void {
  try {
    fs.remove(file)
  } catch {
    // its name is in nobody's way
  }
}
