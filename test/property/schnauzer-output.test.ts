import { fc, test } from '@fast-check/vitest'
import toml from '@iarna/toml'
import { describe, expect } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { PipelineError } from '../../src/lib/errors.ts'
import { jsonObject, toJson, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import { parseTemplate, renderTemplate, type OutputFormat } from '../../src/schnauzer/template.ts'
import { environmentFile, unitSettings, unitWords } from '../support/systemd-readers.ts'
import { FACTS, OS } from '../support/templates.ts'

/** Text that is made to break things, and any other text. */
const nasty = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      '"',
      "'",
      '\\',
      '\n',
      '\r',
      '\t',
      '\u0000',
      '\u0007',
      '\u007f',
      '\u0085',
      '\u2028',
      '\ufeff',
      '\uffff',
      ' ',
      '%',
      '$',
      '`',
      '#',
      ';',
      '=',
      ':',
      '-',
      ',',
      '[',
      ']',
      '{',
      '}',
      '{{',
      '}}',
      '"""',
      "'''",
      '|',
      '&',
      '*',
      '!',
      '~',
      'a',
      'é',
      '😀',
      '0',
      '1',
      'e',
      '.',
      'x',
      'true',
      'null',
      '<',
      '>',
    ),
    maxLength: 12,
  }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom(
    '',
    '0',
    '1e3',
    '0x1F',
    'yes',
    'null',
    '~',
    '2020-01-01',
    '12:30',
    '.inf',
    '-',
    '---',
    '...',
    '<<',
    '=',
    '\ufeffx',
  ),
)

function render(format: OutputFormat, body: string, t: JsonObject): string {
  const head = `output-format = "${format}"\n[required-extensions]\nt = "v1"\nstd = { version = "v1", helpers = ["default", "join_array", "join_map"] }\n+++\n`
  const settings = jsonObject({ t })
  const result = renderTemplate(parseTemplate('test', head + body), { settings, os: OS }, FACTS)
  if (result.kind !== 'text') throw new Error('a lookup')
  return result.text
}

/** What systemd takes for a fault in UTF-8, and NUL. */
const NOT_FOR_SYSTEMD = /\p{Noncharacter_Code_Point}|\u0000/u

/** The text; nothing if it was refused, which must be because a value holds what the format cannot. */
function rendered(format: OutputFormat, body: string, t: JsonObject, impossible: RegExp): string | undefined {
  const expected = [t['a'], t['b']].some((value) => typeof value === 'string' && impossible.test(value))
  try {
    const text = render(format, body, t)
    expect(expected).toBe(false)
    return text
  } catch (error) {
    if (!expected || !(error instanceof PipelineError)) throw error
    expect(error.code).toBe('VALUE_UNREPRESENTABLE')
    return undefined
  }
}

const object = (members: Readonly<Record<string, JsonValue>>): JsonObject => jsonObject(members)
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown

