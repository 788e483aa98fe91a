import { describe, expect, it } from 'vitest'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { PATHS } from '../../../src/lib/paths.ts'
import type { RootFs } from '../../../src/lib/ports.ts'
import { createMigrator, migrator } from '../../../src/migrator/program.ts'
import type { MigrationCatalogue } from '../../../src/migrator/releases.ts'
import { failingFs, snapshot } from '../../support/faulty-fs.ts'
import { BASE, catalogueOf, currentTrail, layoutOf, makeDatastore } from '../../support/migration-store.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'

const CATALOGUE = catalogueOf({
  '(1.24.0, 1.24.1)': ['a', 'b'],
  '(1.24.1, 1.25.0)': ['c'],
  '(1.25.0, 1.26.0)': [],
  '(1.26.0, 1.27.0)': ['d', 'e', 'bad'],
})
const PATH_ARGS = [
  '--datastore-path',
  PATHS.datastoreCurrent,
  '--migration-directory',
  '/var/lib/bottlerocket-migrations',
  '--root-path',
  '/usr/share/updog/root.json',
  '--metadata-directory',
  '/var/cache/bottlerocket-metadata',
]

function newFs(version: string): MemoryFs {
  const fs = new MemoryFs()
  makeDatastore(fs, version)
  return fs
}

let serial = 0
function run(fs: RootFs, target: string, catalogue: MigrationCatalogue = CATALOGUE): Promise<ProgramRun> {
  const entropy = { integer: () => 0, alphanumeric: (length: number) => `n${String(++serial)}`.padEnd(length, 'x') }
  const words = target === 'os' ? ['--migrate-to-version-from-os-release'] : ['--migrate-to-version', target]
  return runToEnd(createMigrator(catalogue), [...PATH_ARGS, ...words], testHost({ fs, entropy }))
}

describe('migrator', () => {
  it('moves forward by every migration, in order, and keeps the old datastore', async () => {
    const fs = newFs('1.24.0')
    const before = snapshot(fs, `${BASE}/v1.24.0_original`)
    const result = await run(fs, '1.25.0')
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(currentTrail(fs)).toBe('["a","b","c"]')
    const { links, stores } = layoutOf(fs)
    const made = links['v1.25.0'] ?? ''
    expect(links).toEqual({
      current: 'v1',
      v1: 'v1.25',
      'v1.24': 'v1.24.0',
      'v1.24.0': 'v1.24.0_original',
      'v1.25': 'v1.25.0',
      'v1.25.0': made,
    })
    expect(stores).toEqual(['v1.24.0_original', made])
    expect(made).toMatch(/^v1\.25\.0_[A-Za-z0-9]{16}$/)
    expect(snapshot(fs, `${BASE}/v1.24.0_original`)).toEqual(before)
  })

  it('carries over metadata, services, keys with dots and transactions, and adds what the OS tells', async () => {
    const fs = newFs('1.24.0')
    await run(fs, 'os')
    const store = `${BASE}/${layoutOf(fs).links['v1.24.1'] ?? ''}`
    const os = (scope: string): Record<string, string> =>
      Object.fromEntries(
        Object.entries({
          arch: '"x86_64"',
          build_id: '"abcdef0"',
          pretty_name: '"Bottlerocket OS 1.24.1 (aws-k8s-1.30)"',
          variant_id: '"aws-k8s-1.30"',
          version_id: '"1.24.1"',
        }).map(([name, text]) => [`${store}/${scope}/os/${name}`, text]),
      )
    expect(snapshot(fs, store)).toEqual({
      [`${store}/live/services/motd/restart-commands`]: '[]',
      [`${store}/live/settings/kernel/sysctl/a%2Eb`]: '"1"',
      [`${store}/live/settings/trail`]: '["a","b"]',
      [`${store}/live/settings/trail.affected-services`]: '["motd"]',
      [`${store}/pending/a%20tx/settings/trail`]: '["pending","a","b"]',
      ...os('live'),
      ...os('pending/a%20tx'),
    })
  })

  it('moves back, last migration first', async () => {
    const fs = newFs('1.24.0')
    await run(fs, '1.25.0')
    expect((await run(fs, '1.24.0')).code).toBe(0)
    expect(currentTrail(fs)).toBe('[]')
    const { links } = layoutOf(fs)
    expect(links).toMatchObject({ current: 'v1', v1: 'v1.24', 'v1.24': 'v1.24.0', 'v1.25': 'v1.25.0' })
    expect(links['v1.24.0']).not.toBe('v1.24.0_original')
  })

  it('changes only links where there are no migrations', async () => {
    const fs = newFs('1.25.0')
    expect((await run(fs, '1.26.0')).code).toBe(0)
    const { links, stores } = layoutOf(fs)
    expect(links).toEqual({
      current: 'v1',
      v1: 'v1.26',
      'v1.25': 'v1.25.0',
      'v1.25.0': 'v1.25.0_original',
      'v1.26': 'v1.26.0',
      'v1.26.0': 'v1.25.0_original',
    })
    expect(stores).toEqual(['v1.25.0_original'])
    // the version is that of the link, not that of the directory's name
    expect((await run(fs, '1.26.0')).code).toBe(0)
    expect((await run(fs, '1.25.0')).code).toBe(0)
    expect(layoutOf(fs).links).toMatchObject({ v1: 'v1.25', 'v1.25.0': 'v1.25.0_original' })
  })

  it('touches nothing for an equal version', async () => {
    const fs = newFs('1.24.1')
    const before = snapshot(fs, BASE)
    expect((await run(failingFs(fs, 'EROFS'), 'os')).code).toBe(0)
    expect(snapshot(fs, BASE)).toEqual(before)
  })

  it('leaves the old version in force when one migration fails, and what it made for a look at it', async () => {
    const fs = newFs('1.25.0')
    const links = layoutOf(fs).links
    const result = await run(fs, '1.27.0')
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/error\[MIGRATION_FAILED\] the migration bad failed: this one fails/)
    expect(result.stderr).toContain('hint: the datastore is as it was')
    expect(layoutOf(fs).links).toEqual(links)
    expect(currentTrail(fs)).toBe('[]')
    // the intermediate one of `d` is gone, that of `e` is left
    expect(layoutOf(fs).stores.filter((name) => name.startsWith('v1.27.0_'))).toHaveLength(1)
  })

  it.each([
    ['a version that no way leads to', '1.30.0', 'MIGRATION_NO_PATH'],
    ['an earlier one', '1.0.0', 'MIGRATION_NO_PATH'],
  ])('refuses %s', async (_name, target, code) => {
    const fs = newFs('1.24.0')
    const before = snapshot(fs, BASE)
    const result = await run(fs, target)
    expect(result.code).toBe(1)
    expect(result.stderr).toContain(code)
    expect(snapshot(fs, BASE)).toEqual(before)
  })

  it('refuses a migration that is not there, and a value that is not JSON', async () => {
    const fs = newFs('1.24.0')
    const missing = { entries: CATALOGUE.entries, migrations: new Map() }
    expect((await run(fs, '1.24.1', missing)).stderr).toMatch(/the migration a is not there/)
    fs.writeFile(`${BASE}/current/live/settings/trail`, '{')
    expect((await run(fs, '1.24.1')).stderr).toMatch(/the value of settings\.trail is not JSON/)
    expect(layoutOf(fs).links['v1.24']).toBe('v1.24.0')
  })

  it.each([
    [
      'that is missing',
      (fs: RootFs) => {
        fs.remove(`${BASE}/v1.24`)
      },
    ],
    [
      'with a name that is no version',
      (fs: RootFs) => {
        fs.remove(`${BASE}/v1.24`)
        fs.symlink('v1.24.0_original', `${BASE}/v1.24`)
      },
    ],
  ])('refuses a chain with a link %s', async (name, damage) => {
    const fs = newFs('1.24.0')
    damage(fs)
    const result = await run(fs, '1.24.1')
    if (name === 'that is missing') {
      // `current` leads nowhere then, as at a first boot
      expect(result).toMatchObject({ code: 0 })
      expect(result.stderr).toContain('nothing to migrate')
    } else {
      expect(result.code).toBe(1)
      expect(result.stderr).toContain('MIGRATION_VERSION_UNKNOWN')
    }
  })

  it('says that links may not be on the disk, and goes on', async () => {
    const fs = newFs('1.25.0')
    const broken = failingFs(fs, 'EIO', (operation) => operation === 'syncDirectory')
    const result = await run(broken, '1.26.0')
    expect(result.code).toBe(0)
    expect(result.stdout).toMatch(/\[WARN\] the links may not be on the disk yet/)
    expect(layoutOf(fs).links['v1']).toBe('v1.26')
  })

  it('refuses a datastore that another process owns', async () => {
    const fs = newFs('1.24.0')
    const host = testHost({ fs })
    const lock = await host.locks.acquire(BASE, 'apiserver')
    const result = await runToEnd(createMigrator(CATALOGUE), [...PATH_ARGS, '--migrate-to-version', '1.24.1'], host)
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('DATASTORE_IN_USE')
    if ('release' in lock) await lock.release()
  })
})

