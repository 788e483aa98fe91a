import { describe, expect, test } from 'vitest'
import { failureOf, renderString } from '../../support/templates.ts'

describe('truthiness', () => {
  test.each([
    ['null', false],
    ['false', false],
    ['true', true],
    ['""', false],
    ['"false"', true],
    ['"0"', true],
    ['" "', true],
    ['0', false],
    ['0.0', false],
    ['-0', false],
    ['4e-320', false],
    ['-1', true],
    ['1e-300', true],
    ['[]', false],
    ['[null]', true],
    ['{}', false],
    ['{"a":null}', true],
  ])('%s is %s', (t, truthy) => {
    const word = String(truthy)
    expect(renderString('{{#if settings.t}}true{{else}}false{{/if}}', { t })).toBe(word)
    expect(renderString('{{#unless settings.t}}false{{else}}true{{/unless}}', { t })).toBe(word)
    expect(renderString('{{#with settings.t}}true{{else}}false{{/with}}', { t })).toBe(word)
    expect(renderString('{{and settings.t true}}{{or settings.t false}}', { t })).toBe(word + word)
    expect(renderString('{{#if (not settings.t)}}false{{else}}true{{/if}}', { t })).toBe(word)
  })

  test.each([
    ['0', 'true', true],
    ['-0', 'true', true],
    ['4e-320', 'true', true],
    ['0', '"true"', false],
    ['0', '1', false],
    ['""', 'true', false],
    ['[]', 'true', false],
  ])('%s with includeZero=%s is %s', (t, flag, truthy) => {
    expect(renderString(`{{#if settings.t includeZero=${flag}}}true{{else}}false{{/if}}`, { t })).toBe(String(truthy))
    expect(renderString(`{{#unless settings.t includeZero=${flag}}}false{{else}}true{{/unless}}`, { t })).toBe(
      String(truthy),
    )
  })

  test('a missing value is falsy, also behind null and for with and each', () => {
    const body =
      '{{#if settings.t.n.x.y}}1{{else}}0{{/if}}{{#with settings.q}}1{{else}}0{{/with}}{{#each settings.q}}1{{else}}0{{/each}}'
    expect(renderString(body, { t: '{"n":null}' })).toBe('000')
  })

  test('a text helper yields a string, so "false" is true', () => {
    const requires = ['std@v1(helpers=[default, negate_or_else])']
    expect(renderString('{{#if (default false settings.x)}}1{{/if}}', { requires })).toBe('1')
    expect(renderString('{{eq (default 1 settings.x) 1}}{{eq (default 1 settings.x) "1"}}', { requires })).toBe(
      'falsetrue',
    )
    expect(renderString('{{#if (negate_or_else false settings.x)}}1{{/if}}', { requires })).toBe('1')
  })
})

describe('each and with', () => {
  test.each([
    ['[]', '{{#each settings.t}}x{{/each}}', ''],
    ['{}', '{{#each settings.t}}x{{else}}none{{/each}}', 'none'],
    ['"s"', '{{#each settings.t}}x{{else}}none{{/each}}', 'none'],
    ['null', '{{#each settings.t}}x{{else}}none{{/each}}', 'none'],
    ['[0,"",null]', '{{#each settings.t}}[{{this}}]{{/each}}', '[0][][]'],
    ['["a","b"]', '{{#each settings.t}}{{#if @last}}{{this}}{{/if}}{{/each}}', 'b'],
    ['{"x":1}', '{{#each settings.t}}{{else}}{{settings.t.x}}{{/each}}', ''],
    ['[]', '{{#each settings.t}}{{else}}{{os.arch}}{{/each}}', 'x86_64'],
    ['""', '{{#with settings.t}}{{else}}{{os.arch}}{{/with}}', 'x86_64'],
  ])('%s %s', (t, body, text) => {
    expect(renderString(body, { t })).toBe(text)
  })

  test.each([
    ['null', '{{#each settings.t}}{{/each}}'],
    ['"s"', '{{#each settings.t}}{{/each}}'],
    ['1', '{{#each settings.t}}{{/each}}'],
    ['0', '{{#with settings.t}}{{/with}}'],
    ['{}', '{{#with settings.t}}{{/with}}'],
  ])('%s cannot be entered by %s', (t, body) => {
    const failure = failureOf(() => renderString(body, { t }))
    expect(failure.code).toBe('TEMPLATE_HELPER_FAILED')
    expect(failure.details['settingsPath']).toBe('settings.t')
  })
})

describe('comparison', () => {
  test.each([
    ['1', '{{eq settings.t 1}}{{eq settings.t 1.0}}{{eq settings.t "1"}}', 'truefalsefalse'],
    ['1.0', '{{eq settings.t 1.00}}{{ne settings.t 1}}', 'truetrue'],
    ['{"a":[1,{}],"b":null}', '{{eq settings.t {"b":null,"a":[1,{}]}}}', 'true'],
    ['null', '{{eq settings.t null}}{{ne settings.t false}}', 'truetrue'],
    ['5', '{{gt settings.t 4}}{{gte settings.t 5}}{{lt settings.t 5}}{{lte settings.t 5}}', 'truetruefalsetrue'],
    ['[1,2]', '{{len settings.t}}{{len "é😀"}}{{len {"a":1}}}{{len 7}}{{len null}}', '26100'],
    ['{"a":["x"]}', '{{lookup settings.t "a"}}{{lookup (lookup settings.t "a") 0}}', '[x, ]x'],
    ['true', '{{and settings.t 1 0}}{{or false "" 1}}', 'truefalse'],
  ])('%s %s', (t, body, text) => {
    expect(renderString(body, { t })).toBe(text)
  })

  test.each([
    '{{gt settings.t 1.0}}',
    '{{gt "2" 1}}',
    '{{lte 18446744073709551615 1}}',
    '{{lookup settings.t 0}}',
    '{{lookup settings.t "b"}}',
    '{{lookup settings.t "n"}}',
    '{{lookup [1] "0"}}',
    '{{lookup [1] 1}}',
    '{{lookup settings.q 1}}',
    '{{and true}}',
  ])('%s is refused', (body) => {
    expect(failureOf(() => renderString(body, { t: '{"a":1,"n":null}' })).code).toBe('TEMPLATE_HELPER_FAILED')
  })

  test.each(['eq 1', 'ne 1', 'gt 1', 'and true', 'or true', 'not', 'len'])('%s needs a value that is set', (call) => {
    const [name, ...rest] = call.split(' ')
    const body = `{{${String(name)} settings.q ${rest.join(' ')}}}`
    expect(failureOf(() => renderString(body)).code).toBe('TEMPLATE_VALUE_MISSING')
  })
})
