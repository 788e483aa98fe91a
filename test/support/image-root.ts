import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { imageTree } from '../../src/variants/image.ts'
import { findVariant } from '../../src/variants/variant.ts'

/** Writes what the image of a variant ships below a directory. */
export function materialise(root: string, variant: string): void {
  for (const [target, entry] of imageTree(findVariant(variant))) {
    const full = path.join(root, target)
    mkdirSync(path.dirname(full), { recursive: true })
    if (entry.kind === 'file') writeFileSync(full, entry.read())
    else symlinkSync(entry.target, full)
  }
}
