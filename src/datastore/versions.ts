/** The chain of links that leads to the datastore of a version. */
import path from 'node:path'
import { PipelineError } from '../lib/errors.ts'
import { FULL_VERSION } from '../lib/os-release.ts'
import type { RootFs } from '../lib/ports.ts'

const MAX_LINKS = 40

/** The journal of a datastore: beside the links of the versions. */
export function journalPathOf(base: string): string {
  return `${path.posix.dirname(base)}/.journal`
}

/**
 * The directory behind a datastore path, with the links of its last part followed.
 *
 * @throws PipelineError `DATASTORE_MISSING`
 */
export function resolveDatastore(fs: RootFs, datastorePath: string): string {
  let current = path.posix.normalize(datastorePath).replace(/(?<=.)\/$/, '')
  for (let links = 0; links < MAX_LINKS; links++) {
    const kind = fs.lstat(current)?.kind
    if (kind === 'directory') return current
    if (kind !== 'symlink') break
    current = path.posix.resolve(path.posix.dirname(current), fs.readLink(current))
  }
  throw new PipelineError('DATASTORE_MISSING', `${datastorePath} is no datastore directory`)
}

/**
 * The links of a version's chain from the directory outwards, with their texts: `v1.24.1`, `v1.24`, `v1`, `current`.
 *
 * @param version a full version
 * @throws RangeError if it is not
 */
export function versionLinks(version: string, directoryName: string): [name: string, text: string][] {
  const parts = FULL_VERSION.exec(version)
  if (parts === null) throw new RangeError(`'${version}' is no full version`)
  const [, major = '', minor = ''] = parts
  const names = [directoryName, `v${version}`, `v${major}.${minor}`, `v${major}`, 'current']
  return names.slice(1).map((name, i) => [name, names[i] as string])
}
