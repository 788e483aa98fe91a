/** Everything that belongs to a host of a variant: a pure function of the variant and of what the root already has. */
import type { Diagnostic } from '../../lib/diagnostics.ts'
import { PATHS } from '../../lib/paths.ts'
import type { RootFs } from '../../lib/ports.ts'
import { encodeUtf8 } from '../../lib/utf8.ts'
import {
  helperFilesOf,
  libDirectory,
  unitDirectory,
  unitsOf,
  type HostUnit,
  type UnitHost,
} from '../../units/host-units.ts'
import { installRelations, isTemplateUnit } from '../../units/unit-file.ts'
import { imageTree, osRelease } from '../../variants/image.ts'
import { filesOfVariant } from '../../variants/release-build.ts'
import { loadRelease } from '../../variants/release.ts'
import type { Variant } from '../../variants/types.ts'
import type { Entry, EntryKind, FileEntry } from './entry.ts'
import { PACKAGE_DIRECTORY, type Ledger } from './ledger.ts'
import { findProgram, needsOfSettings, ownName, ownPrograms, programsOf } from './needs.ts'
import { bundleEntries, executableEntries } from './programs.ts'

const FILE_MODE = 0o644
const ETC_UNITS = '/etc/systemd/system'
/** A unit that every distribution has. */
const STOCK_UNIT = '/usr/lib/systemd/system/multi-user.target'

export interface InstallOptions {
  readonly variant: Variant
  /** One executable in place of the bundles. */
  readonly executable?: Uint8Array
  /** Enable units whose programs are not there too. */
  readonly allUnits: boolean
  /** Make boots start at `preconfigured.target`. */
  readonly defaultTarget: boolean
}

/** A unit that nothing starts at boot, and the programs that it lacks. */
export interface NotEnabled {
  readonly unit: string
  readonly missing: readonly string[]
}

export interface Wanted {
  readonly entries: readonly Entry[]
  /** Whether a distribution of its own is below. */
  readonly isGeneral: boolean
  /** How units are enabled: by links made here, or by systemd's presets at each boot. */
  readonly enabledBy: 'links' | 'presets'
  readonly notEnabled: readonly NotEnabled[]
  readonly warnings: readonly Diagnostic[]
}

const textEntry = (path: string, kind: EntryKind, text: string, mode = FILE_MODE): FileEntry => ({
  path,
  kind,
  data: encodeUtf8(text),
  mode,
})

/** What an image of the variant holds beside programs and units. */
function dataEntries(variant: Variant, withBundles: boolean): readonly Entry[] {
  const entries: Entry[] = [textEntry(PATHS.ownOsRelease, 'variant data', osRelease(variant))]
  for (const [place, entry] of imageTree(variant)) {
    // a distribution's own os-release stays as it is, and what lies in /etc is linked at boot
    if (place === PATHS.osRelease) continue
    const path = place === PATHS.defaults ? `/usr/share/storewolf/${variant.name}.toml` : place
    const kind = place.startsWith(`${PATHS.templates}/`) ? 'templates' : 'variant data'
    if (entry.kind === 'symlink') entries.push({ path, kind, target: entry.target })
    else entries.push({ path, kind, data: entry.read(), mode: entry.mode ?? FILE_MODE })
  }
  if (!withBundles) return entries
  const built = `${PACKAGE_DIRECTORY}/dist/variants/${variant.release}`
  for (const [name, text] of filesOfVariant(variant, loadRelease(variant.release))) {
    entries.push(textEntry(`${built}/${name}`, 'variant data', text))
  }
  return entries
}

/** The links that `systemctl enable` makes for the `[Install]` relations of a unit. Templates are enabled by instances. */
function enablement(unit: HostUnit, isEnabled: (name: string) => boolean): readonly Entry[] {
  if (unit.isDropIn || isTemplateUnit(unit.name) || !isEnabled(unit.name)) return []
  const relations = installRelations(unit.content).filter(({ unit: by }) => isEnabled(by))
  return relations.map(({ suffix, unit: by }) => ({
    path: `${ETC_UNITS}/${by}.${suffix}/${unit.name}`,
    kind: 'enablement',
    target: unit.path,
  }))
}

