/** The units of one host: which files of the table it has, and where they lie there. */
import { isJsonObject } from '../lib/json.ts'
import { loadDefaults } from '../variants/load.ts'
import type { Variant } from '../variants/types.ts'
import { unitAsset } from './assets.ts'
import { OTHER_FILES, UNIT_FILES, type Condition } from './manifest.ts'
import { parseUnitFile, type UnitFile } from './unit-file.ts'

/** What decides about the units of a host, beside its variant. */
export interface UnitHost {
  /** Whether a distribution of its own is below, whose `/etc` outlives a boot. */
  readonly isGeneral: boolean
  /** Whether the host has a program, by its absolute path. */
  hasProgram(path: string): boolean
}

/** A file that systemd or one of its helpers reads. */
export interface HostFile {
  readonly path: string
  readonly text: string
  readonly mode: number
}

/** A unit, or a drop-in of one. */
export interface HostUnit extends HostFile {
  /** File name, with the directory for a drop-in. */
  readonly name: string
  /** The unit that it is, or that it belongs to. */
  readonly unit: string
  readonly isDropIn: boolean
  readonly content: UnitFile
}

const FILE_MODE = 0o644

function holds(condition: Condition, variant: Variant, services: ReadonlySet<string>, host: UnitHost): boolean {
  const { platform, network, service, nvidia, generalHost, without } = condition
  return (
    (platform === undefined || platform === variant.platform) &&
    (network === undefined || network === variant.networkBackend) &&
    (service === undefined || services.has(service)) &&
    (nvidia === undefined || variant.name.endsWith('-nvidia')) &&
    (generalHost === undefined || host.isGeneral) &&
    (without === undefined || !host.hasProgram(without))
  )
}

function servicesOf(variant: Variant): ReadonlySet<string> {
  const { services } = loadDefaults(variant)
  return new Set(services !== undefined && isJsonObject(services) ? Object.keys(services) : [])
}

/**
 * Where units lie. A distribution has units of the same names (`containerd.service`, `multi-user.target`): those stay as they
 * are, and ours lie in the directory that goes before theirs, see systemd.unit(5).
 */
export function libDirectory({ isGeneral }: Pick<UnitHost, 'isGeneral'>): string {
  return isGeneral ? '/usr/local/lib' : '/usr/lib'
}

/** The directory of the units themselves. */
export const unitDirectory = (host: Pick<UnitHost, 'isGeneral'>): string => `${libDirectory(host)}/systemd/system`

/** The units and drop-ins of a variant's host, in the order of their names. */
export function unitsOf(variant: Variant, host: UnitHost): readonly HostUnit[] {
  const services = servicesOf(variant)
  const names = Object.entries(UNIT_FILES).filter(([, condition]) => holds(condition, variant, services, host))
  return names.map(([name]) => {
    // no file of the package has a backslash in its name: not every checkout can have one
    const text = unitAsset(`system/${name.replace('\\x2d', '-')}`)
    const [unit = name, file] = name.split('.d/')
    const content = parseUnitFile(text)
    return {
      name,
      unit,
      isDropIn: file !== undefined,
      path: `${unitDirectory(host)}/${name}`,
      text,
      content,
      mode: FILE_MODE,
    }
  })
}

/** The files of systemd's helpers on a variant's host. */
export function helperFilesOf(variant: Variant, host: UnitHost): readonly HostFile[] {
  const services = servicesOf(variant)
  const fill = (text: string): string =>
    text
      .replaceAll('@units@', unitDirectory(host))
      .replaceAll('@lib@', libDirectory(host))
      .replaceAll('@variant@', variant.name)
  return OTHER_FILES.filter(({ condition }) => holds(condition, variant, services, host)).map(
    ({ asset, path, mode = FILE_MODE }) => ({ path: fill(path), text: fill(unitAsset(asset)), mode }),
  )
}
