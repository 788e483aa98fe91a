import { describe, expect, test } from 'vitest'
import { failureOf, renderFormat } from '../../support/templates.ts'
import { OUTPUT_FORMATS, type OutputFormat } from '../../../src/schnauzer/output/write.ts'

const X = '{{settings.t}}'
const HELPERS = ['default', 'join_array', 'join_map', 'toml_encode']

type Row = readonly [body: string, t: string, text: string]

function table(format: OutputFormat, rows: readonly Row[]): void {
  describe(format, () => {
    test.each(rows)('%j with %s', (body, t, text) => {
      expect(renderFormat(format, body, t, HELPERS)).toBe(text)
    })
  })
}

table('toml', [
  [`a = ${X}`, '"plain"', 'a = "plain"'],
  [`a = ${X}`, 'true', 'a = true'],
  [`a = ${X}`, '5', 'a = 5'],
  [`a = ${X}`, '1.0', 'a = 1.0'],
  [`a = ${X}`, '["x",1]', 'a = ["x", 1]'],
  [`a = ${X}`, '{"k.d":"v"}', 'a = { "k.d" = "v" }'],
  [`a = "${X}"`, '"q\\"b\\\\s\\n\\u0001"', 'a = "q\\"b\\\\s\\n\\u0001"'],
  [`a = "${X}"`, '5', 'a = "5"'],
  [`a = 'x${X}'`, '"plain"', "a = 'xplain'"],
  [`a = 'x"${X}'`, '"it\'s"', 'a = "x\\"it\'s"'],
  [`a = """\n${X}\n"""`, '"a\\"\\"\\"b"', 'a = """\na\\"\\"\\"b\n"""'],
  [`a = '''\nx${X}'''`, '"y"', "a = '''\nxy'''"],
  [`a = '''\nx${X}'''`, "\"'''\"", `a = "x'''"`],
  [`a = unix://${X}/s`, '"h"', 'a = "unix://h/s"'],
  [`"${X}" = 1`, '"a\\"b\\\\c"', "'a\"b\\c' = 1"],
  [`${X}.a = 1`, '"a\\"b"', "'a\"b'.a = 1"],
  [`"-${X}".a = 1`, '"a]\'\\\\b"', '"-a]\'\\\\b".a = 1'],
  [`"\\"${X}" = 1`, '"a\\"b"', '"\\"a\\"b" = 1'],
  [`a = ${X}`, '{"b\\"c":1}', "a = { 'b\"c' = 1 }"],
  [`${X} = 1`, '"plain-key_1"', 'plain-key_1 = 1'],
  [`${X} = 1`, '"a.b"', '"a.b" = 1'],
  [`[p."${X}".x]\nk = 1`, '"]\\n"', '[p."]\\n".x]\nk = 1'],
  [`[[p.${X}]]`, '"a b"', '[[p."a b"]]'],
  [`a = { ${X} = ${X}, b.${X} = 1 }\nc = ${X}`, '"k"', 'a = { k = "k", b.k = 1 }\nc = "k"'],
  [`a = [\n  ${X}, # ${X}\n]\n${X} = 1`, '"k\\n"', 'a = [\n  "k\\n", # k \n]\n"k\\n" = 1'],
  [`# ${X}\na = 1`, '"x\\ny = 2"', '# x y = 2\na = 1'],
  ['a = [{{join_array ", " settings.t}}]', '["x\\"","y"]', 'a = ["x\\"", "y"]'],
  ['a = {{default "d" settings.t}}', 'null', 'a = "d"'],
  ['a = {{default true settings.t}}', 'null', 'a = true'],
  ['a = {{toml_encode settings.t}}', '["x\\ny"]', 'a = ["""\nx\ny"""]'],
  ['a = "{{toml_encode settings.t}}"', '"x"', 'a = "\\"x\\""'],
  [`a = {${X}}`, '"70"', 'a = 70'],
  [`a = {${X}}`, '"070"', 'a = 70'],
])

