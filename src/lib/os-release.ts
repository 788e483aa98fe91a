/** The os-release of a host, as os-release(5) describes it, in the form that the API and templates use. */
import { jsonObject, type JsonObject } from './json.ts'
import { PipelineError } from './errors.ts'
import { unreadableFile } from './file-errors.ts'
import { PATHS } from './paths.ts'
import type { ReadFs } from './ports.ts'

/** Members of the answer, each from the variable of the same name in capitals. */
const VARIABLES = ['build_id', 'pretty_name', 'variant_id', 'version_id'] as const

/** What the API tells of the OS: snake_case member to text. */
export interface OsRelease extends JsonObject {
  readonly arch: string
  readonly build_id: string
  readonly pretty_name: string
  readonly variant_id: string
  readonly version_id: string
}

/** A full version as Semantic Versioning 2.0.0 has it: three numbers, then optional parts after `-` and `+`. */
export const FULL_VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/

/**
 * The text of a host's os-release. On a host with a distribution of its own below, `/usr/lib/os-release` speaks of that, and
 * the variant is described in a file of its own, which goes before.
 *
 * @throws PipelineError `HOST_FILE_UNREADABLE`
 */
export function readOsReleaseText(fs: ReadFs): string {
  const path = fs.stat(PATHS.ownOsRelease) === undefined ? PATHS.osRelease : PATHS.ownOsRelease
  try {
    return fs.readText(path)
  } catch (cause) {
    throw unreadableFile(path, cause)
  }
}

/** A host's os-release. @throws PipelineError `HOST_FILE_UNREADABLE`, `OS_RELEASE_INVALID` */
export function readOsRelease(host: { readonly fs: ReadFs; readonly facts: { arch(): string } }): OsRelease {
  return parseOsRelease(readOsReleaseText(host.fs), host.facts.arch())
}

/**
 * Reads the text of an os-release file. Lines that start with `#` or have no `=` are skipped; one quote at each end of
 * a value is dropped, and nothing is unescaped.
 *
 * @param arch machine architecture, `x86_64` or `aarch64`
 * @throws PipelineError `OS_RELEASE_INVALID` for a missing variable or a version that is not full
 */
export function parseOsRelease(text: string, arch: string): OsRelease {
  const variables = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const equals = line.indexOf('=')
    if (line.startsWith('#') || equals < 0) continue
    const value = line.slice(equals + 1).replace(/^"/, '')
    variables.set(line.slice(0, equals).toLowerCase(), value.replace(/"$/, ''))
  }
  const members: Record<string, string> = { arch }
  for (const name of VARIABLES) {
    const value = variables.get(name)
    if (value === undefined) throw new PipelineError('OS_RELEASE_INVALID', `os-release has no ${name.toUpperCase()}`)
    members[name] = value
  }
  const version = variables.get('version_id') ?? ''
  if (!FULL_VERSION.test(version)) {
    throw new PipelineError('OS_RELEASE_INVALID', `VERSION_ID of os-release is no full version: '${version}'`)
  }
  return jsonObject(members) as OsRelease
}
