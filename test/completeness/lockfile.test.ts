/**
 * `npm ci` refuses a lockfile that lacks the packages of other platforms, and npm writes such a lockfile when one of
 * them can't be fetched. Found here, in the lockfile itself, before an installation fails on it.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, LockedPackage>>
}

/** Looked up as Node does it: in the package's own folder first, then in each folder around it. */
function isLocked(from: string, dependency: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${dependency}` in lock.packages) return true
    if (folder === '') return false
  }
}

it('has every dependency of every package, those for other platforms included', () => {
  const missing = Object.entries(lock.packages).flatMap(([from, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((dependency) => !isLocked(from, dependency))
      .map((dependency) => `${from} -> ${dependency}`),
  )
  expect(Object.keys(lock.packages).length).toBeGreaterThan(100)
  expect(missing).toEqual([])
})
