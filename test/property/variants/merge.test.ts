import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { isJsonObject, jsonEquals, jsonObject, type JsonObject, type JsonValue } from '../../../src/lib/json.ts'
import { mergeFragments } from '../../../src/variants/merge.ts'

// a name always has the same kind of value, as in real fragments: a- names tables, b- names strings, c- names lists
const tables = fc.letrec<{ table: JsonObject }>((tie) => ({
  table: fc
    .array(
      fc.oneof(
        { depthSize: 'small' },
        fc.tuple(fc.constantFrom('b1', 'b2', 'b3'), fc.string({ maxLength: 3 })),
        fc.tuple(fc.constantFrom('c1', 'c2'), fc.array(fc.boolean(), { maxLength: 3 })),
        fc.tuple(fc.constantFrom('a1', 'a2', '__proto__'), tie('table')),
      ),
      { maxLength: 5 },
    )
    .map((members) => {
      const object = jsonObject()
      for (const [name, value] of members as [string, JsonValue][]) object[name] = value
      return object
    }),
})).table

const merge = (...trees: JsonObject[]): JsonObject => mergeFragments(trees.map((tree) => ({ name: 'tree', tree })))

/** Paths of everything that is no table, with its value; an empty table counts as one. */
function leaves(tree: JsonObject, at = ''): [string, JsonValue][] {
  return Object.entries(tree).flatMap(([name, value]): [string, JsonValue][] =>
    isJsonObject(value) && Object.keys(value).length > 0 ? leaves(value, `${at}.${name}`) : [[`${at}.${name}`, value]],
  )
}

describe('merging', () => {
  test.prop([tables, tables, tables])('is associative', (a, b, c) => {
    expect(jsonEquals(merge(merge(a, b), c), merge(a, merge(b, c)))).toBe(true)
  })

  test.prop([tables])('with nothing, or with itself, changes nothing', (a) => {
    expect(jsonEquals(merge(a, jsonObject()), a)).toBe(true)
    expect(jsonEquals(merge(jsonObject(), a), a)).toBe(true)
    expect(jsonEquals(merge(a, a), a)).toBe(true)
  })

  test.prop([tables, tables])('takes every value of the right side, and the rest from the left', (a, b) => {
    const right = new Map(leaves(b).filter(([, value]) => !isJsonObject(value)))
    const left = new Map(leaves(a).filter(([, value]) => !isJsonObject(value)))
    for (const [path, value] of leaves(merge(a, b)).filter(([, item]) => !isJsonObject(item))) {
      expect(jsonEquals(value, (right.get(path) ?? left.get(path)) as JsonValue)).toBe(true)
      right.delete(path)
    }
    expect([...right]).toEqual([])
  })
})