/** The units that lack a program, and those that only start such a unit. */
function unitsLacking(fs: RootFs, units: readonly HostUnit[]): readonly NotEnabled[] {
  const isThere = (program: string): boolean => ownName(program) !== undefined || findProgram(fs, program) !== undefined
  const own = units.flatMap((unit) => {
    const missing = unit.isDropIn ? [] : programsOf(unit, units).filter((program) => !isThere(program))
    return missing.length === 0 ? [] : [{ unit: unit.name, missing }]
  })
  const byName = new Map(own.map((each) => [each.unit, each]))
  const starters = units.flatMap(({ name }) => {
    const service = byName.get(name.replace(/\.(?:socket|timer)$/, '.service'))
    return service === undefined || service.unit === name ? [] : [{ unit: name, missing: service.missing }]
  })
  return [...own, ...starters].sort((a, b) => (a.unit < b.unit ? -1 : 1))
}

const presetPath = (host: UnitHost): string =>
  `${libDirectory(host)}/systemd/system-preset/10-bottlerocket-pipeline.preset`

/** Keeps `systemctl preset-all`, which a first boot runs too, from enabling units that could only fail. */
const presetText = (notEnabled: readonly NotEnabled[]): string =>
  ['# The programs of these units are not there', ...notEnabled.map(({ unit }) => `disable ${unit}`), ''].join('\n')

/** Programs of settings that the root lacks: what starts them fails, and with it the step of the boot. */
function missingCommands(fs: RootFs, variant: Variant): readonly Diagnostic[] {
  const missing = new Map<string, Set<string>>()
  for (const { program, neededBy } of needsOfSettings(variant)) {
    if (ownName(program) !== undefined || findProgram(fs, program) !== undefined) continue
    missing.set(program, (missing.get(program) ?? new Set()).add(neededBy))
  }
  return [...missing].map(([program, by]) => ({
    code: 'INSTALL_COMMAND_MISSING',
    severity: 'warning',
    message: `the root has no ${program}, which is ${[...by].join(', and ')}`,
    hint: 'a boot fails without it; install the package that has it',
  }))
}

function warningsOf(fs: RootFs, { variant, executable }: InstallOptions): readonly Diagnostic[] {
  const noNode: Diagnostic = {
    code: 'INSTALL_NODE_MISSING',
    severity: 'warning',
    message: 'the root has no node, which every program here is started by',
    hint: 'install Node.js 20.19 or newer to /usr/bin, or give --executable',
  }
  const lacksNode = executable === undefined && findProgram(fs, 'node') === undefined
  return [...(lacksNode ? [noNode] : []), ...missingCommands(fs, variant)]
}

/** Everything that a root gets. @throws PipelineError `INSTALL_PROGRAMS_MISSING` */
export function wantedEntries(fs: RootFs, ledger: Ledger | undefined, options: InstallOptions): Wanted {
  const { variant, executable } = options
  const isGeneral = fs.lstat(STOCK_UNIT) !== undefined && ledger?.entries.has(STOCK_UNIT) !== true
  const host: UnitHost = { isGeneral, hasProgram: (program) => findProgram(fs, program) !== undefined }
  const units = unitsOf(variant, host)
  const notEnabled = isGeneral && !options.allUnits ? unitsLacking(fs, units) : []
  const isEnabled = (name: string): boolean => !notEnabled.some(({ unit }) => unit === name)
  const enabledBy = fs.lstat('/etc/machine-id') === undefined ? 'presets' : 'links'
  const programs = ownPrograms(variant, units)
  const starts = (path: string): boolean => !path.endsWith('/bottlerocket-first-target') || options.defaultTarget
  const entries: Entry[] = [
    ...(executable === undefined ? bundleEntries(programs) : executableEntries(programs, executable)),
    ...dataEntries(variant, executable === undefined),
    ...units.map(({ path, text, mode }) => textEntry(path, 'units', text, mode)),
    ...helperFilesOf(variant, host)
      .filter(({ path }) => starts(path))
      .map(({ path, text, mode }) => textEntry(path, 'units', text, mode)),
    ...(enabledBy === 'links' ? units.flatMap((unit) => enablement(unit, isEnabled)) : []),
  ]
  if (notEnabled.length > 0) entries.push(textEntry(presetPath(host), 'units', presetText(notEnabled), FILE_MODE))
  if (options.defaultTarget) {
    const path = `${unitDirectory(host)}/default.target`
    entries.push({ path, kind: 'units', target: 'preconfigured.target' })
  }
  return { entries, isGeneral, enabledBy, notEnabled, warnings: warningsOf(fs, options) }
}
