import { describe, expect, test } from 'vitest'
import { renderString } from '../../support/templates.ts'

const T = '{"on":true,"off":false,"v":"V","l":["1","2"],"m":{"b":"2","a":"1"}}'

/** `S.` stands for `settings.t.` */
const render = (body: string): string => renderString(body.replaceAll('S.', 'settings.t.'), { t: T })

describe('lines that hold nothing but a tag', () => {
  test.each([
    ['x\n  {{#if S.on}}\n    y\n  {{/if}}\nz\n', 'x\n    y\nz\n'],
    ['x\n  {{#if S.on}}\n    y\n  {{/if}}', 'x\n    y\n  '],
    ['{{#if S.on}}yes{{/if}}\nB', 'yes\nB'],
    ['{{#if S.on}}\nyes{{/if}}\nB', 'yes\nB'],
    ['x\n{{#if S.off}}\ny\n{{else}}\nn\n{{/if}}\nz', 'x\nn\nz'],
    ['{{#each S.m}}\n{{@key}}={{this}}\n{{/each}}\n', 'a=1\nb=2\n'],
    ['A\n  {{! note }}\nB', 'A\nB'],
    ['A {{! note }}\nB', 'A \nB'],
    ['A\n{{S.v}}\nB', 'A\nV\nB'],
    ['{{#if S.on}}\n{{/if}}\nB', 'B'],
    ['A\r\n {{#if S.on}} \r\nB\r\n{{/if}}\r\nC', 'A\r\nB\r\nC'],
    ['A\n \t{{#if S.on}}\t \nB{{/if}}', 'A\nB'],
    ['A\n  {{> none}}\nB', 'A\n  B'],
    ['A\n{{#*inline "p"}}\nx\n{{/inline}}\nB', 'A\nB'],
  ])('%j gives %j', (body, text) => {
    expect(render(body)).toBe(text)
  })
})

describe('tildes', () => {
  test.each([
    ['{{~S.v~}}\n', 'V'],
    [' a {{~ S.v ~}} b ', ' aVb '],
    ['A\n{{~#if S.on}}\n  y\n{{~/if}}\nB\n', 'A  yB\n'],
    ['k:\n{{~#each S.l~}}\n  {{this}};\n{{~/each~}}\nend', 'k:1;2;end'],
    ['A\n{{#if S.on~}}\n{{S.v}}\nB\n{{/if}}\nC', 'A\nVB\nC'],
    ['{{S.v~}}  {{! note }}\n B', 'VB'],
    ['a \u00a0\u2003{{~S.v~}}\u0085\u2028b', 'aVb'],
    ['a\ufeff{{~S.v~}}\ufeffb', 'a\ufeffV\ufeffb'],
    ['a {{~{S.v}~}} b', 'aVb'],
    ['{{#if S.on~}} y {{~else~}} n {{~/if}} z', 'y z'],
  ])('%j gives %j', (body, text) => {
    expect(render(body)).toBe(text)
  })

  test('the separator of a list needs none', () => {
    expect(render('[{{#each S.l}}{{this}}{{#unless @last}},{{/unless}}{{/each}}]')).toBe('[1,2]')
  })
})
