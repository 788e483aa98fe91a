/** Documents are mostly read by JavaScript's own parser. The scanner, which knows every rule, must agree. */
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { compareBytes, sortedKeys } from '../../src/lib/byte-order.ts'
import { JsonSyntaxError, parseJson, scanJson } from '../../src/lib/json-parse.ts'
import { printJson, type JsonValue } from '../../src/lib/json.ts'

const SPACE = fc.constantFrom('', '', '', ' ', '\n', '\t\r\n ')
const NUMBER = fc.oneof(
  fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
  fc.constantFrom('0', '-0', '1.0', '-0.0', '1e3', '1E-2', '1e400', '01', '1.', '.5', '+1', '9007199254740993', '-'),
)
const TEXT = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"1.5"',
    '"pause:3.1"',
    '"a, 1.5"',
    '",1.5,"',
    '"\\ud83d\\ude00"',
    '"\\ud800"',
    '"\\u00e9"',
    '"\\x"',
    '"__proto__"',
    '"\ud800"',
    '"\t"',
  ),
)

const { document } = fc.letrec<{ document: string; array: string; object: string; scalar: string }>((tie) => ({
  scalar: fc.oneof(NUMBER, TEXT, fc.constantFrom('true', 'false', 'null', 'nul', '')),
  array: fc
    .tuple(fc.array(tie('document'), { maxLength: 4 }), SPACE)
    .map(([items, space]) => `[${space}${items.join(`${space},`)}]`),
  object: fc
    .tuple(fc.array(fc.tuple(TEXT, tie('document')), { maxLength: 4 }), SPACE)
    .map(([pairs, space]) => `{${pairs.map(([name, value]) => `${name}${space}:${space}${value}`).join(',')}${space}}`),
  document: fc.oneof({ depthSize: 'small' }, tie('scalar'), tie('array'), tie('object')),
}))

function outcome(read: (text: string) => JsonValue, text: string): unknown {
  try {
    return { value: read(text) }
  } catch (error) {
    if (error instanceof JsonSyntaxError) return { error: error.message }
    throw error
  }
}

describe('parsing', () => {
  test.prop([document], { numRuns: 3000 })('gives what the scanner gives, or its error', (text) => {
    expect(outcome(parseJson, text)).toStrictEqual(outcome(scanJson, text))
  })

  test.each([126, 127, 128, 200])('%d levels', (depth) => {
    const text = `${'['.repeat(depth)}1${']'.repeat(depth)}`
    expect(outcome(parseJson, text)).toStrictEqual(outcome(scanJson, text))
  })
})

describe('printing', () => {
  test.prop([document])('is read back', (text) => {
    const read = outcome(parseJson, text) as { value?: JsonValue }
    if (read.value !== undefined) expect(parseJson(printJson(read.value))).toStrictEqual(read.value)
  })

  test.prop([fc.dictionary(fc.string({ unit: 'binary' }), fc.constant(null))])(
    'takes members in byte order',
    (object) => {
      expect(sortedKeys(object)).toEqual(Object.keys(object).sort(compareBytes))
    },
  )
})
