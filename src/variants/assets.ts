/** The package's data files: the only place in this folder that touches the disk, and it only reads. */
import { readFileSync, readdirSync } from 'node:fs'
import { packageFile } from '../lib/package-root.ts'

const RELEASES = 'src/variants/releases'
const BUILT = 'dist/variants'

declare const BUNDLED: boolean | undefined

/** Names of the releases that the package has data for, in no order. */
export function releaseNames(): readonly string[] {
  return readdirSync(packageFile(typeof BUNDLED === 'undefined' ? RELEASES : BUILT))
}

/** A data file of a release, as bytes. @throws the system's error if the package lacks it */
export function releaseFile(release: string, name: string): Uint8Array {
  return readFileSync(packageFile(`${RELEASES}/${release}/${name}`))
}

/** A data file of a release, as text. @throws the system's error if the package lacks it */
export function releaseText(release: string, name: string): string {
  return readFileSync(packageFile(`${RELEASES}/${release}/${name}`), 'utf8')
}

/** A fragment's file, below the package. */
export const fragmentPath = (release: string, name: string): string => `${RELEASES}/${release}/fragments/${name}.toml`

/** A template's file, below the package. */
export const templatePath = (name: string): string => `src/templates/${name}`

/** A template, by its name below `src/templates`. @throws the system's error if the package lacks it */
export function templateFile(name: string): Uint8Array {
  return readFileSync(packageFile(templatePath(name)))
}

/** A file that the build made of a release's data. @throws the system's error if the build did not run */
export function builtText(release: string, name: string): string {
  return readFileSync(packageFile(`${BUILT}/${release}/${name}`), 'utf8')
}
