import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import { PATHS } from '../lib/paths.ts'
import type { ReadFs } from '../lib/ports.ts'

/** A user data provider, by the link that enables it. */
export interface ProviderLink {
  /** The link's name, which decides the order. */
  readonly name: string
  readonly path: string
}

/**
 * The providers of an image: the symbolic links of its provider directory, in byte order of their names. Everything
 * else there is passed over; a dangling link counts, and fails when it is started.
 *
 * @throws PipelineError `PROVIDER_DIRECTORY_UNREADABLE`
 */
export function discoverProviders(fs: ReadFs): readonly ProviderLink[] {
  try {
    return fs
      .readDirectory(PATHS.dataProviders)
      .filter(({ kind }) => kind === 'symlink')
      .map(({ name }) => ({ name, path: `${PATHS.dataProviders}/${name}` }))
  } catch (cause) {
    const reason = systemCode(cause) ?? messageOf(cause)
    throw new PipelineError('PROVIDER_DIRECTORY_UNREADABLE', `cannot read ${PATHS.dataProviders}: ${reason}`, { cause })
  }
}
