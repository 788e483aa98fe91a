/** A datastore of some version to migrate, and migrations that show in it. */
import { FilesystemStore } from '../../src/datastore/filesystem.ts'
import { LIVE, pendingIn } from '../../src/datastore/store.ts'
import { versionLinks } from '../../src/datastore/versions.ts'
import { isJsonArray, toJson, type JsonValue } from '../../src/lib/json.ts'
import { PATHS } from '../../src/lib/paths.ts'
import type { RootFs } from '../../src/lib/ports.ts'
import { PipelineError } from '../../src/lib/errors.ts'
import { readMigrations } from '../../src/migrator/manifest.ts'
import type { Migration, MigrationData } from '../../src/migrator/migration.ts'
import type { MigrationCatalogue } from '../../src/migrator/releases.ts'
import { OS_RELEASE } from './api-fixture.ts'

export const BASE = PATHS.datastore

/** Makes a datastore with live data, metadata and a transaction, and the links of its version. */
export function makeDatastore(fs: RootFs, version: string): void {
  const directory = `v${version}_original`
  fs.makeDirectory('/usr/lib')
  fs.writeFile(PATHS.osRelease, OS_RELEASE)
  fs.makeDirectory(`${BASE}/${directory}`)
  const store = new FilesystemStore(fs, `${BASE}/${directory}`)
  store.set(
    new Map([
      ['settings.trail', '[]'],
      ['settings.kernel.sysctl."a.b"', '"1"'],
      ['services.motd.restart-commands', '[]'],
    ]),
    LIVE,
  )
  store.apply([{ kind: 'metadata', key: 'settings.trail', metadataKey: 'affected-services', text: '["motd"]' }])
  store.set(new Map([['settings.trail', '["pending"]']]), pendingIn('a tx'))
  for (const [name, text] of versionLinks(version, directory)) fs.symlink(text, `${BASE}/${name}`)
}

/** Notes in `settings.trail` that a migration has run, or takes the note away. */
export function trailing(name: string): Migration {
  const trail = ({ data }: MigrationData): string[] => {
    const value: JsonValue | undefined = data.get('settings.trail')
    return isJsonArray(value) ? value.map(String) : []
  }
  return {
    forward: (data) => void data.data.set('settings.trail', [...trail(data), name]),
    backward: (data) => void data.data.set('settings.trail', trail(data).slice(0, -1)),
  }
}

export const failing: Migration = {
  forward: () => {
    throw new PipelineError('MIGRATION_FAILED', 'this one fails')
  },
  backward: () => {
    throw new PipelineError('MIGRATION_FAILED', 'this one fails')
  },
}

/** A catalogue of migrations that leave a trail; a name that begins with `bad` fails. */
export function catalogueOf(migrations: Readonly<Record<string, readonly string[]>>): MigrationCatalogue {
  const names = Object.values(migrations).flat()
  return {
    entries: readMigrations(toJson(migrations)),
    migrations: new Map(names.map((name) => [name, name.startsWith('bad') ? failing : trailing(name)])),
  }
}

/** The links of the directory, and the names of the datastores in it. */
export function layoutOf(fs: RootFs): { links: Record<string, string>; stores: string[] } {
  const entries = fs.readDirectory(BASE)
  return {
    links: Object.fromEntries(
      entries.filter(({ kind }) => kind === 'symlink').map(({ name }) => [name, fs.readLink(`${BASE}/${name}`)]),
    ),
    stores: entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name),
  }
}

/** The live trail of the current datastore. */
export function currentTrail(fs: RootFs): string {
  return fs.readText(`${BASE}/current/live/settings/trail`)
}
