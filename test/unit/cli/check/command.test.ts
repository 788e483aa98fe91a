/** `bottlerocket check`: which files count, what is told of them, and the exit status. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../../src/lib/json-parse.ts'
import { runCheck, treeOf } from '../../../support/check-run.ts'

const GOOD = '# bottlerocket: variant=aws-k8s-1.30\n[settings.kubernetes]\nmax-pods = 10\n'
const FAULTY = '[settings.kubernetes]\nmax-pods = "10"\n'
const IGNORED = 'registry-qps = 0\n[settings.kubernetes]\nmax-pods = 10\n'
const nodeClass = (userData: string, family = 'Bottlerocket'): string =>
  `kind: EC2NodeClass\nspec:\n  amiFamily: ${family}\n  userData: |\n${userData.replace(/^(?=.)/gm, '    ')}`
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** User data of every form, and much that is none. */
const REPOSITORY = {
  '/w/good.toml': GOOD,
  '/w/deep/faulty.toml': FAULTY,
  '/w/deep/class.yaml': nodeClass(GOOD),
  '/w/template.json': JSON.stringify({ LaunchTemplateData: { UserData: base64(FAULTY) } }),
  '/w/user-data': GOOD,
  '/w/main.tf': `resource "aws_instance" "a" {\n  user_data = <<EOT\n${FAULTY}EOT\n}\n`,
  '/w/named.tftpl': '# bottlerocket: variant=aws-k8s-1.30\n[setings.kubernetes]\n',
  '/w/nodes.toml.tftpl': '[settings.kubernetes]\nmax-pods = ${pods}\n',
  '/w/packed.toml.gz': gzipSync(GOOD),
  // others
  '/w/Cargo.toml': '[package]\nname = "x"\n[tool.settings]\na = 1\n',
  '/w/broken.toml': 'a = \n',
  '/w/mise.toml': '[settings]\nexperimental = true\n',
  '/w/help.toml': 'text = """\n[settings.kubernetes]\n"""\n',
  '/w/deployment.yaml': 'kind: Deployment\n',
  '/w/chart.yaml': 'a: {{ b }}\nc: [\n',
  '/w/package.json': '{ "name": "x" }',
  '/w/devcontainer.json': '{ "settings": { "editor.tabSize": 2 } }',
  '/w/tsconfig.json': '{ // a comment\n "settings": 1 }',
  '/w/al.yaml': nodeClass('#!/bin/sh\n', 'AL2023'),
  '/w/bastion.yaml': 'Resources:\n  A:\n    Properties:\n      UserData: |\n        #!/bin/bash\n        yum update\n',
  '/w/picture.json': new Uint8Array([0, 1, 2, 3]),
  '/w/notes.txt': GOOD,
  '/w/outputs.tf': 'output "settings" {\n  value = <<EOT\na\nEOT\n}\n',
  '/w/_helpers.tpl': '{{- define "x" -}}\n[settings.kubernetes]\nmax-pods = "10"\n{{- end -}}\n',
  '/w/node_modules/x/faulty.toml': FAULTY,
  '/w/.git/faulty.toml': FAULTY,
  '/w/.terraform/faulty.toml': FAULTY,
}

const K8S = ['--variant', 'aws-k8s-1.30']
const documents = (stdout: string): string[] =>
  (parseJson(stdout) as unknown as { files: { file: string; part?: string }[] }).files.map(({ file, part }) =>
    part === undefined ? file : `${file}#${part}`,
  )

