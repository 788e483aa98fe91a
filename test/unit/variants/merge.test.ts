import { describe, expect, it } from 'vitest'
import { isJsonObject, jsonEquals, type JsonObject } from '../../../src/lib/json.ts'
import { parseTrustedToml } from '../../../src/toml/trusted-toml.ts'
import { mergeFragments } from '../../../src/variants/merge.ts'

const merged = (...texts: string[]): JsonObject =>
  mergeFragments(texts.map((text, i) => ({ name: `part-${String(i)}`, tree: parseTrustedToml(text) })))

describe('merging fragments', () => {
  it.each([
    ['nothing', [], ''],
    ['one fragment', ['a = 1'], 'a = 1'],
    ['tables member by member', ['[t]\na = 1', '[t]\nb = 2'], '[t]\na = 1\nb = 2'],
    ['deep tables', ['[t.u]\na = 1\n[t.v]\nb = 2', '[t.u]\na = 3'], '[t.u]\na = 3\n[t.v]\nb = 2'],
    ['the later scalar', ['a = "x"', 'a = "y"', 'a = "z"'], 'a = "z"'],
    ['the later array as a whole', ['a = [1, 2, 3]', 'a = [9]'], 'a = [9]'],
    ['an empty array over a full one', ['a = ["x"]', 'a = []'], 'a = []'],
    ['names of the object prototype', ['constructor = 1', 'toString = 2'], 'constructor = 1\ntoString = 2'],
  ])('gives %s', (_, parts, expected) => {
    expect(jsonEquals(merged(...parts), parseTrustedToml(expected))).toBe(true)
  })

  it.each([
    ['a scalar over a table', '[t]\na = 1', 't = 1', /fragment part-1: t is integer, but table/],
    ['a table over an array', 'a = []', '[a]', /a is table, but array/],
    ['an array over a string', 'a = "x"', 'a = ["x"]', /a is array, but string/],
    ['an integer over a string, deep', '[t.u]\na = "1"', '[t.u]\na = 1', /t\.u\.a is integer, but string/],
    ['a string over a boolean', 'a = true', 'a = "true"', /a is string, but boolean/],
  ])('refuses %s', (_, left, right, message) => {
    expect(() => merged(left, right)).toThrow(
      expect.objectContaining({ code: 'VARIANT_DATA_INVALID', message: expect.stringMatching(message) }) as Error,
    )
  })

  it('leaves the fragments as they were', () => {
    const left = { name: 'left', tree: parseTrustedToml('[t]\na = 1') }
    mergeFragments([left, { name: 'right', tree: parseTrustedToml('[t]\nb = 2') }])
    expect(isJsonObject(left.tree['t']) && Object.keys(left.tree['t'])).toEqual(['a'])
  })
})