describe('TOML gives the values back', () => {
  test.prop([nasty, nasty, nasty], { numRuns: 400 })('strings, keys and comments', (a, b, key) => {
    const body = `# {{settings.t.a}} {{settings.t.b}}
q = "<{{settings.t.a}}>"
bare = {{settings.t.a}}
single = '{{settings.t.a}}{{settings.t.b}}'
multi = """{{settings.t.a}}
{{settings.t.b}}"""
literal = '''
{{settings.t.a}}.{{settings.t.b}}'''
list = [{{join_array ", " settings.t.l}}, {{settings.t.b}}]
array = {{settings.t.l}}
glued = unix://{{settings.t.a}}
fallback = {{default "d" settings.t.a}}
inline = { {{settings.t.key}} = "{{settings.t.a}}", z."{{settings.t.key}}" = {{settings.t.b}} }
[t."{{settings.t.key}}".x]
{{#each settings.t.m}}
{{@key}} = {{this}}
"~{{@key}}" = "{{this}}"
{{/each}}
`
    // the one kind of key that some readers of TOML cannot read, however it is written
    const impossible = key.includes('"') && /['\u0000-\u0008\u000a-\u001f\u007f]/.test(key) ? /^/ : /(?!)/
    const text = rendered('toml', body, object({ a, b, key, l: [a, b], m: object({ [key]: a }) }), impossible)
    if (text === undefined) return
    const read = plain(toml.parse(text))
    expect(read).toEqual(
      plain({
        q: `<${a}>`,
        bare: a,
        single: a + b,
        multi: `${a}\n${b}`,
        literal: `${a}.${b}`,
        list: [a, b, b],
        array: [a, b],
        glued: `unix://${a}`,
        fallback: a,
        inline: Object.fromEntries(
          key === 'z'
            ? []
            : [
                [key, a],
                ['z', Object.fromEntries([[key, b]])],
              ],
        ),
        t: Object.fromEntries([
          [
            key,
            {
              x: Object.fromEntries([
                [key, a],
                [`~${key}`, a],
              ]),
            },
          ],
        ]),
      }),
    )
  })
})

describe('YAML gives the values back', () => {
  const BODY = `# {{settings.t.a}}
q: "<{{settings.t.a}}>"
single: '<{{settings.t.a}}{{settings.t.b}}>'
bare: {{settings.t.a}}
glued: x-{{settings.t.a}}
both: {{settings.t.a}}{{settings.t.b}}
list:
  - {{settings.t.a}}
  - {{settings.t.b}} # {{settings.t.b}}
flow: [{{settings.t.a}}, "{{settings.t.b}}", {{settings.t.l}}]
flowmap: {k: {{settings.t.a}}, l: x}
map:
{{#each settings.t.m}}
  {{@key}}: {{this}}
{{/each}}
last: "{{default "" settings.t.a}}"
`
  for (const version of ['1.1', '1.2'] as const) {
    test.prop([nasty, nasty], { numRuns: 300 })(`for readers of YAML ${version}`, (a, b) => {
      const text = render('yaml', BODY, object({ a, b, l: [a, b], m: object({ [`k${a}`]: b }) }))
      expect(parseYaml(text, { version, logLevel: 'error' })).toEqual({
        q: `<${a}>`,
        single: `<${a}${b}>`,
        bare: a,
        glued: `x-${a}`,
        both: a + b,
        list: [a, b],
        flow: [a, b, [a, b]],
        flowmap: { k: a, l: 'x' },
        map: { [`k${a}`]: b },
        last: a,
      })
    })
  }
})

describe('JSON gives the values back', () => {
  test.prop([nasty, nasty, fc.jsonValue()], { numRuns: 300 })('strings and trees', (a, b, tree) => {
    const body =
      '{ "q": "<{{settings.t.a}}>", "bare": {{settings.t.a}}, {{settings.t.key}}: [{{join_array "," settings.t.l}}], "glued": x{{settings.t.b}}, "tree": {{settings.t.tree}} }'
    const text = render('json', body, object({ a, b, key: `k${b}`, l: [a, b], tree: toJson(tree) }))
    expect(JSON.parse(text)).toEqual(plain({ q: `<${a}>`, bare: a, [`k${b}`]: [a, b], glued: `x${b}`, tree }))
  })
})

describe('environment files give the values back', () => {
  test.prop([nasty, nasty], { numRuns: 400 })('bare, quoted and joined', (a, b) => {
    const body = `# {{settings.t.a}}
BARE={{settings.t.a}}
DOUBLE="<{{settings.t.a}}>"
SINGLE='<{{settings.t.a}}>'
LIST={{#each settings.t.l}}{{this}},{{/each}}end
PAIRS={{join_map "=" "," "fail-if-missing" settings.t.m}}
LAST={{settings.t.b}}
`
    const text = rendered('env', body, object({ a, b, l: [a, b], m: object({ k: a }) }), NOT_FOR_SYSTEMD)
    if (text === undefined) return
    expect(environmentFile(text)).toEqual([
      ['BARE', a],
      ['DOUBLE', `<${a}>`],
      ['SINGLE', `<${a}>`],
      ['LIST', `${a},${b},end`],
      ['PAIRS', `k=${a}`],
      ['LAST', b],
    ])
  })
})

describe('unit files give the values back', () => {
  test.prop([nasty, nasty], { numRuns: 400 })('words, quotes and JSON', (a, b) => {
    const body = `# {{settings.t.a}}
[Service]
Environment=A="{{settings.t.a}}"
Environment=B='<{{settings.t.a}}>'
Environment=C={{settings.t.a}}
Environment=D='{ "k": "{{settings.t.a}}", "l": [{{join_array ", " settings.t.l}}] ,"m":{{settings.t.l}} }'
ExecStart=/bin/x {{settings.t.a}} --b={{settings.t.b}} \\
  --c "{{settings.t.a}}" \\
  last
[Install]
`
    const text = rendered('systemd', body, object({ a, b, l: [a, b] }), NOT_FOR_SYSTEMD)
    if (text === undefined) return
    const settings = unitSettings(text)
    expect(settings.map(([section, name]) => `${section}.${name}`)).toEqual([
      'Service.Environment',
      'Service.Environment',
      'Service.Environment',
      'Service.Environment',
      'Service.ExecStart',
    ])
    const words = settings.map(([, , value]) => unitWords(value))
    const dollars = (word: string): string => word.replaceAll('$$', '$')
    expect(words.slice(0, 3)).toEqual([[`A=${a}`], [`B=<${a}>`], [`C=${a}`]])
    expect(words[3]).toHaveLength(1)
    expect(JSON.parse((words[3]?.[0] ?? '').slice(2))).toEqual({ k: a, l: [a, b], m: [a, b] })
    expect(words[4]?.map(dollars)).toEqual(['/bin/x', a, `--b=${b}`, '--c', a, 'last'])
    expect(words[4]?.join('').replaceAll('$$', '')).not.toContain('$')
  })
})

describe('shell files give the values back', () => {
  /** Words of a shell line without expansions. */
  function shellWords(line: string): string[] {
    const words: string[] = []
    let word: string | undefined
    for (const [token] of line.matchAll(/'[^']*'|"(?:[^"\\]|\\[^])*"|\\[^]|\s+|[^\s'"\\]+/g)) {
      if (/^\s/.test(token)) {
        if (word !== undefined) words.push(word)
        word = undefined
      } else {
        const quote = token.charAt(0)
        const inner = token.slice(1, -1)
        if (quote === "'") word = (word ?? '') + inner
        else if (quote === '"') {
          expect(inner.replace(/\\[\\"$`]/g, '')).not.toMatch(/[$`]/)
          word = (word ?? '') + inner.replace(/\\([\\"$`])/g, '$1')
        } else if (quote === '\\') word = (word ?? '') + token.slice(1)
        else {
          expect(token).toMatch(/^[A-Za-z0-9_@%+:,./=-]+$/)
          word = (word ?? '') + token
        }
      }
    }
    return word === undefined ? words : [...words, word]
  }

  test.prop([nasty.map((text) => text.replaceAll('\u0000', '')), nasty.map((text) => text.replaceAll('\u0000', ''))])(
    'bare and quoted',
    (a, b) => {
      const text = render(
        'shell',
        'A={{settings.t.a}} x"{{settings.t.a}}" \'{{settings.t.b}}\' {{settings.t.b}}',
        object({ a, b }),
      )
      expect(shellWords(text)).toEqual([`A=${a}`, `x${a}`, b, b])
    },
  )
})

describe('files of lines', () => {
  test.prop([nasty, nasty])('no value adds a line', (a, b) => {
    const body = '{{#each settings.t.l}}pool {{this}} {{../settings.t.b}}\n{{/each}}end'
    const text = rendered('lines', body, object({ a, b, l: [a, b] }), /\u0000/)
    if (text === undefined) return
    expect(text.split(/[\r\n]/)).toHaveLength(3)
  })

  test.prop([nasty])('an INI value is written as it is, or refused', (a) => {
    try {
      const text = render('ini', '[s]\na = {{settings.t.a}}\nb = "{{settings.t.a}}"\n', object({ a }))
      expect(text).toBe(`[s]\na = ${a}\nb = "${a}"\n`)
      expect(text.split('\n')).toHaveLength(4)
    } catch (error) {
      expect(error).toBeInstanceOf(PipelineError)
      expect((error as PipelineError).code).toBe('VALUE_UNREPRESENTABLE')
    }
  })
})
