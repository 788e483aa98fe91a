/**
 * Which fragment, and which line of it, gives each value of a variant's defaults document: settings, metadata, services and
 * configuration files. Only explanations ask for that; the build keeps it in a file of its own.
 */
import { isJsonObject, type JsonValue } from '../lib/json.ts'
import { PipelineError } from '../lib/errors.ts'
import { formatKey } from '../model/key.ts'
import { parseUserToml } from '../toml/user-toml.ts'
import { builtText, fragmentPath, releaseText } from './assets.ts'
import { fragmentsOfSets } from './release-sources.ts'
import type { Variant } from './types.ts'

declare const BUNDLED: boolean | undefined

/** The file of the build's output. */
export const LAYERS_FILE = 'layers.json'

/** Fragments of sets, and lines of keys in fragments. */
export interface BuiltLayers {
  readonly sets: Readonly<Record<string, readonly string[]>>
  readonly lines: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** Notes the line of everything that is not a table. */
function collectLines(
  tree: JsonValue,
  path: readonly string[],
  lineOf: (path: readonly string[]) => number | undefined,
  lines: Record<string, number>,
): void {
  if (isJsonObject(tree) && Object.keys(tree).length > 0) {
    for (const [name, value] of Object.entries(tree)) collectLines(value, [...path, name], lineOf, lines)
    return
  }
  const line = lineOf(path)
  if (line !== undefined) lines[formatKey(path)] = line
}

function linesOfFragment(release: string, name: string): Readonly<Record<string, number>> {
  const parsed = parseUserToml(releaseText(release, `fragments/${name}.toml`), name)
  if (!parsed.ok) throw new PipelineError('VARIANT_DATA_INVALID', `release ${release}: fragment ${name} is no TOML`)
  const { tree, sourceMap } = parsed
  const lines: Record<string, number> = {}
  collectLines(tree, [], (path) => (sourceMap.key(path) ?? sourceMap.value(path))?.line, lines)
  return lines
}

/** Reads the layers of a release from its sources. @throws PipelineError `VARIANT_DATA_INVALID` */
export function layersFromSources(release: string): BuiltLayers {
  const sets = fragmentsOfSets(release)
  const names = [...new Set([...sets.values()].flat())].sort()
  return {
    sets: Object.fromEntries(sets),
    lines: Object.fromEntries(names.map((name) => [name, linesOfFragment(release, name)])),
  }
}

/** A place in a fragment. */
export interface FragmentPlace {
  readonly fragment: string
  /** The fragment's file below the package. */
  readonly file: string
  readonly line: number
}

/** Where the values of one defaults set come from. */
export class Layers {
  private readonly release: string
  private readonly fragments: readonly string[]
  private readonly lines: BuiltLayers['lines']

  constructor(release: string, set: string, { sets, lines }: BuiltLayers) {
    this.release = release
    this.fragments = sets[set] ?? []
    this.lines = lines
  }

  /** The fragment that gives a value its last word: a later one replaces values and lists, tables are merged. */
  placeOf(path: readonly string[]): FragmentPlace | undefined {
    const key = formatKey(path)
    const fragment = this.fragments.findLast((name) => this.lines[name]?.[key] !== undefined)
    const line = fragment === undefined ? undefined : this.lines[fragment]?.[key]
    if (fragment === undefined || line === undefined) return undefined
    return { fragment, file: fragmentPath(this.release, fragment), line }
  }
}

const known = new Map<string, BuiltLayers>()

function readLayers(release: string): BuiltLayers {
  const found =
    known.get(release) ??
    (typeof BUNDLED === 'undefined'
      ? layersFromSources(release)
      : (JSON.parse(builtText(release, LAYERS_FILE)) as BuiltLayers))
  known.set(release, found)
  return found
}

/** Where the defaults of a variant come from. @throws PipelineError `VARIANT_DATA_INVALID` */
export function layersOf({ release, defaultsSet }: Variant): Layers {
  return new Layers(release, defaultsSet, readLayers(release))
}
