import { describe, expect, test } from 'vitest'
import { failureOf, renderString } from '../../support/templates.ts'

const T =
  '{"v":"V","on":true,"off":false,"l":["p","q"],"m":{"a b":1,"k.d":2,"[":3},"5":"five","true":"yes","é-$_9":"odd"}'
const S = 'settings.t'
const std = ['std@v1(helpers=[default, if_not_null, join_array])']

describe('literal text', () => {
  test.each([
    ['plain { one } }} brace', 'plain { one } }} brace'],
    ['\\{{x}}', '{{x}}'],
    ['\\{{{x}}}', '{{{x}}}'],
    ['\\{{{{x}}}}', '{{{{x}}}}'],
    [`\\\\{{${S}.v}}`, '\\V'],
    [`\\\\\\{{${S}.v}}`, '\\\\V'],
    ['a\\b\\\\c', 'a\\b\\\\c'],
    [`{ {{${S}.v}}}`, '{ V}'],
    [`{{{${S}.v}}}}`, 'V}'],
    [`{{#if ${S}.on}}A{{/if}}}`, 'A}'],
    ['', ''],
    ['\ufeff x', '\ufeff x'],
  ])('%j gives %j', (body, text) => {
    expect(renderString(body, { t: T })).toBe(text)
  })
})

describe('tags', () => {
  test.each([
    ['value', `{{ ${S}.v }}`],
    ['unescaped', `{{{${S}.v}}}`],
    ['unescaped, spaced', `{{ { ${S}.v } }}`],
    ['ampersand', `{{& ${S}.v }}`],
    ['unescaped with inner control', `{{{~${S}.v~}}}`],
    ['unescaped with outer control', `{{~{${S}.v}~}}`],
    ['helper over lines', `{{default\n\t"V"\r\n ${S}.none}}`],
    ['helper without spaces', `{{default"V"${S}.none}}`],
    ['subexpression in name position', `{{(default "V" ${S}.none)}}`],
    ['spaces in parentheses', `{{#if ( not ${S}.off ) }}V{{ / if }}`],
    ['block without space', `{{#if(not ${S}.off)}}V{{/if}}`],
    ['spaces around the hash mark', `{{ # if ${S}.on }}V{{ /if }}`],
    ['caret as else', `{{#if ${S}.off}}A{{^}}V{{/if}}`],
    ['else with control', `{{#if ${S}.off}}A{{~ else ~}} V{{/if}}`],
    ['short comment', 'V{{! a } comment }}'],
    ['long comment', 'V{{!-- with }} inside --}}'],
    ['long comment that is not closed is a short one', 'V{{!-- x }}'],
    ['braces in a string', `{{default "V" ${S}.none}}{{#if (eq "}}" "x")}}x{{/if}}`],
    ['raw block', '{{{{raw}}}} V{{{{/raw}}}}'],
    ['inline partial', `{{#*inline "p"}}{{v}}{{/inline}}{{> p ${S}}}`],
    ['partial with hash', '{{#*inline "p"}}{{x}}{{/inline}}{{> p x="V"}}'],
    ['unknown partial', 'V{{> nothing}}'],
    ['hash anywhere', `{{default extra = 1 "V" ${S}.none more="x"}}`],
    ['helper word as field', `{{this.settings.t.v}}`],
    ['untaken branch with an unknown helper', `V{{#if ${S}.off}}{{nothing 1}}{{/if}}`],
    ['untaken else-if', `{{#if ${S}.off}}A{{else if ${S}.on}}B{{else}}V{{/if}}`],
    ['dash and digit names', `{{#if (eq ${S}.é-$_9 "odd")}}V{{/if}}`],
  ])('%s', (_, body) => {
    expect(renderString(body, { t: T, requires: std })).toBe('V')
  })

  test.each([
    ['{{{{raw}}}}{{x}}{{{{/raw}}}}', '{{x}}'],
    [`{{#raw 1 2}}{{${S}.v}}{{/raw}}`, 'V'],
    [`{{#eq 1 1}}body{{/eq}}`, 'true'],
    [`{{#default "d" ${S}.none}}body{{else}}x{{/default}}`, 'd'],
    [`[{{if ${S}.on}}{{each ${S}.none}}{{raw}}]`, '[]'],
    [`{{#if (if ${S}.on)}}A{{else}}B{{/if}}`, 'B'],
    ['{{log "a" level="debug"}}', ''],
  ])('%s gives %j', (body, text) => {
    expect(renderString(body, { t: T, requires: std })).toBe(text)
  })
})

