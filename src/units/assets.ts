/** The units' data files: the only place in this folder that touches the disk, and it only reads. */
import { readFileSync } from 'node:fs'
import { packageFile } from '../lib/package-root.ts'

/** A data file, by its name below `src/units`. @throws the system's error if the package lacks it */
export function unitAsset(name: string): string {
  return readFileSync(packageFile(`src/units/${name}`), 'utf8')
}
