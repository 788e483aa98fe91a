import { describe, expect, it } from 'vitest'
import { toJson } from '../../../src/lib/json.ts'
import { readMigrations, selectMigrations } from '../../../src/migrator/manifest.ts'
import { compareVersions } from '../../../src/migrator/version.ts'

const ENTRIES = readMigrations(
  toJson({
    '(1.0.0, 1.1.0)': ['p', 'q'],
    '(1.1.0, 1.2.0)': ['r'],
    '(1.1.0,1.3.0)': ['s'],
    'x (1.2.0,   1.3.0) y': ['t'],
    '(1.3.0, 1.4.0)': [],
  }),
)

describe('selection', () => {
  it.each([
    ['1.0.0', '1.3.0', ['p', 'q', 's']],
    ['1.3.0', '1.0.0', ['s', 'q', 'p']],
    ['1.0.0', '1.2.0', ['p', 'q', 'r']],
    ['1.2.0', '1.4.0', ['t']],
    ['1.3.0', '1.4.0', []],
    ['1.4.0', '1.1.0', ['s']],
  ])('%s to %s', (from, to, names) => {
    const direction = compareVersions(from, to) < 0 ? 'forward' : 'backward'
    expect(selectMigrations(ENTRIES, from, to)).toEqual({ direction, names })
  })

  it.each([
    ['1.0.0', '1.5.0'],
    ['0.9.0', '1.0.0'],
    ['1.5.0', '1.0.0'],
    // the longest step is taken, though only the shorter one would lead there
    ['1.1.0', '1.2.5'],
  ])('there is no way from %s to %s', (from, to) => {
    expect(() => selectMigrations(ENTRIES, from, to)).toThrow(expect.objectContaining({ code: 'MIGRATION_NO_PATH' }))
  })

  it('does not go in circles', () => {
    const entries = readMigrations(toJson({ '(1.0.0, 1.0.0)': ['a'] }))
    expect(() => selectMigrations(entries, '1.0.0', '1.1.0')).toThrow(/no way/)
  })
})

describe('a manifest', () => {
  it.each([
    [{ '1.0.0, 1.1.0': [] }],
    [{ '(1.0, 1.1.0)': [] }],
    [{ '(1.0.0 , 1.1.0)': [] }],
    [{ '(1.0.0, 1.1.0)': [], '(1.0.0,1.1.0)': [] }],
    [{ '(1.0.0, 1.1.0)': 'a' }],
    [{ '(1.0.0, 1.1.0)': [1] }],
    [[]],
  ])('%j is not valid', (value) => {
    expect(() => readMigrations(toJson(value))).toThrow(expect.objectContaining({ code: 'MIGRATION_MANIFEST_INVALID' }))
  })
})

describe('order of versions', () => {
  it('is that of Semantic Versioning', () => {
    const sorted = ['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11']
    const all = [...sorted, '1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '2.0.0']
    for (const [i, a] of all.entries()) {
      for (const [j, b] of all.entries()) expect(Math.sign(compareVersions(a, b))).toBe(Math.sign(i - j))
    }
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0)
  })
})
