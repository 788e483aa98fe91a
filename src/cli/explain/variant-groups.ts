/** Variants for which something is the same. */
import { printJson, toJson } from '../../lib/json.ts'
import { nameVariants } from '../../variants/across.ts'
import type { Variant } from '../../variants/variant.ts'

export interface Group<T> {
  readonly names: readonly string[]
  readonly item: T
}

/** Joins variants for which something is the same. */
export async function grouped<T>(
  variants: readonly Variant[],
  of: (variant: Variant) => T | Promise<T>,
): Promise<readonly Group<T>[]> {
  const groups = new Map<string, { names: string[]; item: T }>()
  for (const variant of variants) {
    const item = await of(variant)
    const id = printJson(toJson(item))
    const group = groups.get(id) ?? { names: [], item }
    group.names.push(variant.name)
    groups.set(id, group)
  }
  return [...groups.values()]
}

/**
 * Lines of groups, each below the names of its variants unless there is only one group. A group without lines is left out.
 *
 * @param everywhere all variants, to name some of them in short
 */
export function groupLines<T>(
  groups: readonly Group<T>[],
  everywhere: readonly string[],
  lines: (item: T) => readonly string[],
): string[] {
  if (groups.length === 1) return groups.flatMap(({ item }) => lines(item))
  return groups.flatMap(({ names, item }) => {
    const own = lines(item).map((line) => `  ${line}`)
    return own.length === 0 ? [] : [`${nameVariants(names, everywhere)}:`, ...own]
  })
}
