/** What two states of files differ in. */
import { sortedUnique } from '../../lib/byte-order.ts'
import type { FileState } from '../rendered/file-state.ts'
import type { FileEvent } from '../report.ts'
import type { FileDifference } from './types.ts'

/** Path of each file to the services that it is for. */
export function servicesOf(files: readonly FileEvent[]): ReadonlyMap<string, readonly string[]> {
  return new Map(files.map(({ path, services }) => [path, services]))
}

/** Every file whose content differs, in byte order of the paths. */
export function diffFiles(
  before: FileState,
  after: FileState,
  services: ReadonlyMap<string, readonly string[]>,
): FileDifference[] {
  return sortedUnique([...before.keys(), ...after.keys()]).flatMap((path): FileDifference[] => {
    const [old, now] = [before.get(path), after.get(path)]
    if (old?.content === now?.content) return []
    return [
      {
        path,
        change: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed',
        before: old?.shown,
        after: now?.shown,
        isBeforeKnown: true,
        services: services.get(path) ?? [],
      },
    ]
  })
}