describe('a directory', () => {
  it('counts what is user data of Bottlerocket, in the order of names', async () => {
    const { code, stdout } = await runCheck(treeOf(REPOSITORY), [...K8S, '--format', 'json'])
    expect(documents(stdout)).toEqual([
      'deep/class.yaml#/spec/userData',
      'deep/faulty.toml',
      'good.toml',
      'main.tf#/resource/aws_instance/a/user_data',
      'named.tftpl',
      'nodes.toml.tftpl',
      'packed.toml.gz',
      'template.json#/LaunchTemplateData/UserData',
      'user-data',
    ])
    expect(code).toBe(1)
  })

  it('shows a table, the findings with their lines, and a summary', async () => {
    const { stdout, stderr } = await runCheck(treeOf(REPOSITORY), ['deep', ...K8S])
    expect(stderr).toBe('')
    expect(stdout).toBe(
      [
        'FILE                            VARIANT       RESULT  ERRORS  WARNINGS',
        'deep/class.yaml#/spec/userData  aws-k8s-1.30  ok           -         -',
        'deep/faulty.toml                aws-k8s-1.30  errors       1         -',
        '',
        'deep/faulty.toml:2:12: error[SETTINGS_WRONG_TYPE] settings.kubernetes.max-pods: expected an integer, found a string',
        '    max-pods = "10"',
        '               ^^^^',
        '    hint: write 10',
        '',
        '2 documents, 1 error, 0 warnings (aws-k8s-1.30)',
        '',
      ].join('\n'),
    )
  })

  it('says why it leaves files out, if somebody wants to know', async () => {
    const { stdout } = await runCheck(treeOf(REPOSITORY), [...K8S, '--verbose'])
    for (const line of [
      'node_modules: left out: a directory of tools',
      'Cargo.toml: left out: no user data in it',
      'al.yaml#/spec/userData: skipped: it is for AL2023',
    ]) {
      expect(stdout).toContain(`\n${line}\n`)
    }
  })

  it('without any user data is fine', async () => {
    const fs = treeOf({ '/w/package.json': '{}', '/w/a.yaml': 'a: 1\n' })
    expect(await runCheck(fs, K8S)).toEqual({
      code: 0,
      stdout: 'no user data of Bottlerocket was found\n',
      stderr: '',
    })
    expect(await runCheck(fs, [...K8S, '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it.each(['.', './', '/w', '../w', './deep/..'])('may be written as %s', async (word) => {
    const { stdout } = await runCheck(treeOf({ '/w/deep/a.toml': FAULTY }), [word, ...K8S, '--format', 'json'])
    expect(documents(stdout)).toEqual([
      word === '/w' ? '/w/deep/a.toml' : word === '../w' ? '../w/deep/a.toml' : 'deep/a.toml',
    ])
  })
})

describe('broken user data', () => {
  it.each([
    ['a heading without its end', '[settings.kubernetes\nmax-pods = 10\n', 'u.toml'],
    ['a value without quotes', '[settings.kubernetes]\ncluster-name = demo\n', 'u.toml'],
    ['a byte that is no UTF-8', Buffer.from('[settings.motd]\nmotd = "\xff"\n', 'latin1'), 'u.toml'],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(FAULTY, 'utf16le')]), 'u.toml'],
    ['a byte order mark', `\uFEFF${FAULTY}`, 'u.toml'],
    ['a key in front of all tables', 'settings.motd = hello\n', 'u.toml'],
    ['a comment and nothing that is settings', '# bottlerocket: variant=aws-dev\n[kubernetes]\n', 'u.toml'],
    ['YAML around it', `${nodeClass(GOOD)}\n  x: [\n`, 'u.yaml'],
    ['JSON around it', `{ "UserData": "[settings.kubernetes]\\nmax-pods = 1", }`, 'u.json'],
    ['a script in a node class of Bottlerocket', nodeClass('#!/bin/sh\n'), 'u.yaml'],
  ])('is not taken for something else: %s', async (_what, content, name) => {
    const { code, stdout } = await runCheck(treeOf({ [`/w/${name}`]: content }), K8S)
    expect(stdout).toMatch(/\b1 document, [12] errors?, /)
    expect(code).toBe(1)
  })
})

