/** The migrations that releases bring, by the names that manifests give them. */
import { replaceString } from './kinds.ts'
import { readMigrations, type ManifestEntry } from './manifest.ts'
import type { Migration } from './migration.ts'
import { replaceGenerator } from './replace-generator.ts'

/** What there is to migrate with. */
export interface MigrationCatalogue {
  readonly entries: readonly ManifestEntry[]
  /** Every migration that the entries name. */
  readonly migrations: ReadonlyMap<string, Migration>
}

/** A host container whose image tag changes with the release. */
interface ContainerBump {
  readonly name: 'admin' | 'control'
  readonly old: string
  readonly new: string
}

const sourceKey = ({ name }: ContainerBump): string => `settings.host-containers.${name}.source`

function generatorCommand({ name }: ContainerBump, tag: string): string {
  const template = `{{ ecr-prefix settings.aws.region }}/bottlerocket-${name}:${tag}`
  return `schnauzer-v2 render --requires 'aws@v1(helpers=[ecr-prefix])' --template '${template}'`
}

/** The image of a host container on AWS: it is generated, from the registry of the region. */
export function awsContainerBump(bump: ContainerBump): Migration {
  const commands = { old: generatorCommand(bump, bump.old), new: generatorCommand(bump, bump.new) }
  return replaceGenerator(sourceKey(bump), commands)
}

/** The image of a host container elsewhere: it comes from the public registry. */
export function publicContainerBump(bump: ContainerBump): Migration {
  const image = (tag: string): string => `public.ecr.aws/bottlerocket/bottlerocket-${bump.name}:${tag}`
  return replaceString(sourceKey(bump), { old: image(bump.old), new: image(bump.new) })
}

const ADMIN: ContainerBump = { name: 'admin', old: 'v0.11.11', new: 'v0.11.12' }
const CONTROL: ContainerBump = { name: 'control', old: 'v0.7.15', new: 'v0.7.16' }

const MIGRATIONS: ReadonlyMap<string, Migration> = new Map([
  ['migrate_v1.24.1_aws-admin-container-v0-11-12.lz4', awsContainerBump(ADMIN)],
  ['migrate_v1.24.1_public-admin-container-v0-11-12.lz4', publicContainerBump(ADMIN)],
  ['migrate_v1.24.1_aws-control-container-v0-7-16.lz4', awsContainerBump(CONTROL)],
  ['migrate_v1.24.1_public-control-container-v0-7-16.lz4', publicContainerBump(CONTROL)],
])

/** The releases that this package knows. */
export const KNOWN_RELEASES: MigrationCatalogue = {
  entries: readMigrations({ '(1.24.0, 1.24.1)': [...MIGRATIONS.keys()] }),
  migrations: MIGRATIONS,
}
