/** Unit files as systemd.syntax(7) describes them: sections, keys, and what they say about programs and installing. */

/** Section to key to the values given for it, in order. */
export type UnitFile = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>

/** Reads the text of a unit file. A line that ends in a backslash goes on in the next one. */
export function parseUnitFile(text: string): UnitFile {
  const sections = new Map<string, Map<string, string[]>>()
  let section = new Map<string, string[]>()
  for (const line of text.replace(/\\\n\s*/g, '').split('\n')) {
    const name = /^\[(.+)\]$/.exec(line)?.[1]
    if (name !== undefined) {
      section = sections.get(name) ?? new Map<string, string[]>()
      sections.set(name, section)
      continue
    }
    const equals = line.indexOf('=')
    if (/^[#;]/.test(line) || equals < 0) continue
    const key = line.slice(0, equals)
    section.set(key, [...(section.get(key) ?? []), line.slice(equals + 1)])
  }
  return sections
}

const COMMANDS = /^Exec(?:Start|StartPre|StartPost|Stop|StopPost|Reload)$/

/** The programs that the commands of a unit start, each once. Prefixes such as `-` are no part of a path. */
export function programsOfUnit(unit: UnitFile): readonly string[] {
  const service = unit.get('Service') ?? new Map<string, readonly string[]>()
  const commands = [...service].filter(([key]) => COMMANDS.test(key)).flatMap(([, values]) => values)
  const programs = commands.map((command) => /^[-@:+!]*(\S+)/.exec(command)?.[1] ?? '')
  return [...new Set(programs.filter((program) => program !== ''))]
}

/** A relation of `[Install]`: the directory suffix and the unit that gets a link to this one. */
export interface InstallRelation {
  readonly suffix: 'wants' | 'requires'
  readonly unit: string
}

/** Which units pull a unit in once it is enabled. */
export function installRelations(unit: UnitFile): readonly InstallRelation[] {
  const install = unit.get('Install')
  const units = (key: string): string[] =>
    (install?.get(key) ?? []).flatMap((value) => value.split(/\s+/).filter((name) => name !== ''))
  return [
    ...units('WantedBy').map((name): InstallRelation => ({ suffix: 'wants', unit: name })),
    ...units('RequiredBy').map((name): InstallRelation => ({ suffix: 'requires', unit: name })),
  ]
}

/** Whether a unit is a template, which is enabled by instances only. */
export const isTemplateUnit = (name: string): boolean => /@\.[a-z]+$/.test(name)

/** A unit with its drop-ins laid over it, in order: an empty value forgets those before it. */
export function overlaidUnit(files: readonly UnitFile[]): UnitFile {
  const whole = new Map<string, Map<string, readonly string[]>>()
  for (const [name, keys] of files.flatMap((file) => [...file])) {
    const section = whole.get(name) ?? new Map<string, readonly string[]>()
    whole.set(name, section)
    for (const [key, values] of keys) {
      const all = [...(section.get(key) ?? []), ...values]
      section.set(key, all.slice(all.lastIndexOf('') + 1))
    }
  }
  return whole
}