describe('command line', () => {
  const fs = newFs('1.24.1')
  const target = ['--migrate-to-version', '1.24.1']
  it.each([
    [[]],
    [['--migrate-to-version']],
    [[...PATH_ARGS, '--migrate-to-version', '1.24']],
    [[...PATH_ARGS]],
    [[...PATH_ARGS.slice(2), ...target]],
    [[...PATH_ARGS.slice(0, -2), ...target]],
    [[...PATH_ARGS, ...target, '--log-level', 'loud']],
    [[...PATH_ARGS, ...target, '--help']],
    [['--unknown', 'x', '--datastore-path', '/nowhere']],
    [['--migrate-to-version', '1', '--datastore-path', '/nowhere']],
  ])('%j is bad usage', async (argv) => {
    const result = await runToEnd(migrator, argv, testHost({ fs }))
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain('Usage: migrator')
  })

  it.each([
    [['--datastore-path', '/nowhere']],
    [['--datastore-path', '/nowhere', '--unknown']],
    [['--log-level', 'off', '--datastore-path', '/nowhere', '--migrate-to-version', '1']],
  ])('%j: no datastore yet, so whatever follows does not count', async (argv) => {
    const result = await runToEnd(migrator, argv, testHost({ fs }))
    expect(result).toMatchObject({ code: 0, stdout: '' })
    expect(result.stderr).toContain('there is no datastore at /nowhere')
  })

  it('takes the levels of logs in any letter case', async () => {
    const result = await runToEnd(migrator, [...PATH_ARGS, ...target, '--log-level', 'OFF'], testHost({ fs }))
    expect(result).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('knows the way from 1.24.0 to 1.24.1 and back', async () => {
    const own = newFs('1.24.0')
    const os = [...PATH_ARGS, '--migrate-to-version-from-os-release']
    expect((await runToEnd(migrator, os, testHost({ fs: own }))).code).toBe(0)
    expect(layoutOf(own).links['v1.24']).toBe('v1.24.1')
    const back = [...PATH_ARGS, '--migrate-to-version', '1.24.0']
    expect((await runToEnd(migrator, back, testHost({ fs: own }))).code).toBe(0)
    expect(layoutOf(own).links['v1.24']).toBe('v1.24.0')
  })
})
