/** Every short text that could be a number, a word of YAML or an indicator is a string again for every reader. */
import { describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { renderFormat } from '../../support/templates.ts'

/** Characters of numbers, dates, special words and indicators. */
const CHARACTERS = '012789._-+:eExXoObBaAfFnNyYlLtT~=<*&!?|>%@#,'.split('')

const texts = (length: number): string[] =>
  length === 0 ? [''] : texts(length - 1).flatMap((text) => CHARACTERS.map((character) => text + character))

const WORDS = [
  'null',
  'true',
  'false',
  'yes',
  'no',
  'on',
  'off',
  '.inf',
  '-.inf',
  '.nan',
  '<<',
  '2001-12-14',
  '12:30:45',
]
const all = [
  ...[0, 1, 2].flatMap(texts),
  ...texts(2).flatMap((text) => ['1', '.', '_', 'e', '-', '0'].map((character) => text + character)),
  ...WORDS.flatMap((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1), `${word}x`]),
  ...[
    '0o17',
    '0x1F',
    '0b11',
    '1_000',
    '1e6',
    '1E-6',
    '1.e+3',
    '6.8523015e+5',
    '190:20:30',
    '685.230_15e+03',
    '._',
    '..5',
  ],
]

describe.each(['1.1', '1.2'] as const)('YAML %s', (version) => {
  test('gives back every one of them, in block and flow', () => {
    const body = '{{#each settings.t}}\n- {{this}}\n{{/each}}\n'
    const flow = '[{{#each settings.t}}{{this}}{{#unless @last}}, {{/unless}}{{/each}}]\n'
    for (const form of [body, flow]) {
      const text = renderFormat('yaml', form, JSON.stringify(all))
      expect(parseYaml(text, { version, strict: true })).toEqual(all)
    }
    expect(all.length).toBeGreaterThan(10_000)
  })
})
