import { describe, expect, test } from 'vitest'
import { parseRequirement } from '../../../src/schnauzer/requirement.ts'
import { parseTemplate, parseTemplateString, renderTemplate } from '../../../src/schnauzer/template.ts'
import { dataOf, FACTS, failureOf, renderString } from '../../support/templates.ts'

const render = (text: string): string => {
  const result = renderTemplate(parseTemplate('file', text), dataOf('"T"'), FACTS)
  return result.kind === 'text' ? result.text : ''
}

describe('the delimiter', () => {
  test.each([
    ['+++\nx', 'x'],
    ['\n\n  +++\nx', 'x'],
    ['# note\n+++\nx', 'x'],
    ['# +++\n+++\nx', 'x'],
    ['++++++\nx', 'x'],
    ['+++\n', ''],
    ['+++\n+++\nx', '+++\nx'],
    ['+++\r\nx\r\n', 'x\r\n'],
    ['+++\rx', 'x'],
    ['[required-extensions]\nmotd = "v1" +++\nx', 'x'],
    ['[required-extensions]\nmotd = "+++\\n"\n+++\nx', 'x'],
    ['[required-extensions]\nmotd = """\n+++\n"""\n+++\nx', 'x'],
    ["[required-extensions]\nmotd = '''\n+++\n'''\n+++\n x\n", ' x\n'],
  ])('%j has the body %j', (text, body) => {
    expect(render(text)).toBe(body)
  })

  test.each(['+++', '+++ \n', '+++x', '++\nx', 'x', '', '\ufeff+++\nx', '\f+++\nx', '"+++\nx'])(
    '%j is refused',
    (text) => {
      const failure = failureOf(() => parseTemplate('file', text))
      expect(failure.code).toBe('TEMPLATE_FRONT_MATTER')
      expect(failure.diagnostics[0]?.at?.file).toBe('file')
    },
  )
})

describe('accepted spellings', () => {
  test.each([
    '[required-extensions]\nt = { version = "v1", helpers = ["default"], optional = true }',
    '[required-extensions]\nt = "v9"\n[required-extensions.std]\nversion = ""\nhelpers = ["default"]',
    'required-extensions = { t = "v1" }',
    'required-extensions = { "t" = { version = \'v1\' } } # note',
    '[ required-extensions . "t" ]\nversion = "v1"\nhelpers = [ # one\n  \'default\', # two\n]',
    '[required-extensions.t]\nversion = "v\\u0031\\U0001F600"\n[required-extensions]\nnone = """\\\n  v"""',
    '[required-extensions.t]\r\nversion = "v1"\r\n\r\n',
    'output-format = "text"\n[required-extensions]\nt = "v1"',
  ])('%j', (head) => {
    const text = head.includes('std')
      ? `${head}\n+++\n{{settings.t}}{{default "d" settings.q}}`
      : `${head.replace(/helpers = \["default"\], /, '').replace(/helpers = \[[^]*\]/, 'optional = false')}\n+++\n{{settings.t}}d`
    expect(render(text)).toBe('Td')
  })
})

describe('refused', () => {
  test.each([
    ['x = 1', 1, 5],
    ['x = "a"', 1, 1],
    ['[other]', 1, 2],
    ['[[required-extensions]]', 1, 2],
    ['[required-extensions]\nmotd.version = "v1"', 2, 5],
    ['required-extensions.motd = "v1"', 1, 20],
    ['[required-extensions]\nm = { version = "v1", other = true }', 2, 23],
    ['[required-extensions]\nm = {}', 2, 1],
    ['[required-extensions]\nm = { helpers = [] }', 2, 1],
    ['[required-extensions]\nm = 1', 2, 5],
    ['[required-extensions]\nm = ["v1"]', 2, 5],
    ['[required-extensions]\nm = true', 2, 5],
    ['[required-extensions]\nm = { version = true }', 2, 17],
    ['[required-extensions]\nm = { version = "v1", helpers = "default" }', 2, 33],
    ['[required-extensions]\nm = { version = "v1", helpers = [true] }', 2, 34],
    ['[required-extensions]\nm = { version = "v1", optional = "x" }', 2, 34],
    ['[required-extensions]\nm = "v1"\nm = "v2"', 3, 1],
    ['[required-extensions]\nm = "v1"\n[required-extensions.m]\nversion = "v1"', 3, 22],
    ['[required-extensions]\n[required-extensions]', 2, 1],
    ['[required-extensions]\nm = { version = "v1",\nhelpers = [] }', 2, 22],
    ['[required-extensions]\nm = { version = "v1", }', 2, 23],
    ['[required-extensions]\nü = "v1"', 2, 1],
    ['[required-extensions]\nm = "v1" x', 2, 10],
    ['[required-extensions]\nm = "\\x41"', 2, 5],
    ['[required-extensions]\nm = "\\ud800"', 2, 5],
    ['[required-extensions\nm = "v1"', 1, 1],
    ['required-extensions = "x"', 1, 23],
    ['output-format = "html"', 1, 17],
    ['output-format = true', 1, 17],
  ])('%j at %d:%d', (head, line, column) => {
    const failure = failureOf(() => parseTemplate('file', `${head}\n+++\nx`))
    expect(failure.code).toBe('TEMPLATE_FRONT_MATTER')
    expect(failure.diagnostics[0]?.at).toMatchObject({ line, column })
  })

  test('every fault of the schema is told', () => {
    const failure = failureOf(() =>
      parseTemplate('file', 'output-format = "x"\n[required-extensions]\na = {}\nb = []\n+++\n'),
    )
    expect(failure.diagnostics.map(({ at }) => at?.line)).toEqual([1, 3, 4])
  })
})

