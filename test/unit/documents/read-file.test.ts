import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { checkSource } from '../../../src/documents/check.ts'
import { excerptText, readFile } from '../../../src/documents/read-file.ts'
import type { Place } from '../../../src/lib/diagnostics.ts'
import { loadModel } from '../../../src/model/models.ts'

const MODEL = loadModel('aws-k8s')

/** What is found in a file: part of the file, code, line, the marked text, and what was left alone. */
async function look(file: string, content: string | Uint8Array): Promise<string[]> {
  const { sources, skipped } = await readFile(Buffer.from(content as string), file)
  const found = sources.flatMap((source) => {
    const { diagnostics } = checkSource(source, MODEL, { maxBytes: 16_384 })
    const lines = excerptText(source).split('\n')
    const marked = (at?: Place): string =>
      at === undefined
        ? '?'
        : `${String(at.line)} ${[...(lines[at.line - 1] ?? '')].slice(at.column - 1, at.endColumn - 1).join('')}`
    const places = diagnostics.map(({ code, at }) => `${code} ${marked(at)}`)
    return `${source.part ?? 'whole'}: ${places.join(', ') || 'fine'}`
  })
  return [...found, ...skipped.map(({ part = 'whole', reason }) => `${part} skipped: ${reason}`)]
}

const FAULTY = '[settings.kubernetes]\nmax-pods = "1"\n'
const base64 = (data: string | Uint8Array): string => Buffer.from(data as string).toString('base64')
const indent = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by))

describe('a file of user data', () => {
  it.each<[string, string, string | Uint8Array]>([
    ['plain', 'u.toml', FAULTY],
    ['with a byte-order mark', 'u.toml', `\uFEFF${FAULTY}`],
    ['with carriage returns', 'u.toml', FAULTY.replaceAll('\n', '\r\n')],
    ['without a name that tells', '<stdin>', FAULTY],
    ['gzip', 'u.gz', gzipSync(FAULTY)],
    ['gzip under the name of TOML', 'u.toml', gzipSync(FAULTY)],
    ['base64', 'u.b64', `${base64(FAULTY)}\n`],
    ['base64 in lines', 'u', base64(FAULTY).replace(/.{20}/g, '$&\n')],
    ['base64 of gzip', 'u', base64(gzipSync(FAULTY))],
  ])('%s', async (_name, file, content) => {
    expect(await look(file, content)).toEqual(['whole: SETTINGS_WRONG_TYPE 2 "1"'])
  })

  it('that is larger than EC2 takes names both sizes', async () => {
    const comment = '# abcdefghijklmnopqrstuvwxyz\n'.repeat(700)
    const sizeOf = async (content: Uint8Array): Promise<string[]> => {
      const { sources } = await readFile(content, 'u.toml')
      const [source] = sources
      const found = source === undefined ? [] : checkSource(source, MODEL, { maxBytes: 16_384 }).diagnostics
      return found.filter(({ code }) => code === 'USERDATA_TOO_LARGE').map(({ message }) => message)
    }
    const plain = Buffer.from(`${comment}[settings]\n`)
    const packed = gzipSync(plain)
    expect(plain.length).toBeGreaterThan(16_384)
    expect(await sizeOf(plain)).toEqual([
      `user data has 20,311 bytes (${String(packed.length)} after gzip); EC2 takes at most 16,384`,
    ])
    expect(await sizeOf(packed)).toEqual([])
    expect(await sizeOf(Buffer.from('[settings]\n'.padEnd(16_384, '#')))).toEqual([])
    expect(await sizeOf(Buffer.from('[settings]\n'.padEnd(16_385, '#')))).toHaveLength(1)
    const noise = Buffer.from(Array.from({ length: 40_000 }, (_, i) => (i * i * 31 + i * 7919) % 251))
    const large = gzipSync(`[settings]\n# ${noise.toString('base64')}\n`, { level: 1 })
    if (large.length > 16_384) expect((await sizeOf(large))[0]).toContain('compressed by gzip from')
  })
})

