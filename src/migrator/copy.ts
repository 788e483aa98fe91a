/** A datastore as data for a migration, and the data as a new datastore. */
import { FilesystemStore } from '../datastore/filesystem.ts'
import { LIVE, pendingIn, type DataStore, type Scope, type StoreChange } from '../datastore/store.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { JsonSyntaxError, parseJson } from '../lib/json-parse.ts'
import { printJson, type JsonValue } from '../lib/json.ts'
import type { OsRelease } from '../lib/os-release.ts'
import type { RootFs } from '../lib/ports.ts'
import type { Migration, MigrationContext, MigrationData } from './migration.ts'
import type { Direction } from './manifest.ts'

function valueOf(name: string, text: string): JsonValue {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw new PipelineError('DATASTORE_INVALID_VALUE', `the value of ${name} is not JSON: ${error.message}`)
  }
}

function readData(store: DataStore, scope: Scope, os: OsRelease): MigrationData {
  const data = new Map([...store.getPrefix('', scope)].map(([key, text]) => [key, valueOf(key, text)]))
  for (const [name, value] of Object.entries(os)) data.set(`os.${name}`, value)
  const metadata = new Map<string, Map<string, JsonValue>>()
  if (scope.kind === 'live') {
    for (const [key, entries] of store.listMetadata('')) {
      metadata.set(key, new Map([...entries].map(([name, text]) => [name, valueOf(`${name} of ${key}`, text)])))
    }
  }
  return { data, metadata }
}

function changesOf({ data, metadata }: MigrationData, scope: Scope): StoreChange[] {
  const values = [...data].map(([key, value]): StoreChange => ({ kind: 'data', scope, key, text: printJson(value) }))
  const entries = [...metadata].flatMap(([key, names]) =>
    [...names].map(([metadataKey, value]): StoreChange => ({
      kind: 'metadata',
      key,
      metadataKey,
      text: printJson(value),
    })),
  )
  return [...values, ...entries]
}

/** Every file and directory below a directory, and itself. */
function everythingIn(fs: RootFs, directory: string): string[] {
  return [
    directory,
    ...fs.readDirectory(directory).flatMap(({ name, kind }) => {
      const path = `${directory}/${name}`
      return kind === 'directory' ? everythingIn(fs, path) : [path]
    }),
  ]
}

/**
 * Runs a migration from one datastore to a new one: live data, and the pending data of every transaction. The new one
 * may not be on the disk yet.
 *
 * @param target a directory that must not be there
 * @throws PipelineError `DATASTORE_CORRUPT`, `DATASTORE_INVALID_VALUE`, `DATASTORE_UNWRITABLE`, or what the migration throws
 */
export async function migrateStore(
  fs: RootFs,
  os: OsRelease,
  migration: Migration,
  direction: Direction,
  source: string,
  target: string,
  context: MigrationContext,
): Promise<void> {
  const from = new FilesystemStore(fs, source)
  const scopes = [LIVE, ...from.transactions().map(pendingIn)]
  const changes: StoreChange[] = []
  for (const scope of scopes) {
    const data = readData(from, scope, os)
    await migration[direction](data, context)
    changes.push(...changesOf(data, scope))
  }
  if (fs.lstat(target) !== undefined) throw new PipelineError('MIGRATION_FAILED', `${target} is there already`)
  new FilesystemStore(fs, target).apply(changes)
}

/** Has all of a datastore on the disk. @throws PipelineError `DATASTORE_UNWRITABLE` */
export async function syncStore(fs: RootFs, directory: string): Promise<void> {
  try {
    await fs.syncAll(everythingIn(fs, directory))
  } catch (cause) {
    throw new PipelineError('DATASTORE_UNWRITABLE', `${directory} cannot be brought to the disk: ${messageOf(cause)}`, {
      cause,
    })
  }
}