table('yaml', [
  [`a: ${X}`, '"cluster.local"', 'a: cluster.local'],
  [`a: ${X}`, '"aws:///us-west-2a/i-0"', 'a: aws:///us-west-2a/i-0'],
  [`a: ${X}`, '"2m0s"', 'a: 2m0s'],
  [`a: ${X}`, '58', 'a: 58'],
  [`a: ${X}`, 'true', 'a: true'],
  [`a: ${X}`, '1e16', 'a: 1.0e+16'],
  [`a: ${X}`, 'null', 'a: null'],
  [`a: ${X}`, '["x",{"k":1}]', 'a: ["x", {"k": 1}]'],
  ...[
    '',
    'true',
    'No',
    '~',
    'null',
    '1e6',
    '1024',
    '0x1f',
    '0o7',
    '1_0',
    '1:30',
    '.5',
    '.inf',
    '2001-01-01',
    '- a',
    'a: b',
    'a #b',
    ' a',
    '@a',
    '|',
  ].map((text): Row => [`a: ${X}`, JSON.stringify(text), `a: ${JSON.stringify(text)}`]),
  [`a: "${X}"`, '"\\u0085\\u2028\\ufeff\\u0000"', 'a: "\\x85\\u2028\\ufeff\\x00"'],
  [`a: '${X}'`, '"it\'s"', "a: 'it''s'"],
  [`a: 'it''s ${X}'`, '"\\n"', 'a: "it\'s \\n"'],
  [`${X}: ${X}`, '"yes"', '"yes": "yes"'],
  [`a: ${X}Mi`, '5', 'a: 5Mi'],
  [`a: ${X}-${X}`, '"1"', 'a: "1-1"'],
  [`a: [${X}, x]`, '"p:q"', 'a: ["p:q", x]'],
  [`a: {k: ${X}}`, '"a,b"', 'a: {k: "a,b"}'],
  [`- ${X}\n- - ${X}`, '"a"', '- a\n- - a'],
  [`# ${X}\na: 1`, '"x\\ny: 2"', '# x y: 2\na: 1'],
  [`a: |\n  x ${X}\n\n  "${X}"\nb: ${X}`, '"1 #y"', 'a: |\n  x 1 #y\n\n  "1 #y"\nb: "1 #y"'],
  [`---\na: ${X}\n...\n`, '"b"', '---\na: b\n...\n'],
  [`a: &x ${X}\nb: *x`, '"b"', 'a: &x b\nb: *x'],
  [`a: {${X}}`, '"70"', 'a: 70'],
  [`a: {${X}}`, '"70.0"', 'a: "70.0"'],
  ['a: [{{join_array ", " settings.t}}]', '["x\\"y"]', 'a: ["x\\"y"]'],
])

table('json', [
  [`{ "a": ${X} }`, '"x\\"\\n"', '{ "a": "x\\"\\n" }'],
  [`{ "a": "${X}-" }`, '"\\\\\\u0000"', '{ "a": "\\\\\\u0000-" }'],
  [`{ "a": ${X} }`, '{"b":[1,true,null]}', '{ "a": {"b":[1,true,null]} }'],
  [`{ "a": x${X} }`, '1', '{ "a": "x1" }'],
  [`{ ${X}: 1 }`, '"k"', '{ "k": 1 }'],
  [`{${X}}`, '"-3"', '-3'],
])

