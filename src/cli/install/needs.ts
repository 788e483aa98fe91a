/** Which programs a host of a variant starts, and who starts them. */
import path from 'node:path'
import { isJsonArray, isJsonObject, member, type JsonValue } from '../../lib/json.ts'
import type { RootFs } from '../../lib/ports.ts'
import { PATHS } from '../../lib/paths.ts'
import { splitShellWords } from '../../lib/shell-words.ts'
import type { HostUnit } from '../../units/host-units.ts'
import { overlaidUnit, programsOfUnit } from '../../units/unit-file.ts'
import { NEEDS } from '../../units/manifest.ts'
import { imageTree } from '../../variants/image.ts'
import { loadDefaults } from '../../variants/load.ts'
import type { Variant } from '../../variants/types.ts'
import { PROGRAMS } from '../programs.ts'

/** Where a command without a directory is looked for, as systemd.exec(5) has it. */
const SEARCH_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
const EXECUTABLE = 0o111

/** A program that something starts. */
export interface Need {
  /** As it is written: an absolute path, or a name. */
  readonly program: string
  /** Who starts it, in words. */
  readonly neededBy: string
}

/** The name under which a program is one of this package; undefined for those of others. */
export function ownName(program: string): string | undefined {
  const name = path.posix.basename(program)
  return PROGRAMS.has(name) || name === 'apiserver' ? name : undefined
}

/** Where a root has a program, or undefined. */
export function findProgram(fs: RootFs, program: string): string | undefined {
  const places = program.includes('/') ? [program] : SEARCH_PATH.map((directory) => `${directory}/${program}`)
  return places.find((place) => {
    const stat = fs.stat(place)
    return stat?.kind === 'file' && (stat.mode & EXECUTABLE) !== 0
  })
}

const firstWord = (command: string): string => splitShellWords(command)?.[0] ?? ''

/** Every member of a name, at whatever depth. */
function* membersNamed(value: JsonValue, name: string): Generator<[string, JsonValue]> {
  if (!isJsonObject(value)) return
  for (const [key, each] of Object.entries(value)) {
    if (key === name) yield [key, each]
    else yield* membersNamed(each, name)
  }
}

/** The programs that settings bring into play: generators, and restart commands of services. */
export function needsOfSettings(variant: Variant): readonly Need[] {
  const defaults = loadDefaults(variant)
  const needs: Need[] = []
  for (const [, generator] of membersNamed(member(defaults, 'metadata') ?? null, 'setting-generator')) {
    const command = isJsonObject(generator) ? member(generator, 'command') : generator
    if (typeof command === 'string') needs.push({ program: firstWord(command), neededBy: 'a setting generator' })
  }
  const services = member(defaults, 'services')
  const restarting = new Map<string, string[]>()
  for (const [name, service] of Object.entries(isJsonObject(services) ? services : {})) {
    const commands = member(service, 'restart-commands')
    for (const command of isJsonArray(commands) ? commands : []) {
      const program = typeof command === 'string' ? (command.split(' ')[0] ?? '') : ''
      restarting.set(program, [...(restarting.get(program) ?? []), name])
    }
  }
  for (const [program, names] of restarting)
    needs.push({ program, neededBy: `the restart command of ${names.join(', ')}` })
  return needs
}

/** The programs of a unit with its drop-ins. */
export function programsOf(unit: HostUnit, all: readonly HostUnit[]): readonly string[] {
  const dropIns = all.filter(({ isDropIn, unit: of }) => isDropIn && of === unit.name)
  const whole = overlaidUnit([unit, ...dropIns].map(({ content }) => content))
  return [...new Set([...programsOfUnit(whole), ...(NEEDS[unit.name] ?? [])])]
}

/** Programs that no unit and no setting names: the operator's own, and what other programs start. */
const ALWAYS = ['apiclient', 'thar-be-settings']

/** The programs of this package that a host of a variant has, in the order of their names. */
export function ownPrograms(variant: Variant, units: readonly HostUnit[]): readonly string[] {
  const links = [...imageTree(variant).entries()].flatMap(([place, entry]) =>
    entry.kind === 'symlink' && (place.startsWith(PATHS.dataProviders) || place.startsWith(PATHS.hostnameDetectors))
      ? [entry.target]
      : [],
  )
  const started = [
    ...units.flatMap(({ content }) => programsOfUnit(content)),
    ...needsOfSettings(variant).map(({ program }) => program),
    ...links,
    ...ALWAYS,
  ]
  return [...new Set(started.map(ownName).filter((name) => name !== undefined))].sort()
}