describe('imports', () => {
  const head = (extension: string, ...helpers: string[]): string =>
    `[required-extensions]\n${extension} = { version = "v1", helpers = ${JSON.stringify(helpers)} }\n`

  test.each([
    [head('std', 'default', 'default'), 'TEMPLATE_DUPLICATE_HELPER'],
    [`${head('std', 'default')}aws = { version = "v1", helpers = ["default"] }\n`, 'TEMPLATE_DUPLICATE_HELPER'],
    [head('motd', 'default'), 'TEMPLATE_UNKNOWN_HELPER'],
    [head('std', 'host'), 'TEMPLATE_UNKNOWN_HELPER'],
    [head('std', 'if'), 'TEMPLATE_UNKNOWN_HELPER'],
    [head('std', 'ecr_prefix'), 'TEMPLATE_UNKNOWN_HELPER'],
  ])('%j', (text, code) => {
    const failure = failureOf(() => parseTemplate('file', `${text}+++\n`))
    expect(failure.code).toBe(code)
    expect(failure.diagnostics[0]?.at?.line).toBeGreaterThan(1)
  })

  test('an extension without helpers may have any name', () => {
    const template = parseTemplate('file', `${head('nobody')}+++\nx`)
    expect(template.requiredExtensions).toEqual(['nobody'])
    expect(template.outputFormat).toBe('text')
  })

  test('faults of the body are placed in the file', () => {
    const failure = failureOf(() => parseTemplate('file', '# head\n+++\n\n {{..}}'))
    expect(failure.diagnostics[0]?.at).toMatchObject({ line: 4, column: 4 })
  })
})

describe('requirements of a command line', () => {
  test.each([
    ['aws@v1', 'aws', 'v1', []],
    ['  aws@v1  ', 'aws', 'v1', []],
    ['aws@v1()', 'aws', 'v1', []],
    ['aws@v1( )', 'aws', 'v1', []],
    ['std@v1 ( helpers = [ default , goarch ] )', 'std', 'v1', ['default', 'goarch']],
    ['std@v1(helpers=[default,])', 'std', 'v1', ['default']],
    ['std@v1\n(\nhelpers\n=\n[\n]\n)', 'std', 'v1', []],
    ['x-y@v1.2-3_4(helpers=[])', 'x-y', 'v1.2-3_4', []],
  ])('%j', (text, extension, version, helpers) => {
    expect(parseRequirement(text)).toEqual({ extension, version, helpers })
  })

  test.each([
    'aws',
    'aws@',
    '@v1',
    '',
    'aws @v1',
    'aws@ v1',
    'std@v1(helpers=[default goarch])',
    'std@v1(default)',
    'std@v1(helpers=[,default])',
    'std@v1(helpers=[,])',
    'std@v1(helpers=[a,,b])',
    'x.y@v1',
    'std@v1(helpers=["default"])',
    'std@v1(foo=[default])',
    'std@v1(helpers=[a]) z',
    'std@v1(helpers=[a]',
  ])('%j is refused', (text) => {
    expect(failureOf(() => parseRequirement(text)).code).toBe('TEMPLATE_REQUIREMENT')
  })

  test('of two with the same name the last one counts, as a whole', () => {
    const requires = ['std@v1(helpers=[default])', 'std@v1(helpers=[goarch])']
    expect(renderString('{{goarch os.arch}}', { requires })).toBe('amd64')
    expect(failureOf(() => renderString('{{default 1 2}}', { requires })).code).toBe('TEMPLATE_UNKNOWN_HELPER')
  })

  test('text with half a surrogate pair is refused', () => {
    expect(failureOf(() => parseTemplateString('x', 'a\udfffb', [])).code).toBe('TEMPLATE_SYNTAX')
  })
})
