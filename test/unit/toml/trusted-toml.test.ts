import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../src/lib/json-parse.ts'
import { printJson, type JsonObject } from '../../../src/lib/json.ts'
import { parseTrustedToml, printToml } from '../../../src/toml/trusted-toml.ts'

describe('parseTrustedToml', () => {
  it.each([
    [
      'a = 1\nb = 2.5\nc = 9007199254740993\n[d]\ne = [true, "x"]',
      '{"a":1,"b":2.5,"c":9007199254740993,"d":{"e":[true,"x"]}}',
    ],
    ['__proto__ = 1\na = nan\nb = -0', '{"__proto__":1,"a":null,"b":0}'],
    [
      'a = 1979-05-27\nb = 1979-05-27T07:32:00Z',
      '{"a":{"$__toml_private_datetime":"1979-05-27"},"b":{"$__toml_private_datetime":"1979-05-27T07:32:00Z"}}',
    ],
  ])('%j', (text, tree) => {
    expect(printJson(parseTrustedToml(text))).toBe(tree)
  })

  it('throws on anything else', () => {
    expect(() => parseTrustedToml('a = ')).toThrow()
  })
})

describe('printToml', () => {
  const print = (text: string): string => printToml(parseJson(text) as JsonObject)

  it.each([
    ['{}', ''],
    ['{"b":1,"a":"x","c":1.0}', 'a = "x"\nb = 1\nc = 1.0\n'],
    ['{"a":{"b c":{"d.e":[1,"x"],"n":null}},"z":{}}', 'z = {}\n\n[a."b c"]\n"d.e" = [1, "x"]\n'],
    ['{"a":[{"b":1,"c":{"d":[]}},{}]}', 'a = [{ b = 1, c = { d = [] } }, {}]\n'],
    ['{"a":"\\u0001\\u0002\\u007f\\"\\\\\\n"}', 'a = "\\u0001\\u0002\\u007F\\"\\\\\\n"\n'],
  ])('%j', (text, toml) => {
    expect(print(text)).toBe(toml)
  })

  it.each(['{"a":[null]}', '{"a":9223372036854775808}'])('refuses %s', (text) => {
    expect(() => print(text)).toThrow(RangeError)
  })
})