describe('node classes', () => {
  const nodeClass = (spec: string): string => `apiVersion: karpenter.k8s.aws/v1\nkind: EC2NodeClass\nspec:\n${spec}`

  it.each([
    ['by family', '  amiFamily: Bottlerocket\n'],
    ['by alias', '  amiSelectorTerms: [{ alias: bottlerocket@v1.24.1 }]\n'],
    ['of no family', ''],
    ['of a family of their own', '  amiFamily: Custom\n'],
  ])('of Bottlerocket %s', async (_name, family) => {
    const lines = family === '' ? 0 : 1
    const text = nodeClass(`${family}  userData: |\n${indent(FAULTY, 4)}`)
    expect(await look('n.yaml', text)).toEqual([`/spec/userData: SETTINGS_WRONG_TYPE ${String(6 + lines)} "1"`])
  })

  it.each([
    ['with more indentation than needed', `  userData: |2\n${indent(FAULTY, 4)}`, '6 "1"'],
    ['without a line end', `  userData: |-\n${indent(FAULTY, 4)}`, '6 "1"'],
    ['with all line ends', `  userData: |+\n${indent(FAULTY, 4)}\n\n`, '6 "1"'],
    ['with a comment behind the header', `  userData: | # TOML\n${indent(FAULTY, 4)}`, '6 "1"'],
    ['with carriage returns', `  userData: |\r\n${indent(FAULTY, 4).replaceAll('\n', '\r\n')}`, '6 "1"'],
    ['in double quotes', '  userData: "[settings.kubernetes]\\nmax-pods = \\"1\\"\\n"\n', '4 \\"1\\"'],
    ['in single quotes', '  userData: \'settings.kubernetes.max-pods = "1"\'\n', '4 "1"'],
    ['without quotes', '  userData: settings.kubernetes.max-pods = "1"\n', '4 "1"'],
    ['by reference', `  userData: &u |\n${indent(FAULTY, 4)}  other: { userData: *u }\n`, '6 "1"'],
  ])('%s', async (_name, spec, place) => {
    expect(await look('n.yaml', nodeClass(spec))).toEqual([`/spec/userData: SETTINGS_WRONG_TYPE ${place}`])
  })

  it('of other systems are left alone', async () => {
    const text = nodeClass('  amiFamily: AL2023\n  userData: |\n    #!/bin/sh\n')
    expect(await look('n.yaml', text)).toEqual(['/spec/userData skipped: it is for AL2023'])
  })

  it('of several in one file, each under its number', async () => {
    const one = nodeClass(`  userData: |\n${indent(FAULTY, 4)}`)
    const found = await look('n.yaml', `${one}---\nkind: NodePool\n---\n${one}`)
    expect(found).toEqual(['1/spec/userData: SETTINGS_WRONG_TYPE 6 "1"', '3/spec/userData: SETTINGS_WRONG_TYPE 15 "1"'])
  })

  it('in a list, as JSON', async () => {
    const items = [{ kind: 'AWSNodeTemplate', spec: { userData: FAULTY } }]
    expect(await look('n.json', JSON.stringify({ kind: 'List', items }))).toEqual([
      '/items/0/spec/userData: SETTINGS_WRONG_TYPE 1 \\"1\\"',
    ])
  })

  it('folded into one line have the places of the folded text', async () => {
    const text = nodeClass(`  userData: >\n${indent(FAULTY, 4)}`)
    const { sources } = await readFile(Buffer.from(text), 'n.yaml')
    expect(sources[0]?.placeFile).toBe('n.yaml#/spec/userData')
    expect(sources[0]?.standsAt?.line).toBe(4)
  })
})

