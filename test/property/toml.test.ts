import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { parseJsonSource } from '../../src/lib/json-source.ts'
import { isJsonArray, isJsonObject, printJson, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import type { DocumentPath, ParsedDocument } from '../../src/lib/source-map.ts'
import { parseTrustedToml, printToml } from '../../src/toml/trusted-toml.ts'
import { parseUserToml } from '../../src/toml/user-toml.ts'
import { anyJson, unicode } from './arbitraries.ts'

/** The tree as TOML can hold it: an object, nulls left out, also in lists. */
function withoutNulls(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.filter((item) => item !== null).map(withoutNulls)
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).filter(([, item]) => item !== null)
  const object = Object.create(null) as Record<string, JsonValue>
  for (const [name, item] of entries) object[name] = withoutNulls(item)
  return object
}

const tomlTree = anyJson.map((value): JsonObject => {
  const tree = withoutNulls(value)
  return isJsonObject(tree) ? tree : { value: tree ?? '' }
})

/** Pieces that documents are made of, put together at random. */
const PIECES = [
  '[a]',
  '[[a]]',
  '[a.b]',
  'a',
  'b.c',
  '"q r"',
  ' = ',
  '1',
  '-0',
  '1.5',
  '"x"',
  "'y'",
  '"""',
  "'''",
  '\n',
  '\r\n',
  '\r',
]
const MORE = [
  '{',
  '}',
  '[',
  ']',
  ',',
  '#',
  '\\',
  '\uFEFF',
  'nan',
  'true',
  '1979-05-27',
  '0x',
  '9'.repeat(20),
  '\u0000',
  '😀',
  'é',
  '"',
]
const document = fc.array(fc.constantFrom(...PIECES, ...MORE), { maxLength: 25 }).map((pieces) => pieces.join(''))

/** Every problem has a place inside of the text. */
function checkPlaces(parsed: ParsedDocument<JsonValue>, text: string): void {
  if (parsed.ok) return
  expect(parsed.diagnostics.length).toBeGreaterThan(0)
  const lines = text.split(/\r\n|\n|\r/)
  for (const { at } of parsed.diagnostics) {
    expect(at?.line).toBeLessThanOrEqual(lines.length)
    expect(at?.column).toBeLessThanOrEqual([...(lines[(at?.line ?? 0) - 1] as string)].length + 2)
  }
}

function leavesOf(value: JsonValue, path: DocumentPath = []): DocumentPath[] {
  if (isJsonArray(value)) return [path, ...value.flatMap((item, i) => leavesOf(item, [...path, i]))]
  if (isJsonObject(value)) return Object.entries(value).flatMap(([name, item]) => leavesOf(item, [...path, name]))
  return [path]
}

describe('user documents', () => {
  test.prop([fc.oneof(document, unicode, fc.string({ unit: 'grapheme' }))], { numRuns: 1000 })(
    'any text gives a tree or places',
    (text) => {
      checkPlaces(parseUserToml(text, 'x.toml'), text.replace(/^\uFEFF/, ''))
    },
  )

  test.prop([fc.array(fc.constantFrom('a', 'b', 'a.b', '"a"', 'c'), { minLength: 1, maxLength: 12 })])(
    'every key that is defined again is found, with its first place',
    (keys) => {
      const text = keys.map((key, i) => `${key} = ${String(i)}\n`).join('')
      const parsed = parseUserToml(text, 'x.toml')
      if (parsed.ok) return
      for (const { code, at, related } of parsed.diagnostics) {
        expect(code).toBe('USERDATA_TOML_DUPLICATE')
        expect(related?.[0]?.at.line ?? Infinity).toBeLessThan(at?.line ?? 0)
      }
    },
  )

  test.prop([tomlTree])('what is printed reads back the same, every value with its place', (tree) => {
    const text = printToml(tree)
    const parsed = parseUserToml(text, 'x.toml')
    expect(parsed.ok && printJson(parsed.tree)).toBe(printJson(tree))
    if (parsed.ok) for (const path of leavesOf(parsed.tree)) expect(parsed.sourceMap.value(path)).toBeDefined()
  })
})

describe('trusted documents', () => {
  const integersOnly = (value: JsonValue): boolean =>
    typeof value === 'object' && value !== null
      ? Object.values(value).every(integersOnly)
      : typeof value !== 'number' || !Number.isInteger(value)

  /** The library takes a table below a table for defined if its name is one that every object has. */
  const plainNames = (value: JsonValue): boolean =>
    isJsonObject(value)
      ? Object.entries(value).every(([name, item]) => !(name in Object.prototype) && plainNames(item))
      : !isJsonArray(value) || value.every(plainNames)

  test.prop([tomlTree.filter((tree) => integersOnly(tree) && plainNames(tree))])('read like those of users', (tree) => {
    expect(printJson(parseTrustedToml(printToml(tree)))).toBe(printJson(tree))
  })
})

describe('JSON documents', () => {
  test.prop([anyJson])('every value has its place', (tree) => {
    const parsed = parseJsonSource(printJson(tree), 'x.json')
    expect(parsed.ok && printJson(parsed.tree)).toBe(printJson(tree))
    if (parsed.ok) for (const path of leavesOf(parsed.tree)) expect(parsed.sourceMap.value(path)).toBeDefined()
  })

  test.prop([
    fc.oneof(
      unicode,
      fc.json().map((text) => text.slice(1)),
    ),
  ])('any text gives a tree or places', (text) => {
    checkPlaces(parseJsonSource(text, 'x.json'), text.replace(/^\uFEFF/, ''))
  })
})
