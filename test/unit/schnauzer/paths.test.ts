import { describe, expect, test } from 'vitest'
import { failureOf, renderString } from '../../support/templates.ts'

const M = '{"m":{"k1":{"v":"1"},"k2":{"v":"2"}}}'

describe('paths', () => {
  test.each([
    ['{"a":{"b":1}}', '{{settings.t.a.b}}{{settings/t/a/b}}{{this.settings.t.a.b}}{{./settings.t.a.b}}', '1111'],
    ['{"a":{"b":1}}', '{{settings.this.t.[this].a.b}}{{../../settings.t.a.b}}{{@root.os.arch}}', '11x86_64'],
    ['{"a b":1,"k.d":2,"a:b":3}', '{{settings.t.[a b]}}{{settings.t.[k.d]}}{{settings.t.[a:b]}}', '123'],
    ['["x","y"]', '{{settings.t.1}}{{settings.t.[0]}}{{settings.t.001}}', 'yxy'],
    ['{"10":"a","9":"b","k":"c"}', '{{#each settings.t}}{{@key}}{{this}}{{#if @last}}.{{/if}}{{/each}}', '10a9bkc.'],
    ['{"a":1,"é":2,"😀":3,"\uffff":4,"B":5}', '{{#each settings.t}}{{this}}{{/each}}', '51243'],
    ['["x","y"]', '{{#each settings.t}}{{@index}}{{this}}{{#if @first}}!{{/if}}{{/each}}', '0x!1y'],
    [M, '{{#each settings.t.m}}{{#each this}}{{@../key}}{{@key}}{{this}}{{../v}};{{/each}}{{/each}}', 'k1v11;k2v22;'],
    [M, '{{#each settings.t.m as |x k|}}{{k}}={{x.v}},{{/each}}', 'k1=1,k2=2,'],
    [M, '{{#each settings.t.m as |v|}}{{#with v}}{{v.v}}{{/with}}{{/each}}', '12'],
    [M, '{{#each settings.t.m}}{{../os.arch}}{{@root.os.arch}};{{/each}}', 'x86_64x86_64;x86_64x86_64;'],
    [M, '{{#each settings.t.m}}{{../../v}}{{/each}}', '12'],
    ['["p"]', '{{#each settings.t as |v i|}}{{v}}{{i}}{{/each}}', 'p0'],
    [
      '{"x":{"y":"z"}}',
      '{{#with settings.t.x as |w|}}{{w.y}}{{y}}{{#if true}}{{../os.arch}}{{/if}}{{/with}}',
      'zzx86_64',
    ],
    ['{"constructor":"c","__proto__":"p"}', '{{settings.t.constructor}}{{settings.t.__proto__}}', 'cp'],
    ['[{"if":"f"}]', '{{#each settings.t}}{{this.if}}{{/each}}', 'f'],
  ])('%s %s', (t, body, text) => {
    expect(renderString(body, { t })).toBe(text)
  })

  test.each([
    ['{{settings.t.q}}', 'settings.t.q'],
    ['{{settings.t.n.x}}', 'settings.t.n.x'],
    ['{{settings.t.[a.b].c}}', 'settings.t."a.b".c'],
    ['{{#each settings.t.l}}{{x}}{{/each}}', 'settings.t.l.0.x'],
    ['{{#with settings.t.m as |w|}}{{w.z}}{{/with}}', 'settings.t.m.z'],
    ['{{settings.q.r}}', 'settings.q.r'],
    ['{{settings.t.constructor}}', 'settings.t.constructor'],
    ['{{#if (eq settings.t.q 1)}}{{/if}}', 'settings.t.q'],
    ['{{#each settings.t.q}}{{/each}}', 'settings.t.q'],
  ])('%s names what is missing', (body, path) => {
    const failure = failureOf(() => renderString(body, { t: '{"n":null,"l":[{}],"m":{"a":1}}' }))
    expect(failure.code).toBe('TEMPLATE_VALUE_MISSING')
    expect(failure.details['settingsPath']).toBe(path)
    expect(failure.diagnostics[0]).toMatchObject({ path, at: { file: 'test', line: 1 } })
  })

  test.each([
    '{{@key}}',
    '{{@root}}',
    '{{#each settings.t.l}}{{@key}}{{/each}}',
    '{{#each settings.t}}{{@index}}{{/each}}',
  ])('%s is missing', (body) => {
    expect(failureOf(() => renderString(body, { t: '{"l":[1]}' })).code).toBe('TEMPLATE_VALUE_MISSING')
  })

  test('local variables are not inherited', () => {
    const body = '{{#each settings.t.m}}{{#with this}}{{@key}}{{/with}}{{/each}}'
    expect(failureOf(() => renderString(body, { t: M })).code).toBe('TEMPLATE_VALUE_MISSING')
  })

  test('a list has positions only, whoever asks', () => {
    const body = '{{#if settings.t.l.length}}1{{/if}}'
    const failure = failureOf(() => renderString(body, { t: '{"l":["x"]}' }))
    expect(failure.code).toBe('TEMPLATE_INVALID_PATH')
    expect(failure.details['settingsPath']).toBe('settings.t.l')
  })

  test('a group that is set but not required is missing, and the message says so', () => {
    expect(failureOf(() => renderString('{{settings.motd}}')).message).toMatch(/does not require the extension 'motd'/)
    expect(renderString('{{#if settings.motd}}x{{/if}}')).toBe('')
  })

  test('a failure is placed at its tag, in lines and code points', () => {
    const { diagnostics } = failureOf(() => renderString('a\r\n😀 {{settings.t.q}} x', { t: '{}' }))
    expect(diagnostics[0]?.at).toEqual({ file: 'test', line: 2, column: 3, endLine: 2, endColumn: 19 })
  })
})

describe('values as text', () => {
  test.each([
    ['"<a> & \\"b\\""', '<a> & "b"'],
    ['true', 'true'],
    ['null', ''],
    ['[]', '[]'],
    ['["p","q"]', '[p, q, ]'],
    ['[["x"],{"k":1},null]', '[[x, ], [object], , ]'],
    ['{}', '[object]'],
    ['9007199254740993', '9007199254740993'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['18446744073709551616', '1.8446744073709552e19'],
    ['1000.0', '1000.0'],
    ['1e16', '1e16'],
    ['0.000001', '1e-6'],
    ['0.00001', '0.00001'],
    ['-0', '-0.0'],
  ])('%s', (t, text) => {
    expect(renderString('{{settings.t}}', { t })).toBe(text)
    expect(renderString('{{{settings.t}}}', { t })).toBe(text)
    expect(renderString('{{&settings.t}}', { t })).toBe(text)
  })
})