describe('templates', () => {
  const template = (userData: string): string =>
    `Resources:\n  A:\n    Properties:\n      UserData:\n${indent(userData, 8)}`
  const AT = '/Resources/A/Properties/UserData'

  it.each([
    ['long function', `Fn::Base64: |\n${indent(FAULTY, 2)}`, 'SETTINGS_WRONG_TYPE 7 "1"'],
    ['short tag', `!Base64 |\n${indent(FAULTY, 2)}`, 'SETTINGS_WRONG_TYPE 7 "1"'],
    [
      'a parameter in quotes and one without',
      'Fn::Base64: !Sub |\n  [settings.kubernetes]\n  cluster-name = "${Name}"\n  max-pods = ${Pods}\n  log-level = "1"\n',
      'SETTINGS_WRONG_TYPE 9 "1"',
    ],
    [
      'a parameter that is a line, a table or a name',
      'Fn::Base64: !Sub |\n  ${Lines}\n  [settings.kubernetes.node-labels]\n  "${Label}" = "x"\n  ${Label2} = "y"\n  [settings.${Group}]\n  a = 1\n',
      'fine',
    ],
    [
      'a literal dollar sign',
      'Fn::Base64: !Sub \'settings.kubernetes.log-level = "${!X}"\'\n',
      'SETTINGS_WRONG_TYPE 5 "${!X}"',
    ],
    [
      'variables of its own',
      'Fn::Base64: !Sub\n  - |\n    [settings.kubernetes]\n    max-pods = "${A}"\n    max-pod = 1\n  - A: !Ref B\n',
      'SETTINGS_UNKNOWN_KEY 9 max-pod',
    ],
    [
      'joined pieces',
      'Fn::Base64: !Join\n  - ""\n  - - "[settings.kubernetes]\\n"\n    - "max-pods = "\n    - !Ref Pods\n    - "\\nlog-level = \\"2\\"\\n"\n',
      'SETTINGS_WRONG_TYPE 10 \\"2\\"',
    ],
    ['one of two', `Fn::Base64: !If\n  - C\n  - |\n${indent(FAULTY, 4)}  - ""\n`, 'SETTINGS_WRONG_TYPE 9 "1"'],
    ['what is not known at all', 'Fn::Base64: !ImportValue X\n', 'fine'],
    ['encoded already', `${base64(FAULTY)}\n`, 'SETTINGS_WRONG_TYPE 2 "1"'],
    ['for another system', 'Fn::Base64: |\n  #!/bin/bash\n', 'USERDATA_NOT_TOML 6 #!/bin/bash'],
  ])('%s', async (_name, userData, found) => {
    const [text] = await look('t.yaml', template(userData.replace(/^(?=\S)/, '')))
    expect(text?.startsWith(AT)).toBe(true)
    expect(text?.slice(`${AT}: `.length)).toBe(found)
  })

  it('in JSON, with escapes', async () => {
    const text = `{"Resources":{"A":{"UserData":{"Fn::Base64":{"Fn::Sub":"[settings.kubernetes]\\n\\u006dax-pods\\t= \\"\\u00e9\\"\\n"}}}}}`
    const [found] = await look('t.json', text)
    expect(found).toBe('/Resources/A/UserData: SETTINGS_WRONG_TYPE 1 \\"\\u00e9\\"')
  })

  it('of launch templates, gzip in base64', async () => {
    const [found] = await look('l.json', JSON.stringify({ LaunchTemplateData: { UserData: base64(gzipSync(FAULTY)) } }))
    expect(found).toBe('/LaunchTemplateData/UserData: SETTINGS_WRONG_TYPE 2 "1"')
  })
})

describe('other files', () => {
  it('eksctl: settings as YAML', async () => {
    const text = [
      'apiVersion: eksctl.io/v1alpha5',
      'kind: ClusterConfig',
      'nodeGroups:',
      '  - name: a',
      '    bottlerocket: { settings: { kubernetes: { max-pods: "1" }, motd: yes } }',
      '  - name: b',
      'managedNodeGroups:',
      '  - bottlerocket:',
      '      settings: { motd: "ok" }',
    ].join('\n')
    expect(await look('c.yaml', text)).toEqual([
      '/nodeGroups/0/bottlerocket/settings: SETTINGS_WRONG_TYPE 5 "1", SETTINGS_WRONG_TYPE 5 yes',
      '/managedNodeGroups/0/bottlerocket/settings: fine',
    ])
  })

  it('Terraform: a plan, told once, without what is not known or only a hash', async () => {
    const values = [FAULTY, base64(FAULTY), 'da39a3ee5e6b4b0d3255bfef95601890afd80709', null, '']
    const resources = values.map((user_data) => ({ values: { user_data } }))
    const plan = {
      planned_values: {
        root_module: { resources, child_modules: [{ resources: [{ values: { user_data_base64: base64(FAULTY) } }] }] },
      },
      resource_changes: [{ change: { after: { user_data: FAULTY } } }],
    }
    const found = await look('plan.json', JSON.stringify(plan))
    expect(found.map((text) => text.split(': ')[0])).toEqual([
      '/planned_values/root_module/resources/0/values/user_data',
      '/planned_values/root_module/resources/1/values/user_data',
      '/planned_values/root_module/child_modules/0/resources/0/values/user_data_base64',
    ])
  })

  it('settings as JSON', async () => {
    expect(await look('s.json', '{"settings":{"motd":5}}')).toEqual(['whole: SETTINGS_WRONG_TYPE 1 5'])
    expect(await look('<stdin>', '{"settings":{"motd":"x"}}')).toEqual(['whole: fine'])
  })

  it('that hold none', async () => {
    expect(await look('x.yaml', 'a: 1\n')).toEqual([])
    expect(await look('x.json', '[]')).toEqual([])
  })

  it('of aliases within aliases end soon', async () => {
    const bomb = [
      'a0: &a0 x',
      ...Array.from({ length: 40 }, (_, i) => `a${String(i + 1)}: &a${String(i + 1)} [*a${String(i)}, *a${String(i)}]`),
    ]
    expect(await look('x.yaml', bomb.join('\n'))).toEqual([])
    expect(await look('x.yaml', 'a: &a [*a, *a]\n')).toEqual([])
  })
})
