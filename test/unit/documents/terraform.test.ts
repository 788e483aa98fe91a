import { describe, expect, it } from 'vitest'
import { checkSource } from '../../../src/documents/check.ts'
import { excerptText, readFile } from '../../../src/documents/read-file.ts'
import { loadModel } from '../../../src/model/models.ts'

const MODEL = loadModel('aws-k8s')

interface Seen {
  readonly part: string | undefined
  readonly text: string
  readonly variants: readonly string[]
  /** Code, line and what is marked there. */
  readonly found: readonly string[]
}

async function look(text: string, file = 'main.tf'): Promise<Seen[]> {
  const { sources } = await readFile(Buffer.from(text), file)
  return sources.map((source) => {
    const lines = excerptText(source).split('\n')
    const found = checkSource(source, MODEL).diagnostics.map(({ code, at }) => {
      const line =
        at === undefined ? '' : [...(lines[at.line - 1] ?? '')].slice(at.column - 1, at.endColumn - 1).join('')
      return `${code} ${String(at?.line)} ${line}`
    })
    const { body, part, variants } = source
    return { part, text: body.kind === 'text' ? body.text : '', variants: variants.map(({ name }) => name), found }
  })
}

const inHeredoc = (body: string): string => `user_data = <<EOT\n${body}\nEOT\n`
/** The text that a template gives. */
const textOf = async (template: string): Promise<string | undefined> => (await look(inHeredoc(template)))[0]?.text

describe('heredocs', () => {
  it('have the names of what they stand in, and the places of their lines', async () => {
    const seen = await look(
      [
        'resource "aws_launch_template" "nodes" {',
        '  user_data = base64encode(<<-EOT',
        '    [settings.kubernetes]',
        '    max-pods = "1"',
        '  EOT',
        '  )',
        '}',
        'module "eks" {',
        '  groups = {',
        '    one = { size = 1, bootstrap_extra_args = <<-TOML',
        '      [settings.ntp]',
        '      time-server = []',
        '      TOML',
        '    }',
        '  }',
        '}',
      ].join('\n'),
    )
    expect(seen.map(({ part, found }) => [part, ...found])).toEqual([
      ['/resource/aws_launch_template/nodes/user_data', 'SETTINGS_WRONG_TYPE 4 "1"'],
      ['/module/eks/groups/one/bootstrap_extra_args', 'SETTINGS_UNKNOWN_KEY 12 time-server'],
    ])
  })

  it.each([
    ['with all of their indentation', '<<EOT', '  a\n   b\n', '  a\n   b\n'],
    ['without what all lines have', '<<-EOT', '  a\n\n   b\n', 'a\n\n b\n'],
    ['with carriage returns', '<<-EOT', '  a\r\n  b\r\n', 'a\nb\n'],
    ['of nothing', '<<EOT', '', ''],
  ])('%s', async (_, opening, body, text) => {
    const [seen] = await look(`user_data = ${opening}\n${body}  EOT\n`)
    expect(seen?.text).toBe(text)
  })

  it.each([
    ['line comments', '# <<EOT\n// <<EOT\n'],
    ['block comments', '/* <<EOT\n { */\n'],
    ['strings', 'a = "<<EOT { \\" #"\n'],
    ['expressions in strings', 'a = "x${f("}<<EOT", { b = "${c}" })}y"\n'],
    ['strings that nothing closes', 'a = "x\n'],
    ['escapes in strings', 'a = "$${b %%{c"\n'],
    ['other heredocs', 'a = <<B\n<<EOT\nB2\n  B\n'],
    ['brackets over several lines', 'a = [\n 1,\n 2\n]\n'],
    ['blocks', 'a "b" {\n c = { d = 1 }\n}\n'],
  ])('are told from %s', async (_, before) => {
    const seen = await look(`${before}user_data = <<EOT\nx\nEOT\n`)
    expect(seen.map(({ part, text }) => [part, text])).toEqual([['/user_data', 'x\n']])
  })

  it('count by what they begin with, too; others are none of ours', async () => {
    const heredoc = (name: string, text: string): string => `${name} = <<EOT\n${text}\nEOT\n`
    const named = heredoc('b', '# bottlerocket: variant=aws-dev')
    const seen = await look(
      heredoc('policy', '{}') + heredoc('a', '[settings.ntp]') + heredoc('a', '[settings]') + named,
    )
    expect(seen.map(({ part }) => part)).toEqual(['/a', '/a/2', '/b'])
  })

  it('are for the variants that comments in them or above them name', async () => {
    const own = inHeredoc('# bottlerocket: variant=aws-ecs-2\n[settings]')
    const seen = await look(`${own}# bottlerocket: variant=aws-k8s-*\n${inHeredoc('[settings]')}${own}`)
    expect(seen.map(({ variants }) => variants)).toEqual([['aws-ecs-2'], ['aws-k8s-*'], ['aws-ecs-2']])
  })

  it.each(['a = <<EOT\n[settings]', 'a = "${', 'a = "x\n', '}}} <<EOT\n', '{'.repeat(100_000)])(
    'that are not closed are left alone: %#',
    async (text) => {
      expect(await look(text)).toEqual([])
    },
  )
})

describe('templates', () => {
  it.each([
    ['a = "${b}"', 'a = "${b}"\n'],
    ['a = ${f("}", {b = 1})}', 'a = ${f("}", {b = 1})}\n'],
    ['a = ${\n b\n}', 'a = ${  b }\n'],
    ['$${a} %%{b} $$ 100%', '${a} %{b} $$ 100%\n'],
    ['%{ if a }1%{ else }2%{ endif }3', '13\n'],
    ['%{~ if a ~}1%{~ else ~}%{ if b }2%{ else }3%{ endif }%{ endif ~}4', '14\n'],
    ['%{ for a in b }${a}, %{ endfor }', '${a}, \n'],
    ['%{ endif }%{ else }1', '1\n'],
    ['${a', '${a\n'],
  ])('%j', async (template, text) => {
    expect(await textOf(template)).toBe(text)
  })

  it('hide nothing but what is about an unknown part', async () => {
    const template = [
      '[settings.kubernetes]',
      'max-pods = ${pods}',
      'cluster-name = "a-${name}"',
      'api-server = "${url}"',
      'registry-qps = "5"',
      '%{ if a }',
      'kube-api-qps = true',
      '%{ else }',
      'kube-api-qps = "x"',
      '%{ endif }',
      '[settings.kubernetes.node-labels]',
      '%{ for k, v in labels }',
      '"${k}" = "${v}"',
      '%{ endfor }',
      '${more}',
      '[settings.ntp]',
      'time-servers = [%{ for s in servers }"${s}",%{ endfor }]',
      'servers = []',
    ].join('\n')
    const expected = ['SETTINGS_WRONG_TYPE 5 "5"', 'SETTINGS_WRONG_TYPE 7 true', 'SETTINGS_UNKNOWN_KEY 18 servers']
    for (const file of ['a.tftpl', 'a.toml.tpl']) {
      const [seen] = await look(template, file)
      expect(seen).toMatchObject({ part: undefined, found: expected })
    }
    const [seen] = await look(inHeredoc(template), 'a.hcl')
    expect(seen?.found).toEqual(expected.map((text) => text.replace(/\d+/, (line) => String(Number(line) + 1))))
  })
})
