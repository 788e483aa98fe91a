/** What has to be rendered and restarted, as plain data, from the metadata that the API holds. */
import { compareBytes, sortedUnique } from '../lib/byte-order.ts'
import { PipelineError } from '../lib/errors.ts'
import { parseOctalMode } from '../lib/octal-mode.ts'
import type { ConfigurationFile, Service } from '../model/metadata.ts'

/** Mode of a file whose metadata names none. */
const DEFAULT_MODE = 0o644

/** Service name to the changed keys that affect it, both in byte order. */
export type ChangedKeysByService = ReadonlyMap<string, readonly string[]>

export interface PlannedFile {
  readonly name: string
  readonly path: string
  readonly templatePath: string
  /** What a new file gets; an existing one keeps its own. */
  readonly mode: number
  /** The planned services that the file belongs to, in byte order. */
  readonly services: readonly string[]
}

export interface PlannedRestart {
  readonly service: string
  /** As the metadata has it. */
  readonly command: string
  /** What is added to the environment. */
  readonly env: Readonly<Record<string, string>>
}

export interface ApplyPlan {
  /** Whether the whole configuration is applied, or only what some changed keys affect. */
  readonly mode: 'all' | 'selected'
  readonly files: readonly PlannedFile[]
  readonly restarts: readonly PlannedRestart[]
}

/** Turns key -> affected services around. */
export function keysByService(affected: ReadonlyMap<string, readonly string[]>): ChangedKeysByService {
  const services = sortedUnique([...affected.values()].flat())
  return new Map(
    services.map((service) => {
      const keys = [...affected].filter(([, names]) => names.includes(service)).map(([key]) => key)
      return [service, keys.sort(compareBytes)]
    }),
  )
}

/** The names of all files of these services, each once. */
export function fileNamesOf(services: ReadonlyMap<string, Service>): string[] {
  return sortedUnique([...services.values()].flatMap((service) => service['configuration-files']))
}

function planFile(name: string, file: ConfigurationFile, services: ReadonlyMap<string, Service>): PlannedFile {
  const mode = file.mode === undefined ? DEFAULT_MODE : parseOctalMode(file.mode)
  if (mode === undefined) {
    throw new PipelineError(
      'APPLY_INVALID_MODE',
      `configuration-files.${name}: ${JSON.stringify(file.mode)} is no octal mode`,
    )
  }
  const users = [...services].filter(([, service]) => service['configuration-files'].includes(name))
  return {
    name,
    path: file.path,
    templatePath: file['template-path'],
    mode,
    services: sortedUnique(users.map(([service]) => service)),
  }
}

/**
 * Plans one run. Files and services are taken in byte order of their names, the commands of a service in list order.
 *
 * @param changed `'all'`, or the services that changed keys affect; each of these commands gets its keys in
 * `CHANGED_SETTINGS`, separated by spaces
 * @throws PipelineError `APPLY_INVALID_MODE`
 */
export function planApply(
  changed: 'all' | ChangedKeysByService,
  services: ReadonlyMap<string, Service>,
  files: ReadonlyMap<string, ConfigurationFile>,
): ApplyPlan {
  return {
    mode: changed === 'all' ? 'all' : 'selected',
    files: sortedUnique(files.keys()).map((name) => planFile(name, files.get(name) as ConfigurationFile, services)),
    restarts: sortedUnique(services.keys()).flatMap((service) => {
      const env = changed === 'all' ? {} : { CHANGED_SETTINGS: (changed.get(service) ?? []).join(' ') }
      return (services.get(service) as Service)['restart-commands'].map((command) => ({ service, command, env }))
    }),
  }
}