describe('what is named', () => {
  it.each([
    ['a file without user data', ['package.json'], 'package.json:1:1: error[USERDATA_NOT_FOUND]'],
    ['a node class for others', ['al.yaml'], 'in this file; it is for AL2023'],
    ['a file of another tool', ['mise.toml'], 'mise.toml:2:1: error[SETTINGS_UNKNOWN_GROUP]'],
    ['a file in a directory that is not looked into', ['node_modules/x/faulty.toml'], 'error[SETTINGS_WRONG_TYPE]'],
    ['a missing file', ['none.toml'], 'none.toml:1:1: error[HOST_FILE_UNREADABLE] cannot read it: ENOENT'],
    ['a pattern without files', ['none/*.toml'], 'none/*.toml:1:1: error[HOST_FILE_UNREADABLE] no file matches'],
  ])('is checked: %s', async (_what, words, expected) => {
    const { code, stdout } = await runCheck(treeOf(REPOSITORY), [...words, ...K8S])
    expect(stdout).toContain(expected)
    expect(code).toBe(1)
  })

  it('by a pattern is checked as in a directory', async () => {
    const { code, stdout } = await runCheck(treeOf(REPOSITORY), ['*.toml', ...K8S, '--format', 'json'])
    expect(documents(stdout)).toEqual(['good.toml'])
    expect(code).toBe(0)
  })

  it('twice is checked once', async () => {
    const words = ['deep', './deep/faulty.toml', '/w/deep', 'deep/*.toml']
    const { stdout } = await runCheck(treeOf(REPOSITORY), [...words, ...K8S, '--format', 'json'])
    expect(documents(stdout)).toEqual(['deep/class.yaml#/spec/userData', 'deep/faulty.toml'])
  })

  it('as a network is checked as one, and as nothing else', async () => {
    const fs = treeOf({ '/w/net/a.toml': 'version = 3\n[eth0]\ndhcp4 = 1\n', '/w/b.toml': GOOD })
    const { stdout, code } = await runCheck(fs, ['.', '--net', 'net/*.toml', ...K8S, '--format', 'json'])
    expect(documents(stdout)).toEqual(['b.toml', 'net/a.toml'])
    expect(stdout).toContain('NET_')
    expect(code).toBe(1)
  })
})

describe('what a repository ignores', () => {
  const fs = treeOf({
    '/w/.git/HEAD': '',
    '/w/.git/info/exclude': 'private/\n',
    '/w/.gitignore': '*.json\nout/\n!keep.json\n',
    '/w/plan.json': JSON.stringify({ UserData: GOOD }),
    '/w/keep.json': JSON.stringify({ UserData: GOOD }),
    '/w/out/a.toml': GOOD,
    '/w/private/a.toml': GOOD,
    '/w/sub/.gitignore': 'b.toml\n!plan.json\n',
    '/w/sub/a.toml': GOOD,
    '/w/sub/b.toml': GOOD,
    '/w/sub/plan.json': JSON.stringify({ UserData: GOOD }),
  })
  const names = async (...argv: string[]): Promise<string[]> =>
    documents((await runCheck(fs, [...argv, '--format', 'json'])).stdout).map((name) => name.split('#')[0] ?? '')

  it('is left out, with the rules of every directory', async () => {
    expect(await names()).toEqual(['keep.json', 'sub/a.toml', 'sub/plan.json'])
  })

  it('is left out below the repository, too', async () => {
    expect(await names('sub')).toEqual(['sub/a.toml', 'sub/plan.json'])
  })

  it('is looked into where it is named', async () => {
    expect(await names('out')).toEqual(['out/a.toml'])
    expect(await names('plan.json')).toEqual(['plan.json'])
  })

  it('counts with --no-ignore', async () => {
    expect(await names('--no-ignore')).toHaveLength(7)
  })

  it('can be more', async () => {
    expect(await names('--exclude', 'sub/', '--exclude', 'keep.*')).toEqual([])
    expect(await names('--no-ignore', '--exclude', '*.json')).toEqual([
      ...['out/a.toml', 'private/a.toml', 'sub/a.toml', 'sub/b.toml'],
    ])
  })

  it('does not include what links lead to', async () => {
    const linked = treeOf({ '/w/a/b.toml': GOOD })
    linked.symlink('..', '/w/a/up')
    linked.symlink('b.toml', '/w/a/c.toml')
    const { stdout } = await runCheck(linked, ['--format', 'json'])
    expect(documents(stdout)).toEqual(['a/b.toml'])
    expect(documents((await runCheck(linked, ['a/c.toml', '--format', 'json'])).stdout)).toEqual(['a/c.toml'])
  })
})

