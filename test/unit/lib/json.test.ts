import { describe, expect, it } from 'vitest'
import { parseJson, JsonSyntaxError } from '../../../src/lib/json-parse.ts'
import { formatDouble, jsonEquals, jsonObject, printJson, printJsonPretty, toJson } from '../../../src/lib/json.ts'

const roundTrip = (text: string): string => printJson(parseJson(text))

describe('numbers', () => {
  it.each([
    ['1', '1'],
    ['1.0', '1.0'],
    ['1e1', '10.0'],
    ['-0', '-0.0'],
    ['0', '0'],
    ['-5', '-5'],
    ['9007199254740993', '9007199254740993'],
    ['18446744073709551615', '18446744073709551615'],
    ['18446744073709551616', '1.8446744073709552e19'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['-9223372036854775809', '-9.223372036854776e18'],
    ['4.20', '4.2'],
    ['0.00001', '0.00001'],
    ['0.000001', '1e-6'],
    ['1000000000000000.0', '1000000000000000.0'],
    ['1e16', '1e16'],
    ['1.5E+300', '1.5e300'],
    ['12345.678', '12345.678'],
  ])('%s is kept and printed as %s', (text, printed) => {
    expect(roundTrip(text)).toBe(printed)
  })

  it('tells an integer from a double of the same value', () => {
    expect(jsonEquals(parseJson('1'), parseJson('1.0'))).toBe(false)
    expect(jsonEquals(parseJson('{"a":[1,2]}'), parseJson(' { "a" : [ 1 , 2 ] } '))).toBe(true)
    expect(jsonEquals(parseJson('{"a":1}'), parseJson('{"b":1}'))).toBe(false)
  })

  it('has no text for what JSON cannot hold', () => {
    expect(() => formatDouble(Number.NaN)).toThrow(RangeError)
    expect(() => formatDouble(Number.POSITIVE_INFINITY)).toThrow(RangeError)
  })
})

describe('objects', () => {
  it('prints members in byte order, not in numeric or UTF-16 order', () => {
    expect(roundTrip('{"9":1,"10":2,"b":3,"B":4,"\u{1f600}":5,"\uffee":6}')).toBe(
      '{"10":2,"9":1,"B":4,"b":3,"\uffee":6,"\u{1f600}":5}',
    )
  })

  it('treats __proto__ and constructor as ordinary names', () => {
    expect(roundTrip('{"__proto__":{"a":1},"constructor":2}')).toBe('{"__proto__":{"a":1},"constructor":2}')
  })

  it('lets the last of repeated members win', () => {
    expect(roundTrip('{"a":{"x":1},"a":{"y":2}}')).toBe('{"a":{"y":2}}')
  })
})

describe('strings', () => {
  it('escapes only what must be', () => {
    expect(printJson('"\\/\b\f\n\r\t\u0001\u007f\u2028é')).toBe('"\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u007f\u2028é"')
  })
})

describe('what is not JSON', () => {
  it.each([
    ['', 1, 1],
    ['  ', 1, 3],
    ['01', 1, 2],
    ['1 2', 1, 3],
    ['[1,]', 1, 4],
    ['{"a":1,}', 1, 8],
    ['{"a":1 "b":2}', 1, 8],
    ['// no\n1', 1, 1],
    ['1/**/', 1, 2],
    ['"\\ud800"', 1, 1],
    ['{"\\udc00":1}', 1, 2],
    ['"a\tb"', 1, 1],
    ['"\\x"', 1, 1],
    ['\u00a01', 1, 1],
    ['\ufeff1', 1, 1],
    ['nul', 1, 1],
    ['NaN', 1, 1],
    ['+1', 1, 1],
    ['.5', 1, 1],
    ['1.', 1, 1],
    ['1E400', 1, 1],
    ['{\n  "é": tru\n}', 2, 8],
  ])('%j is refused at line %i column %i', (text, line, column) => {
    expect(() => parseJson(text)).toThrow(JsonSyntaxError)
    try {
      parseJson(text)
    } catch (error) {
      expect(error).toMatchObject({ line, column })
    }
  })

  it('refuses nesting of 128 levels and reads 127', () => {
    expect(() => parseJson('['.repeat(128) + ']'.repeat(128))).toThrow(/recursion/)
    expect(roundTrip('['.repeat(127) + ']'.repeat(127))).toBe('['.repeat(127) + ']'.repeat(127))
  })
})

describe('pretty printing', () => {
  it('indents by two, sorts, and keeps empty containers on one line', () => {
    const value = parseJson('{"b":[],"a":{"d":[1,{}],"c":null}}')
    expect(printJsonPretty(value)).toBe(
      '{\n  "a": {\n    "c": null,\n    "d": [\n      1,\n      {}\n    ]\n  },\n  "b": []\n}',
    )
  })
})

describe('conversion', () => {
  it('turns whole numbers into integers and leaves out what is undefined', () => {
    expect(printJson(toJson({ a: 1, b: undefined, c: [0.5, null] }))).toBe('{"a":1,"c":[0.5,null]}')
    expect(() => toJson(() => 1)).toThrow(TypeError)
  })

  it('makes objects without a prototype', () => {
    expect(Object.getPrototypeOf(jsonObject({ a: 1n }))).toBeNull()
  })
})