table('env', [
  [`A=${X}\n`, '"plain #;=%$x y"', 'A=plain #;=%$x y\n'],
  [`A=${X}`, '""', 'A='],
  [`A=${X}`, '"a\\\\b"', 'A="a\\\\b"'],
  [`A=${X}`, '"a\\nB=\\"$`\\""', 'A="a\nB=\\"\\$\\`\\""'],
  [`A=${X}`, '" a"', 'A=" a"'],
  [`A=x${X}`, '" a\\""', 'A=x a"'],
  [`A=${X}`, '"\'a"', 'A="\'a"'],
  [`A=${X},b`, '"\\"a"', 'A="\\"a,b"'],
  [`A=a${X}b`, '"\\u0001\\u007f\\u0085"', 'A=a\u0001\u007f\u0085b'],
  [`A="x ${X}"`, '"$\\"`\\\\"', 'A="x \\$\\"\\`\\\\"'],
  [`A='x ${X}'`, '"$"', "A='x $'"],
  [`A='x ${X}'`, '"it\'s"', 'A="x it\'s"'],
  [`A="x" ${X}`, '"y"', 'A="x" y'],
  [`${X}=1`, '"NAME_1"', 'NAME_1=1'],
  [`# ${X}`, '"a\\nB=1"', '# a B=1'],
  ['L={{join_map "=" "," "fail-if-missing" settings.t}}', '{"a":"1","b":"2"}', 'L=a=1,b=2'],
  ['L={{join_map "=" "," "fail-if-missing" settings.t}}', '{"a":"1\\nM=2"}', 'L="a=1\nM=2"'],
])

table('systemd', [
  [
    `[Service]\nEnvironment=A="${X}"`,
    '"it\'s \\"q\\" \\\\ \\n \\t \\u0001\\r 5% $x"',
    '[Service]\nEnvironment=A="it\'s \\"q\\" \\\\ \\n \t \\x01\\x0d 5%% $x"',
  ],
  [`Environment=A='${X}'`, '"it\'s \\"q\\""', `Environment=A='it\\'s "q"'`],
  [
    `Environment=A='{ "k": "${X}", "n": ${X} }'`,
    '"\\\\\\"\'%\\n"',
    `Environment=A='{ "k": "\\\\\\\\\\\\"\\'%%\\\\n", "n": "\\\\\\\\\\\\"\\'%%\\\\n" }'`,
  ],
  [`Environment=A='{ "n": ${X} }'`, '[1]', `Environment=A='{ "n": [1] }'`],
  [`Environment=A=${X}`, '"plain"', 'Environment=A=plain'],
  [`Environment=A=${X}`, '"a b"', 'Environment="A=a b"'],
  [`Environment="A=1"${X}`, '"a b"', 'Environment="A=1""a b"'],
  [
    `ExecStart=/bin/x \\\n  --name ${X} -v \\\n  --e "\${E}"`,
    '"$HOME%h"',
    'ExecStart=/bin/x \\\n  --name $$HOME%%h -v \\\n  --e "${E}"',
  ],
  [`ExecStart=/bin/x ${X} y`, '""', 'ExecStart=/bin/x "" y'],
  [`ExecStart=/bin/x ${X} y`, '";"', 'ExecStart=/bin/x ";" y'],
  [`ExecStart=/bin/x --a=${X}`, '"a\\nb"', 'ExecStart=/bin/x "--a=a\\nb"'],
  [`ExecStart=/bin/x -v ${X}`, '3', 'ExecStart=/bin/x -v 3'],
  [`# ${X}\n[Unit]`, '"a\\n[Service]"', '# a [Service]\n[Unit]'],
  [`[X-${X}]`, '"a"', '[X-a]'],
  [`${X}=1`, '"Nice"', 'Nice=1'],
])

table('shell', [
  [
    `A=${X}; B="${X}"; C='${X}' # ${X}`,
    '"it\'s $x\\n"',
    `A='it'\\''s $x\n'; B="it's \\$x\n"; C='it'\\''s $x\n' # it's $x `,
  ],
  [`A=${X}`, '"plain/1.0"', 'A=plain/1.0'],
  [`A=${X}`, '""', "A=''"],
])

table('ini', [
  [`a = ${X}\nb = "${X}"`, '"plain text"', 'a = plain text\nb = "plain text"'],
  [`; ${X}\n[s]`, '"a\\nb"', '; a b\n[s]'],
])