describe('the variant', () => {
  it('comes from a comment, from a pattern, or is missed', async () => {
    const fs = treeOf({ '/w/a.toml': GOOD, '/w/ecs/b.toml': '[settings.ecs]\ncluster = "a"\n', '/w/c.toml': FAULTY })
    const { stdout, code } = await runCheck(fs, ['--variant', 'ecs/*=aws-ecs-2'])
    expect(stdout).toMatch(/^a\.toml +aws-k8s-1\.30 +ok/m)
    expect(stdout).toMatch(/^ecs\/b\.toml +aws-ecs-2 +ok/m)
    expect(stdout).toContain('c.toml:1:1: error[VARIANT_MISSING]')
    expect(stdout).toContain('write # bottlerocket: variant=aws-k8s-1.30')
    expect(code).toBe(1)
  })

  it('of a pattern makes a TOML file user data, whatever is in it', async () => {
    const fs = treeOf({ '/w/a.toml': '[kubernetes]\n' })
    expect((await runCheck(fs, ['--variant', 'a.toml=aws-k8s-1.30'])).stdout).toContain('USERDATA_NO_SETTINGS')
  })

  it('may be several: the table has one line for a document', async () => {
    const { stdout } = await runCheck(treeOf({ '/w/a.toml': FAULTY }), ['--variant', 'aws-k8s-1.{28,29,30}'])
    expect(stdout).toMatch(/^a\.toml +3 variants +errors +1 +-$/m)
  })
})

describe('exit status', () => {
  it.each([
    [['good.toml'], 0],
    [['good.toml', '--strict'], 0],
    [['deep', ...K8S], 1],
    [['odd.toml', ...K8S], 0],
    [['odd.toml', ...K8S, '--strict'], 1],
    [['--jobs', '0'], 2],
    [['--jobs', 'many'], 2],
    [['--format', 'xml'], 2],
    [['--what'], 2],
    [['--variant', 'aws-k8s-9.99'], 1],
  ])('%j: %i', async (argv, expected) => {
    const { code } = await runCheck(treeOf({ ...REPOSITORY, '/w/odd.toml': IGNORED }), argv)
    expect(code).toBe(expected)
  })

  it('is that of a stop when it is stopped', async () => {
    const stop = new AbortController()
    stop.abort(new Error('stopped'))
    const { code, stdout } = await runCheck(treeOf(REPOSITORY), K8S, { signal: stop.signal })
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
  })
})

describe('--quiet', () => {
  it('says nothing of what is fine', async () => {
    const { stdout } = await runCheck(treeOf(REPOSITORY), [...K8S, '--quiet'])
    expect(stdout).not.toContain('good.toml')
    expect(stdout).toMatch(/^deep\/faulty\.toml +aws-k8s-1\.30 +errors/m)
    expect(await runCheck(treeOf({ '/w/good.toml': GOOD }), ['--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

describe('a fault of the program', () => {
  it('is an error of the file that it happened with', async () => {
    const { code, stdout } = await runCheck(treeOf({ '/w/a.toml': GOOD, '/w/b.toml': GOOD }), K8S, {
      threads: {
        processors: 1,
        run: ({ items }) => Promise.resolve(items.map(() => ({ ok: false, reason: 'it ended' }) as const)),
      },
    })
    expect(stdout).toContain('a.toml:1:1: error[INTERNAL] checking this file failed: it ended')
    expect(stdout).toContain('2 documents, 2 errors')
    expect(code).toBe(1)
  })
})
