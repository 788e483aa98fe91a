import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readFile } from '../../../src/documents/read-file.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** What is named for each document of a file, with the place. */
async function named(content: string | Uint8Array, file = 'x.toml'): Promise<string[][]> {
  const { sources } = await readFile(Buffer.from(content), file)
  return sources.map(({ variants }) =>
    variants.map(({ name, at }) => {
      const span = `${String(at.line)}:${String(at.column)}-${String(at.endLine)}:${String(at.endColumn)}`
      return `${name} ${at.file}:${span}`
    }),
  )
}

const SETTINGS = '[settings]\nmotd = "x"\n'

describe('comments of TOML', () => {
  it.each([
    ['# bottlerocket: variant=aws-k8s-1.30', ['aws-k8s-1.30 x.toml:1:25-1:37']],
    ['#bottlerocket:variant = aws-k8s-1.30  ', ['aws-k8s-1.30 x.toml:1:25-1:37']],
    ['## bottlerocket: variant="aws-ecs-2"', ['aws-ecs-2 x.toml:1:26-1:37']],
    ['# bottlerocket: variant=aws-k8s-*, aws-ecs-2', ['aws-k8s-* x.toml:1:25-1:34', 'aws-ecs-2 x.toml:1:36-1:45']],
    ['\n# licence\n\n\t# bottlerocket: variant=a', ['a x.toml:4:26-4:27']],
    ['# bottlerocket: variant=a\r\n# bottlerocket: variant=b\r', ['a x.toml:1:25-1:26', 'b x.toml:2:25-2:26']],
    ['\uFEFF# bottlerocket: variant=a', ['a x.toml:1:25-1:26']],
    ['# 😀\n# bottlerocket: variant=a', ['a x.toml:2:25-2:26']],
    ['# bottlerocket: variant=', [' x.toml:1:1-1:25']],
    ['# bottlerocket: variant= ,', [' x.toml:1:1-1:27']],
    ['# bottlerocket: release=1', []],
    ['# about bottlerocket: variant=a', []],
    ['#:schema ./a.json', []],
  ])('%j', async (comment, expected) => {
    expect(await named(`${comment}\n${SETTINGS}`)).toEqual([expected])
  })

  it('count only in front of everything else', async () => {
    expect(await named(`${SETTINGS}# bottlerocket: variant=a\n`)).toEqual([[]])
    expect(await named('settings.motd = """\n# bottlerocket: variant=a\n"""\n')).toEqual([[]])
  })

  it('count in what is packed, and in what is not TOML after all', async () => {
    const text = `# bottlerocket: variant=a\n${SETTINGS}`
    expect(await named(gzipSync(text), 'x.gz')).toEqual([['a x.gz:1:25-1:26']])
    expect(await named(base64(text), 'x')).toEqual([['a x:1:25-1:26']])
    expect(await named('# bottlerocket: variant=a\n[settings\n')).toEqual([['a x.toml:1:25-1:26']])
    expect(await named(Buffer.from('# bottlerocket: variant=a\nx = "\xff"\n', 'latin1'))).toEqual([
      ['a x.toml:1:25-1:26'],
    ])
  })
})

const nodeClass = (userData: string, comment = ''): string =>
  `${comment}kind: EC2NodeClass\nspec:\n  amiFamily: Bottlerocket\n  userData: ${userData}\n`
const INNER = '|\n    # bottlerocket: variant=inner\n    [settings]\n    motd = "x"\n'
const PLAIN = '|\n    [settings]\n    motd = "x"\n'

describe('comments of YAML', () => {
  it('count where the user data has none', async () => {
    const comment = '# bottlerocket: variant=outer\n'
    expect(await named(nodeClass(PLAIN, comment), 'x.yaml')).toEqual([['outer x.yaml:1:25-1:30']])
    expect(await named(nodeClass(INNER, comment), 'x.yaml')).toEqual([['inner x.yaml:6:29-6:34']])
    expect(await named(nodeClass(PLAIN), 'x.yaml')).toEqual([[]])
    expect(await named(nodeClass(PLAIN.replace('|', '| # bottlerocket: variant=header')), 'x.yaml')).toEqual([
      ['header x.yaml:4:39-4:45'],
    ])
  })

  it('count for what stands below them, the nearest one first', async () => {
    const documents = [
      nodeClass(PLAIN, '# bottlerocket: variant=first\n'),
      nodeClass(PLAIN),
      nodeClass(PLAIN, '# bottlerocket: variant=third\n'),
      nodeClass(INNER),
    ]
    expect(await named(documents.join('---\n'), 'x.yaml')).toEqual([
      ['first x.yaml:1:25-1:30'],
      ['first x.yaml:1:25-1:30'],
      ['third x.yaml:18:25-18:30'],
      [expect.stringContaining('inner x.yaml:')],
    ])
  })

  it('are not what looks like one in a text', async () => {
    const script = 'data: |\n  # bottlerocket: variant=script\n'
    expect(await named(`${script}${nodeClass(PLAIN)}`, 'x.yaml')).toEqual([[]])
    expect(await named(`data: "\n  # bottlerocket: variant=text"\n${nodeClass(PLAIN)}`, 'x.yaml')).toEqual([[]])
  })

  it('count for settings as a tree, and for what is encoded', async () => {
    const cluster = [
      'apiVersion: eksctl.io/v1alpha5',
      'kind: ClusterConfig',
      'nodeGroups:',
      '  - bottlerocket:',
      '      settings:',
      '        # bottlerocket: variant=tree',
      '        motd: x',
    ].join('\n')
    expect(await named(cluster, 'x.yaml')).toEqual([['tree x.yaml:6:33-6:37']])
    const packed = base64(`# bottlerocket: variant=packed\n${SETTINGS}`)
    expect(await named(`# bottlerocket: variant=outer\nUserData: ${packed}\n`, 'x.yaml')).toEqual([
      ['packed x.yaml#/UserData:1:25-1:31'],
    ])
    expect(await named(`# bottlerocket: variant=outer\nUserData: ${base64(SETTINGS)}\n`, 'x.yaml')).toEqual([
      ['outer x.yaml:1:25-1:30'],
    ])
  })

  it('count above a fault', async () => {
    expect(await named('# bottlerocket: variant=a\nx: [\n', 'x.yaml')).toEqual([['a x.yaml:1:25-1:26']])
  })

  it('are unknown where a parameter names the variant', async () => {
    const text = 'UserData: !Sub |\n  # bottlerocket: variant=${Variant}\n  [settings]\n  motd = "x"\n'
    expect(await named(text, 'x.yaml')).toEqual([[]])
  })
})

describe('JSON', () => {
  it('has only the comments of the user data in it', async () => {
    const text = JSON.stringify({ UserData: `# bottlerocket: variant=a\n${SETTINGS}` })
    expect(await named(text, 'x.json')).toEqual([['a x.json:1:38-1:39']])
    expect(await named('{"settings":{"motd":"# bottlerocket: variant=a"}}', 'x.json')).toEqual([[]])
  })
})
