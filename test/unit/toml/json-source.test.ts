import { describe, expect, it } from 'vitest'
import { parseJsonSource } from '../../../src/lib/json-source.ts'
import type { DocumentPath } from '../../../src/lib/source-map.ts'

const text = '\uFEFF{\n  "settings": {"a": [1, {"é😀": "x"}],\n    "b": 1, "b": {}}\n}\n'
const parsed = parseJsonSource(text, 's.json')
const at = (kind: 'key' | 'value', path: DocumentPath): string | undefined => {
  const place = parsed.ok ? parsed.sourceMap[kind](path) : undefined
  return place && `${String(place.line)}:${String(place.column)}-${String(place.endLine)}:${String(place.endColumn)}`
}

describe('parseJsonSource', () => {
  it.each([
    [[], undefined, '1:1-4:2'],
    [['settings'], '2:3-2:13', '2:15-3:21'],
    [['settings', 'a'], '2:16-2:19', '2:21-2:37'],
    [['settings', 'a', 1, 'é😀'], '2:26-2:30', '2:32-2:35'],
    [['settings', 'b'], '3:13-3:16', '3:18-3:20'],
  ])('places of %j', (path, key, value) => {
    expect([at('key', path), at('value', path)]).toEqual([key, value])
  })

  it.each([
    ['', 1, 1],
    ['{"a":1,}', 1, 8],
    ['{"a":\n 01}', 2, 3],
    ['{} x', 1, 4],
  ])('syntax error in %j', (bad, line, column) => {
    const result = parseJsonSource(bad, 's.json')
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'USERDATA_JSON_SYNTAX', at: { line, column } }] })
  })
})