describe('literals', () => {
  test.each([
    ['"a\\n\\t\\"\\\\\\/\\u00e9"', 'a\n\t"\\/é'],
    ["'it\\'s \"x\"'", 'it\'s "x"'],
    ["'\\\\\\''", "\\'"],
    ['"\\ud83d\\ude00"', '😀'],
    ['-5', '-5'],
    ['1.50', '1.5'],
    ['1E3', '1000.0'],
    ['1E-7', '1e-7'],
    ['18446744073709551615', '18446744073709551615'],
    ['true', 'true'],
    ['-0', '-0.0'],
  ])('%s as argument', (literal, text) => {
    expect(renderString(`{{default ${literal} settings.t.none}}`, { t: T, requires: std })).toBe(text)
  })

  test.each([
    ['[1, "a", {"k": [null, true]}]', '3'],
    ['[]', '0'],
    ['[ true ]', '1'],
    ['{"a": 1, "b": {}}', '2'],
    ['{ }', '0'],
  ])('%s has %s items', (literal, count) => {
    expect(renderString(`{{len ${literal}}}`)).toBe(count)
  })

  test('a bracket that is no array is a path', () => {
    expect(
      renderString('{{#with settings.t.m}}{{lookup this "a b"}}{{#if (eq [a b] 1)}}!{{/if}}{{/with}}', { t: T }),
    ).toBe('1!')
  })

  test('words are keys in name position and literals as arguments', () => {
    expect(renderString('{{#with settings.t}}{{true}}{{5}}{{/with}}', { t: T })).toBe('yesfive')
    expect(renderString('{{#if (eq true 5)}}a{{else}}b{{/if}}')).toBe('b')
  })
})

describe('faults of the syntax', () => {
  test.each([
    ['{{x', 1],
    ['a\n {{#if x}}b', 2],
    ['{{#if x}}{{/each}}', 10],
    ['{{/if}}', 1],
    ['{{else}}', 1],
    ['{{#if x}}{{else}}{{else}}{{/if}}', 18],
    ['{{^if x}}{{/if}}', 3],
    ['{{#settings.a}}{{/settings.a}}', 12],
    ['{{.}}', 3],
    ['{{..}}', 3],
    ['{{"str"}}', 3],
    ['{{}}', 3],
    ['{{#~if a}}{{/if}}', 4],
    ['{{~! c ~}}', 4],
    ['{{../@key}}', 3],
    ['{{a. b}}', 4],
    ['{{#each x as |a b c|}}{{/each}}', 1],
    ['{{#each x as ||}}{{/each}}', 15],
    ['{{default as 1}}', 11],
    ['{{default else}}', 11],
    ['{{default 007 x}}', 11],
    ['{{default 5. x}}', 11],
    ['{{default "a\\x" x}}', 11],
    ['{{default "a\nb" x}}', 11],
    ['{{default "\\ud800" x}}', 11],
    ['{{default {"a"} x}}', 11],
    ['{{default (eq 1 x}}', 11],
    ['{{default a=}}', 13],
    ['{{& "x"}}', 5],
    ['{{{x}}', 6],
    ['{{{{raw}}}}x', 1],
    ['{{!-- x', 1],
  ])('%j is refused', (body, column) => {
    const { code, diagnostics } = failureOf(() => renderString(body, { requires: std }))
    expect(code).toBe('TEMPLATE_SYNTAX')
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]?.at).toMatchObject({ file: 'test' })
    expect(diagnostics[0]?.at?.column).toBe(column)
  })

  test('all of them are told, each where it is', () => {
    const { diagnostics } = failureOf(() => renderString('é{{"a"}}\n  {{..}}\n{{#if x}}\n{{#each 007}}{{/each}}'))
    expect(diagnostics.map(({ at }) => [at?.line, at?.column])).toEqual([
      [1, 4],
      [2, 5],
      [4, 9],
      [3, 1],
    ])
  })

  test('nesting has a limit instead of a crash', () => {
    const deep = `{{x ${'('.repeat(5000)}`
    expect(failureOf(() => renderString(deep)).code).toBe('TEMPLATE_SYNTAX')
    expect(failureOf(() => renderString('{{#if 1}}'.repeat(5000))).code).toBe('TEMPLATE_SYNTAX')
    expect(failureOf(() => renderString(`{{x ${'['.repeat(5000)}`)).code).toBe('TEMPLATE_SYNTAX')
  })
})

describe('faults when a part is reached', () => {
  test.each([
    ['{{nothing 1}}', 'TEMPLATE_UNKNOWN_HELPER'],
    ['{{#nothing}}x{{/nothing}}', 'TEMPLATE_UNKNOWN_HELPER'],
    ['{{#if true}}A{{else if true}}B{{/if}}', 'TEMPLATE_UNKNOWN_HELPER'],
    ['{{#if (settings.t)}}x{{/if}}', 'TEMPLATE_UNKNOWN_HELPER'],
    ['{{#*other "x"}}{{/other}}', 'TEMPLATE_UNKNOWN_HELPER'],
    ['{{join_array ", " settings.t.l}}', 'TEMPLATE_UNKNOWN_HELPER'],
    ['{{eq 1}}', 'TEMPLATE_HELPER_FAILED'],
    ['{{#if}}x{{/if}}', 'TEMPLATE_HELPER_FAILED'],
    ['{{log "x" level="loud"}}', 'TEMPLATE_HELPER_FAILED'],
    ['{{#*inline "p"}}{{> p}}{{/inline}}{{> p}}', 'TEMPLATE_HELPER_FAILED'],
  ])('%s', (body, code) => {
    expect(failureOf(() => renderString(body, { t: T })).code).toBe(code)
  })
})
