import { fileURLToPath } from 'node:url'

declare const BUNDLED: boolean | undefined

// bundled code starts in dist, sources lie in src/lib
const toRoot = typeof BUNDLED === 'undefined' ? '../..' : '..'

/** Path on this machine of a file that the package ships, such as `src/templates/motd`. */
export function packageFile(relative: string): string {
  return fileURLToPath(new URL(`${toRoot}/${relative}`, import.meta.url))
}
