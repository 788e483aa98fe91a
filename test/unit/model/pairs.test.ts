import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../src/lib/json-parse.ts'
import { printJson } from '../../../src/lib/json.ts'
import { KeyError } from '../../../src/model/key.ts'
import { buildTree, flattenTree } from '../../../src/model/pairs.ts'

const flat = (text: string, prefix: readonly string[] = ['settings']): Record<string, string> =>
  Object.fromEntries(flattenTree(parseJson(text), prefix))

describe('flattenTree', () => {
  it.each([
    ['{"motd":"hi"}', { 'settings.motd': '"hi"' }],
    [
      '{"motd":"x","kernel":{"sysctl":{"vm.swap":"1"}},"dns":{},"ntp":{"options":null,"time-servers":["a"]}}',
      { 'settings.motd': '"x"', 'settings.kernel.sysctl."vm.swap"': '"1"', 'settings.ntp.time-servers': '["a"]' },
    ],
    ['{"a":[]}', { 'settings.a': '[]' }],
    ['{"a":[null,{"b":2,"a":{}}]}', { 'settings.a': '[null,{"a":{},"b":2}]' }],
    ['{"a":1.0,"b":18446744073709551615}', { 'settings.a': '1.0', 'settings.b': '18446744073709551615' }],
    ['{"__proto__":"p"}', { 'settings.__proto__': '"p"' }],
    ['7', { settings: '7' }],
    ['null', {}],
    ['{}', {}],
  ])('%s', (text, pairs) => {
    expect(flat(text)).toEqual(Object.assign(Object.create(null) as object, pairs))
  })

  it('needs a key for a bare value', () => {
    expect(() => flat('1', [])).toThrow(KeyError)
    expect(() => flat('[]', [])).toThrow(KeyError)
    expect(flat('{"a":1}', [])).toEqual({ a: '1' })
  })

  it.each(['{"":1}', '{"a":{"":{}}}', '{"a b":null}', '{"é":"x"}', '{"a:b":{}}', `{"${'k'.repeat(247)}":{}}`])(
    'refuses the member names of %s',
    (text) => {
      expect(() => flat(text)).toThrow(KeyError)
    },
  )

  it('takes names up to 255 bytes, quotes included', () => {
    expect(Object.keys(flat(`{"${'k'.repeat(246)}":1}`))[0]).toHaveLength(255)
    expect(() => flat(`{"${'k'.repeat(243)}.k":1}`)).toThrow(KeyError)
  })
})

const built = (pairs: readonly (readonly [string, string])[], prefix: readonly string[] = ['settings']): string =>
  printJson(buildTree(pairs, prefix))

describe('buildTree', () => {
  it.each([
    [[], '{}'],
    [
      [
        ['settings.b.c', '[1]'],
        ['settings.a', '"x"'],
        ['settings.b."d.e"', ' 2 '],
      ],
      '{"a":"x","b":{"c":[1],"d.e":2}}',
    ],
    [[['settings."a.b".c', 'true']], '{"a.b":{"c":true}}'],
    [[['settings.boot', '{"kernel":{"quiet":[]}}']], '{"boot":{"kernel":{"quiet":[]}}}'],
    [
      [
        ['os.arch', '"x86_64"'],
        ['settings.motd', '""'],
      ],
      '{"motd":"","os":{"arch":"x86_64"}}',
    ],
    [
      [
        ['settings.a', '1'],
        ['settings.a', '2'],
      ],
      '{"a":2}',
    ],
    [[['settings.__proto__.x', '1']], '{"__proto__":{"x":1}}'],
    [[['settings.constructor', '1']], '{"constructor":1}'],
  ] as const)('%j', (pairs, tree) => {
    expect(built(pairs)).toBe(tree)
  })

  it.each([
    [[['settings', '{}']]],
    [[['settings.a', 'x']]],
    [
      [
        ['settings.a', '1'],
        ['settings.a.b', '2'],
      ],
    ],
    [
      [
        ['settings.a.b', '2'],
        ['settings.a', '1'],
      ],
    ],
    [
      [
        ['settings.a', '{"b":1}'],
        ['settings.a.c', '2'],
      ],
    ],
    [
      [
        ['settings.a.c', '2'],
        ['settings.a', '{}'],
      ],
    ],
    [
      [
        ['settings.a', '{"b":{}}'],
        ['settings.a.b.c', '2'],
      ],
    ],
    [[['settings..a', '1']]],
  ] as const)('refuses %j', (pairs) => {
    expect(() => built(pairs)).toThrow(KeyError)
  })

  it('strips no prefix when there is none', () => {
    expect(built([['services.x.restart-commands', '["a"]']], [])).toBe('{"services":{"x":{"restart-commands":["a"]}}}')
  })
})
