import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { printJson, toJson } from '../../src/lib/json.ts'
import { PATHS } from '../../src/lib/paths.ts'
import type { RootFs } from '../../src/lib/ports.ts'
import { createMigrator } from '../../src/migrator/program.ts'
import { readMigrations, selectMigrations } from '../../src/migrator/manifest.ts'
import { crashingAfter, watchedFs } from '../support/faulty-fs.ts'
import { BASE, catalogueOf, layoutOf, makeDatastore } from '../support/migration-store.ts'
import { powerCutFs } from '../support/power-cut-fs.ts'
import { runToEnd, testHost } from '../support/test-host.ts'

const CATALOGUE = catalogueOf({ '(1.24.0, 1.24.1)': ['a', 'b'], '(1.24.1, 1.25.0)': ['c'], '(1.25.0, 2.0.0)': ['d'] })
const PATH_ARGS = ['--migration-directory', '/m', '--root-path', '/r', '--metadata-directory', '/d']
const TRAILS: Readonly<Record<string, string>> = {
  '1.24.0': '[]',
  '1.24.1': '["a","b"]',
  '1.25.0': '["a","b","c"]',
  '2.0.0': '["a","b","c","d"]',
}

let serial = 0
function migrate(fs: RootFs, target: string): ReturnType<typeof runToEnd> {
  const entropy = { integer: () => 0, alphanumeric: (length: number) => `n${String(++serial)}`.padEnd(length, 'x') }
  const argv = ['--datastore-path', PATHS.datastoreCurrent, ...PATH_ARGS, '--migrate-to-version', target]
  return runToEnd(createMigrator(CATALOGUE), argv, testHost({ fs, entropy }))
}

/** The version that the links tell, after checking that the datastore behind them is whole and of that version. */
function wholeVersion(fs: RootFs): string {
  let name = 'current'
  for (let links = 0; links < 3; links++) name = fs.readLink(`${BASE}/${name}`)
  const version = name.slice(1)
  expect(fs.readText(`${BASE}/current/live/settings/trail`)).toBe(TRAILS[version])
  expect(fs.readText(`${BASE}/current/live/services/motd/restart-commands`)).toBe('[]')
  expect(fs.readText(`${BASE}/current/live/settings/trail.affected-services`)).toBe('["motd"]')
  expect(fs.readText(`${BASE}/current/live/settings/kernel/sysctl/a%2Eb`)).toBe('"1"')
  return version
}

async function prepared(from: string): Promise<MemoryFs> {
  const fs = new MemoryFs()
  makeDatastore(fs, '1.24.0')
  if (from !== '1.24.0') await migrate(fs, from)
  return fs
}

describe('a migration', () => {
  it.each([
    ['1.24.0', '1.24.1'],
    ['1.24.0', '2.0.0'],
    ['1.25.0', '1.24.0'],
    ['2.0.0', '1.25.0'],
  ])(
    'from %s to %s that dies anywhere leaves the old version or the new one, and can be done again',
    async (from, to) => {
      const seen = new Set<string>()
      for (let survived = 0; ; survived++) {
        const fs = await prepared(from)
        const crashing = crashingAfter(fs)
        crashing.dieAfter(survived)
        const result = await migrate(crashing.fs, to)
        seen.add(wholeVersion(fs))
        expect((await migrate(fs, to)).code).toBe(0)
        expect(wholeVersion(fs)).toBe(to)
        if (result.code === 0) break
      }
      expect([...seen].sort()).toEqual([from, to].sort())
    },
  )

  it('is all there or not at all after a power cut anywhere', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(['1.24.0', '1.25.0'] as const, ['1.25.0', '1.24.1'] as const, ['1.24.0', '2.0.0'] as const),
        fc.nat({ max: 160 }),
        fc.infiniteStream(fc.nat({ max: 1_000_000 })),
        async ([from, to], survived, choices) => {
          const power = powerCutFs(await prepared(from))
          let left = survived
          let disk: MemoryFs | undefined
          const choose = (count: number): number => (choices.next().value as number) % count
          const fs = watchedFs(power.fs, () => {
            if (left-- === 0) disk = power.cut(choose)
          })
          await migrate(fs, to)
          const version = wholeVersion(disk ?? power.cut(choose))
          seen.add(version === from ? 'old' : 'new')
          expect([from, to]).toContain(version)
        },
      ),
      { numRuns: 90 },
    )
    expect(seen).toEqual(new Set(['old', 'new']))
  })

  it('there and back gives the same settings', async () => {
    const versions = Object.keys(TRAILS)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...versions), { maxLength: 6 }), async (targets) => {
        const fs = await prepared('1.24.0')
        for (const target of targets) {
          expect((await migrate(fs, target)).code).toBe(0)
          expect(wholeVersion(fs)).toBe(target)
        }
        expect(layoutOf(fs).links['current']).toMatch(/^v[12]$/)
      }),
      { numRuns: 30 },
    )
  })
})

describe('selection', () => {
  const version = fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 3 }), fc.nat({ max: 3 })).map((parts) => parts.join('.'))

  it('backward is forward reversed, and a way is made of entries that meet', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(version, version), { maxLength: 8, selector: String }),
        version,
        version,
        (pairs, a, b) => {
          const entries = readMigrations(
            toJson(Object.fromEntries(pairs.map(([from, to]) => [`(${from}, ${to})`, [`${from}>${to}`]]))),
          )
          const way = (from: string, to: string): readonly string[] | undefined => {
            try {
              return selectMigrations(entries, from, to).names
            } catch {
              return undefined
            }
          }
          const [there, back] = [way(a, b), way(b, a)]
          expect(printJson(toJson(there ?? null))).toBe(
            printJson(toJson(back === undefined ? null : [...back].reverse())),
          )
        },
      ),
    )
  })
})
