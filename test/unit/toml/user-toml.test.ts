import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../../src/lib/diagnostics.ts'
import { printJson } from '../../../src/lib/json.ts'
import type { DocumentPath } from '../../../src/lib/source-map.ts'
import { parseUserToml } from '../../../src/toml/user-toml.ts'

function treeOf(text: string): string {
  const parsed = parseUserToml(text, 'u.toml')
  return parsed.ok ? printJson(parsed.tree) : parsed.diagnostics.map((d) => `${d.code} ${d.message}`).join('; ')
}

function faultsOf(text: string): readonly Diagnostic[] {
  const parsed = parseUserToml(text, 'u.toml')
  expect(parsed.ok).toBe(false)
  return parsed.ok ? [] : parsed.diagnostics
}

const brief = (text: string): string[] =>
  faultsOf(text).map(({ code, at, related }) =>
    [code, at?.line, at?.column, ...(related ?? []).flatMap((r) => [r.at.line, r.at.column])].join(' '),
  )

describe('values', () => {
  it.each([
    ['', '{}'],
    ['\uFEFFa = 1', '{"a":1}'],
    ['a = 0x10\nb = 0o17\nc = 0b11\nd = 1_000\ne = +5\nf = -0', '{"a":16,"b":15,"c":3,"d":1000,"e":5,"f":0}'],
    ['a = 9223372036854775807\nb = -9223372036854775808', '{"a":9223372036854775807,"b":-9223372036854775808}'],
    ['a = 1.0\nb = 1e3\nc = -0.0', '{"a":1.0,"b":1000.0,"c":-0.0}'],
    ['a = nan\nb = [inf, -inf, 1]', '{"a":null,"b":[null,null,1]}'],
    ['a = 1979-05-27 07:32:00.500z', '{"a":{"$__toml_private_datetime":"1979-05-27T07:32:00.5Z"}}'],
    [
      'a = 1979-05-27\nb = 07:32:00',
      '{"a":{"$__toml_private_datetime":"1979-05-27"},"b":{"$__toml_private_datetime":"07:32:00"}}',
    ],
    ['a.b.c = "x"\n[d]\ne = \'\'', '{"a":{"b":{"c":"x"}},"d":{"e":""}}'],
    ['[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = {e = []}', '{"a":[{"b":1},{"b":2,"c":{"d":{"e":[]}}}]}'],
    ['__proto__ = 1\nconstructor.x = 2', '{"__proto__":1,"constructor":{"x":2}}'],
    ['a = """x\r\ny"""', '{"a":"x\\ny"}'],
  ])('%j', (text, tree) => {
    expect(treeOf(text)).toBe(tree)
  })
})

describe('faults', () => {
  it.each([
    ['a = ', ['USERDATA_TOML_SYNTAX 1 5']],
    ['a = 1\nb = x', ['USERDATA_TOML_SYNTAX 2 5']],
    ['é = 1', ['USERDATA_TOML_SYNTAX 1 1']],
    ['a = "\\e"', ['USERDATA_TOML_SYNTAX 1 7']],
    ['a = { b = 1,\n c = 2 }', ['USERDATA_TOML_SYNTAX 2 2']],
    ['# \u0007', ['USERDATA_TOML_SYNTAX 1 3']],
    ['a = 1\rb = 2', ['USERDATA_TOML_SYNTAX 1 6']],
    ['a = """x\ry"""', ['USERDATA_TOML_SYNTAX 1 9']],
    ['a = 1\r\r\n', ['USERDATA_TOML_SYNTAX 1 6']],
    ['"😀" = 9223372036854775808', ['USERDATA_INTEGER_RANGE 1 7']],
    ['a = [1, -9223372036854775809]', ['USERDATA_INTEGER_RANGE 1 9']],
    ['a = 1e999', ['USERDATA_TOML_SYNTAX 1 5']],
    [`a = ${'['.repeat(200)}${']'.repeat(200)}`, ['USERDATA_TOML_SYNTAX 1 133']],
    [`a${'.a'.repeat(20_000)} = 1`, ['USERDATA_TOML_SYNTAX 1 1']],
  ])('%j', (text, faults) => {
    expect(brief(text)).toEqual(faults)
  })

  it.each([
    ['a = 1\na = 2', ['USERDATA_TOML_DUPLICATE 2 1 1 1']],
    ['"a" = 1\na = 2', ['USERDATA_TOML_DUPLICATE 2 1 1 1']],
    ['[settings.ntp]\nx = 1\n[settings.ntp]\ny = 2', ['USERDATA_TOML_DUPLICATE 3 11 1 11']],
    [
      '[a]\nb = 1\n[c]\nb = 1\nb = 2\n"b" = 3\n[a]\nz = 1',
      ['USERDATA_TOML_DUPLICATE 5 1 4 1', 'USERDATA_TOML_DUPLICATE 6 1 4 1', 'USERDATA_TOML_DUPLICATE 7 2 1 2'],
    ],
    ['a = { b = 1 }\na.c = 2', ['USERDATA_TOML_DUPLICATE 2 1 1 1']],
    ['a.b = 1\n[a]\nc = 1', ['USERDATA_TOML_DUPLICATE 2 2 1 1']],
    ['x = { a = 1, a = 2 }', ['USERDATA_TOML_DUPLICATE 1 14 1 7']],
    ['x = [{ a = 1 }]\n[[x]]', ['USERDATA_TOML_DUPLICATE 2 3 1 1']],
    ['[a]\nb = 1\n[a]\nc = 1\nd = ', ['USERDATA_TOML_DUPLICATE 3 2 1 2', 'USERDATA_TOML_SYNTAX 5 5']],
  ])('both places of %j', (text, faults) => {
    expect(brief(text)).toEqual(faults)
  })

  it('names the path of a duplicate', () => {
    expect(faultsOf('[settings.ntp]\noptions = []\noptions = []')[0]?.path).toBe('settings.ntp.options')
  })

  it('reports two kinds together', () => {
    expect(brief('a = 1\rb = 99999999999999999999\n')).toEqual([
      'USERDATA_TOML_SYNTAX 1 6',
      'USERDATA_INTEGER_RANGE 2 5',
    ])
  })
})

describe('places', () => {
  const text = '[settings.a]\n"b c".d = [1, { e = "x" }]\n[[settings.f]]\ng = true\n'
  const parsed = parseUserToml(text, 'u.toml')
  const at = (kind: 'key' | 'value', path: DocumentPath): string | undefined => {
    const place = parsed.ok ? parsed.sourceMap[kind](path) : undefined
    return place && `${String(place.line)}:${String(place.column)}-${String(place.endLine)}:${String(place.endColumn)}`
  }

  it.each([
    [['settings'], '1:2-1:10', '1:2-1:10'],
    [['settings', 'a'], '1:11-1:12', '1:11-1:12'],
    [['settings', 'a', 'b c'], '2:1-2:6', '2:1-2:6'],
    [['settings', 'a', 'b c', 'd'], '2:7-2:8', '2:11-2:27'],
    [['settings', 'a', 'b c', 'd', 0], undefined, '2:12-2:13'],
    [['settings', 'a', 'b c', 'd', 1, 'e'], '2:17-2:18', '2:21-2:24'],
    [['settings', 'f', 0], undefined, '3:3-3:13'],
    [['settings', 'f', 0, 'g'], '4:1-4:2', '4:5-4:9'],
    [['settings', 'zzz'], undefined, undefined],
  ])('%j', (path, key, value) => {
    expect([at('key', path), at('value', path)]).toEqual([key, value])
  })
})
