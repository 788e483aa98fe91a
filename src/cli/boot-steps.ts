/** The steps of a boot, in the order of their units, as data. */
import { PATHS } from '../lib/paths.ts'
import type { Variant } from '../variants/variant.ts'

export interface CommandStep {
  readonly kind: 'command'
  /** The unit's name without `.service`. */
  readonly name: string
  /** Commands in order: what the unit runs before itself, then itself. */
  readonly commands: readonly (readonly string[])[]
  /** The step is skipped if this file exists. */
  readonly unlessExists?: string
}

export interface ServerStep {
  readonly kind: 'server'
  readonly name: 'apiserver'
}

export interface NetworkStep {
  readonly kind: 'network'
  readonly name: 'write-network-status'
}

export type BootStep = CommandStep | ServerStep | NetworkStep

const COMMIT = ['/usr/bin/settings-committer']

const command = (name: string, ...commands: (readonly string[])[]): CommandStep => ({ kind: 'command', name, commands })

/** The command that moves a datastore of another version to that of the variant's release. */
function migratorCommand(variant: Variant): readonly string[] {
  return [
    '/usr/bin/migrator',
    ...['--datastore-path', PATHS.datastoreCurrent, '--migration-directory', '/var/lib/bottlerocket-migrations'],
    ...['--root-path', '/usr/share/updog/root.json', '--metadata-directory', '/var/cache/bottlerocket-metadata'],
    // a host goes by its os-release; the one under a root may be that of something else
    ...['--migrate-to-version', variant.release],
  ]
}

/** The command that makes or completes the datastore. */
export function storewolfCommand(variant: Variant): readonly string[] {
  const store = ['--data-store-base-path', PATHS.datastore, '--inventory-file-symlink-path', PATHS.inventoryLink]
  return ['/usr/bin/storewolf', ...store, '--version', variant.release]
}

/**
 * The steps from the network to the applier for a variant. Each is required by the next: the first failure ends the boot.
 * pluto is part of the AWS Kubernetes variants only.
 */
export function bootSteps(variant: Variant): readonly BootStep[] {
  const storewolf = command('storewolf', storewolfCommand(variant))
  const earlyBoot: CommandStep = {
    ...command('early-boot-config', ['/usr/bin/early-boot-config']),
    unlessExists: PATHS.earlyBootConfigMarker,
  }
  return [
    { kind: 'network', name: 'write-network-status' },
    command('migrator', migratorCommand(variant)),
    storewolf,
    { kind: 'server', name: 'apiserver' },
    earlyBoot,
    command('sundog', COMMIT, ['/usr/bin/sundog']),
    ...(hasPluto(variant) ? [command('pluto', COMMIT, ['/usr/bin/pluto'])] : []),
    command('settings-applier', COMMIT, ['/usr/bin/thar-be-settings', '--all']),
  ]
}

/** Whether the variant's images run pluto. */
export function hasPluto(variant: Variant): boolean {
  return variant.platform === 'aws' && variant.modelName.startsWith('aws-k8s')
}