table('lines', [
  [`pool ${X} iburst\n`, '"a\\r\\n\\nb\\n"', 'pool a b  iburst\n'],
  [X, '"# \\\\ \\" %"', '# \\ " %'],
])

table('text', [
  [`${X}\n`, '"any\\n\\"thing\\u0000"', 'any\n"thing\u0000\n'],
  [X, '["a"]', '[a, ]'],
])

describe('what a format cannot hold', () => {
  const failures: readonly (readonly [OutputFormat, string, string])[] = [
    ['toml', `a = ${X}`, 'null'],
    ['toml', `a = ${X}`, '9223372036854775808'],
    ['toml', `a = "${X}"`, '[]'],
    ['toml', `${X} = 1`, '{}'],
    ['yaml', `a: "${X}"`, '{}'],
    ['yaml', `a: |\n  ${X}\n`, '"x\\ny"'],
    ['json', `"${X}"`, '[]'],
    ['env', `${X}=1`, '"a b"'],
    ['env', X, '"A=1"'],
    ['env', `A=${X}`, '[]'],
    ['systemd', `${X}=1`, '"A=b"'],
    ['systemd', `[${X}]`, '"a]\\n"'],
    ['systemd', `A=${X}`, '{}'],
    ['shell', `A=${X}`, '"\\u0000"'],
    ['ini', `a = ${X}`, '"x\\ny"'],
    ['ini', `a = ${X}`, '" x"'],
    ['ini', `a = ${X}`, '"x ;y"'],
    ['ini', `a = ${X}`, '"\\"x\\""'],
    ['ini', `a = "${X}"`, '"\\""'],
    ...[`"${X}" = 1`, `${X} = 1`, `[a."${X}"]`].flatMap((body): [OutputFormat, string, string][] => [
      ['toml', body, '"a\\"\'b"'],
      ['toml', body, '"a\\"\\nb"'],
    ]),
    ['toml', `a = ${X}`, '{"a\\"\'b":1}'],
    ['lines', X, '[]'],
    ['lines', `pool ${X}`, '"a\\u0000b"'],
    ...['\\u0000', '\\ufdd0', '\\uffff', '\\ud83f\\udffe'].flatMap((character): [OutputFormat, string, string][] => [
      ['env', `A=${X}`, `"a${character}"`],
      ['env', `A="${X}"`, `"a${character}"`],
      ['env', `A='${X}'`, `"a${character}"`],
      ['systemd', `[S]\nA=${X}`, `"a${character}"`],
      ['systemd', `[S]\nA="${X}"`, `"a${character}"`],
      ['systemd', `[S]\nA=x"y"${X}`, `"a${character}"`],
    ]),
  ]
  test.each(failures)('%s: %j with %s', (format, body, t) => {
    const failure = failureOf(() => renderFormat(format, body, t))
    expect(failure.code).toBe('VALUE_UNREPRESENTABLE')
    expect(failure.details['settingsPath']).toBe('settings.t')
    expect(failure.diagnostics[0]).toMatchObject({ path: 'settings.t', at: { file: 'test' } })
  })

  test('an item of a list is named by its place', () => {
    const failure = failureOf(() =>
      renderFormat('ini', 'a = {{join_array "," settings.t}}', '["x","y\\nz"]', ['join_array']),
    )
    expect(failure.details['settingsPath']).toBe('settings.t.1')
  })
})

test.each(OUTPUT_FORMATS)('%s: template text is copied', (format) => {
  const body = '[a]\n# it\'s \\ "x" \'y\' %i $x {\n\tk="v"\nz\n'
  expect(renderFormat(format, body, '1')).toBe(body)
  expect(renderFormat(format, `${body}a=${X}`, '1')).toContain(body)
})

test('the place of a value does not depend on the blocks around it', () => {
  const body = 'a = {{#if settings.t}}"{{/if}}{{settings.t}}{{#unless settings.q}}"{{/unless}}'
  expect(renderFormat('toml', body, '"x\\"y"')).toBe('a = "x\\"y"')
})
