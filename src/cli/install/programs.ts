/** The files that the programs of a host are made of: bundles for Node, or one executable with many names. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { PipelineError } from '../../lib/errors.ts'
import { packageFile } from '../../lib/package-root.ts'
import { PATHS } from '../../lib/paths.ts'
import type { Entry, FileEntry, LinkEntry } from './entry.ts'
import { PACKAGE_DIRECTORY } from './ledger.ts'

const BUNDLES = `${PACKAGE_DIRECTORY}/dist`
const EXECUTABLE = `${PACKAGE_DIRECTORY}/bottlerocket`
const [PROGRAM_MODE, FILE_MODE] = [0o755, 0o644]

/** The place of a program on a host. */
export function placeOf(name: string): string {
  const isProvider = name.endsWith('-user-data-provider')
  return `${isProvider ? PATHS.dataProviderPrograms : '/usr/bin'}/${name}`
}

function linkTo(file: string, name: string): LinkEntry {
  const place = placeOf(name)
  return { path: place, kind: 'programs', target: path.posix.relative(path.posix.dirname(place), file) }
}

/** The files of `dist` that a file there loads: parts that it requires, and the code of a loader with its caches. */
function loadedBy(file: string): readonly string[] {
  const text = readFileSync(packageFile(`dist/${file}`), 'latin1')
  const parts = [...text.matchAll(/require\("\.\/(lib\/[a-z-]+\.js)"\)/g)].map(([, part]) => part as string)
  if (!/__dirname \+ '\/(?:\.\.\/)?code\/'/.test(text)) return parts
  const names = [...text.matchAll(/['"]([a-z-]+-[0-9a-f]{12})['"]/g)].map(([, name]) => name as string)
  const code = readdirSync(packageFile('dist/code'))
  return [...parts, ...code.filter((each) => names.includes(each.split('.')[0] ?? '')).map((each) => `code/${each}`)]
}

function closure(files: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  const pending = [...files]
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    if (file.endsWith('.js')) pending.push(...loadedBy(file))
  }
  return [...seen].sort()
}

const bundleFile = (file: string, mode: number): FileEntry => ({
  path: `${BUNDLES}/${file}`,
  kind: 'programs',
  data: readFileSync(packageFile(`dist/${file}`)),
  mode,
})

/**
 * The bundles of some programs, with all that they load, and the links of their names.
 *
 * @throws PipelineError `INSTALL_PROGRAMS_MISSING` if this copy of the package has no bundles
 */
export function bundleEntries(names: readonly string[]): readonly Entry[] {
  const missing = names.filter((name) => !existsSync(packageFile(`dist/${name}.js`)))
  if (missing.length > 0) {
    throw new PipelineError('INSTALL_PROGRAMS_MISSING', `there are no bundles of ${missing.join(', ')}`)
  }
  const programs = new Set(names.map((name) => `${name}.js`))
  return [
    bundleFile('package.json', FILE_MODE),
    ...closure([...programs]).map((file) => bundleFile(file, programs.has(file) ? PROGRAM_MODE : FILE_MODE)),
    ...names.map((name) => linkTo(`${BUNDLES}/${name}.js`, name)),
  ]
}

/** One executable, and a link to it for each of the programs and for the tool itself: it goes by its name. */
export function executableEntries(names: readonly string[], data: Uint8Array): readonly Entry[] {
  return [
    { path: EXECUTABLE, kind: 'programs', data, mode: PROGRAM_MODE },
    ...[...names, 'bottlerocket'].map((name) => linkTo(EXECUTABLE, name)),
  ]
}
