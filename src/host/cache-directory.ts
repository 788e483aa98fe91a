import os from 'node:os'
import path from 'node:path'

/**
 * Where a user's caches lie: `$XDG_CACHE_HOME` if it is an absolute path, else `~/.cache`
 * (https://specifications.freedesktop.org/basedir-spec/latest/), on macOS `~/Library/Caches`. Undefined without a home.
 */
export function userCacheDirectory(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = os.platform(),
): string | undefined {
  const { XDG_CACHE_HOME: caches = '', HOME: home = '' } = env
  if (path.isAbsolute(caches)) return caches
  if (!path.isAbsolute(home)) return undefined
  return platform === 'darwin' ? path.join(home, 'Library/Caches') : path.join(home, '.cache')
}
