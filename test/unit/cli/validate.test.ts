import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bottlerocket } from '../../../src/cli/program.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import type { ProgramIo } from '../../../src/lib/ports.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'

const GOOD = '[settings.kubernetes]\nmax-pods = 10\n'
const FAULTY = '[settings.kubernetes]\nmax-pods = "10"\n'
const IGNORED = 'registry-qps = 0\n[settings.kubernetes]\nmax-pods = 10\n'
const SCRIPT = 'kind: EC2NodeClass\nspec: { amiFamily: AL2023, userData: "#!/bin/sh" }\n'

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  '/w/good.toml': GOOD,
  '/w/faulty.toml': FAULTY,
  '/w/ignored.toml': IGNORED,
  '/w/deep/one.toml': GOOD,
  '/w/deep/er/two.toml': FAULTY,
  '/w/script.yaml': SCRIPT,
  '/w/pool.yaml': 'kind: NodePool\n',
  '/w/stack.json': JSON.stringify({ UserData: Buffer.from(FAULTY).toString('base64') }),
  '/w/odd,na:me%.toml': FAULTY,
  '/w/secret.toml':
    '[settings.container-registry]\ncredentials = [{ registry = "x", pasword = "a", password = "hunter2" }]\n',
  '/w/ecs.toml': '[settings.ecs]\ncluster = "a"\n',
  '/w/packed.gz': gzipSync(FAULTY),
}

function fixtureFs(): MemoryFs {
  const fs = new MemoryFs()
  fs.makeDirectory('/w/deep/er')
  for (const [file, content] of Object.entries(FILES)) fs.writeFile(file, content)
  return fs
}

type Io = Partial<ProgramIo> & { readonly stdin?: string }

const validate = (words: string, io: Io = {}): Promise<ProgramRun> =>
  runToEnd(bottlerocket, ['validate', ...words.split(' ')], testHost({ fs: fixtureFs() }), { cwd: '/w', ...io })

const K8S = '--variant aws-k8s-1.30'

describe('exit status', () => {
  it.each([
    [`good.toml ${K8S}`, 0],
    [`faulty.toml ${K8S}`, 1],
    [`good.toml faulty.toml ${K8S}`, 1],
    [`ignored.toml ${K8S}`, 0],
    [`ignored.toml ${K8S} --strict`, 1],
    [`good.toml ${K8S} --strict`, 0],
    [`missing.toml ${K8S}`, 1],
    [`/w ${K8S}`, 1],
    [`no/*.toml ${K8S}`, 1],
    [`pool.yaml ${K8S}`, 1],
    [`good.toml pool.yaml ${K8S} --strict`, 0],
    ['good.toml', 2],
    [K8S, 2],
    [`good.toml ${K8S} --format xml`, 2],
    [`good.toml ${K8S} --what`, 2],
    ['good.toml --variant aws-k8s-9.99', 1],
    [`good.toml ${K8S} --release 0.0.0`, 1],
    ['--help', 0],
  ])('of %s is %i', async (words, code) => {
    expect((await validate(words)).code).toBe(code)
  })
})

describe('text', () => {
  it('shows each line with what is marked in it', async () => {
    const { stdout, stderr } = await validate(`faulty.toml ignored.toml ${K8S}`)
    expect(stderr).toBe('')
    expect(stdout).toBe(
      [
        'faulty.toml:2:12: error[SETTINGS_WRONG_TYPE] settings.kubernetes.max-pods: expected an integer, found a string',
        '    max-pods = "10"',
        '               ^^^^',
        '    hint: write 10',
        'ignored.toml:1:1: warning[USERDATA_OUTSIDE_SETTINGS] registry-qps: it stands outside of settings, where a host ignores it',
        '    registry-qps = 0',
        '    ^^^^^^^^^^^^',
        '    hint: it belongs under [settings.kubernetes]',
        '2 documents, 1 error, 1 warning (aws-k8s-1.30)',
        '',
      ].join('\n'),
    )
  })

  it('says what was skipped, and shows findings of several variants once', async () => {
    const { stdout } = await validate('ecs.toml script.yaml pool.yaml --variant aws-ecs-2 --variant aws-k8s-1.3[01]')
    expect(stdout).toContain('has no such settings group (aws-k8s-1.30, aws-k8s-1.31)\n')
    expect(stdout.match(/^ecs\.toml/gm)).toHaveLength(1)
    expect(stdout).toContain('script.yaml#/spec/userData: skipped: it is for AL2023\n')
    expect(stdout).toContain('pool.yaml: skipped: no user data in it\n')
    expect(stdout).toContain('1 document, 1 error, 0 warnings, 2 skipped (aws-ecs-2, aws-k8s-1.30, aws-k8s-1.31)\n')
  })

  it('finds files by patterns, each once', async () => {
    const { stdout } = await validate(`**/*o*.toml deep/*.toml good.toml ${K8S}`)
    expect(stdout).toContain('deep/er/two.toml:2:12: error')
    expect(stdout).toContain('5 documents, 2 errors, 1 warning')
  })

  it('reads standard input', async () => {
    const { stdout, code } = await validate(`- ${K8S}`, { stdin: FAULTY })
    expect(code).toBe(1)
    expect(stdout).toContain('<stdin>:2:12: error[SETTINGS_WRONG_TYPE]')
  })

  it('ends when it is stopped while it waits for standard input', async () => {
    const stop = new AbortController()
    const running = validate(`- ${K8S}`, {
      signal: stop.signal,
      readStdin: () => new Promise<Uint8Array>(() => undefined),
    })
    stop.abort(Object.assign(new Error('stopped'), { signal: 'SIGINT' }))
    expect((await running).code).toBe(130)
  })

  it('hides secrets unless asked', async () => {
    const { stdout } = await validate(`secret.toml ${K8S}`)
    expect(stdout).not.toContain('hunter2')
    expect(stdout).toContain('password = "*******"')
    expect((await validate(`secret.toml ${K8S} --show-secrets`)).stdout).toContain('password = "hunter2"')
  })
})

interface Report {
  schemaVersion: number
  files: {
    file: string
    part?: string
    variant: string
    accepted: boolean
    diagnostics: { code: string; at: object }[]
  }[]
  skipped: { file: string; part?: string; reason: string }[]
}

describe('the report', () => {
  it('has an entry for each document and variant', async () => {
    const { stdout } = await validate(`good.toml stack.json pool.yaml ${K8S} --variant aws-ecs-2 --format json`)
    const report = JSON.parse(stdout) as Report
    expect(report.schemaVersion).toBe(1)
    expect(report.files.map(({ file, part, variant, accepted }) => [file, part, variant, accepted])).toEqual([
      ['good.toml', undefined, 'aws-k8s-1.30', true],
      ['good.toml', undefined, 'aws-ecs-2', false],
      ['stack.json', '/UserData', 'aws-k8s-1.30', false],
      ['stack.json', '/UserData', 'aws-ecs-2', false],
    ])
    expect(report.files[2]?.diagnostics[0]).toEqual({
      code: 'SETTINGS_WRONG_TYPE',
      severity: 'error',
      path: 'settings.kubernetes.max-pods',
      message: 'expected an integer, found a string',
      hint: 'write 10',
      at: { file: 'stack.json#/UserData', line: 2, column: 12, endLine: 2, endColumn: 16 },
      related: [
        {
          message: 'it stands here, encoded; lines and columns are those of the decoded text',
          at: { file: 'stack.json', line: 1, column: 13, endLine: 1, endColumn: 67 },
        },
      ],
    })
    expect(report.skipped).toEqual([{ file: 'pool.yaml', reason: 'no user data in it' }])
  })

  it('names files that cannot be read', async () => {
    const report = JSON.parse((await validate(`missing.toml ${K8S} --format json`)).stdout) as Report
    expect(report.files[0]?.diagnostics[0]?.code).toBe('HOST_FILE_UNREADABLE')
  })
})

describe('annotations', () => {
  it('carry place, code and hint', async () => {
    const { stdout, stderr } = await validate(`faulty.toml ignored.toml ${K8S} --format github`)
    expect(stdout).toBe(
      [
        '::error file=faulty.toml,line=2,endLine=2,col=12,endColumn=15,title=SETTINGS_WRONG_TYPE::settings.kubernetes.max-pods: expected an integer, found a string%0Ahint: write 10',
        '::warning file=ignored.toml,line=1,endLine=1,col=1,endColumn=12,title=USERDATA_OUTSIDE_SETTINGS::registry-qps: it stands outside of settings, where a host ignores it%0Ahint: it belongs under [settings.kubernetes]',
        '',
      ].join('\n'),
    )
    expect(stderr).toBe('2 documents, 1 error, 1 warning (aws-k8s-1.30)\n')
  })

  it('escape what would end a property', async () => {
    const { stdout } = await validate(`odd,na:me%.toml ${K8S} --format github`)
    expect(stdout).toMatch(/^::error file=odd%2Cna%3Ame%25\.toml,line=2,/)
  })

  it('name files from the checkout on', async () => {
    const run = await validate(`../w/faulty.toml ${K8S} --format github`, { env: { GITHUB_WORKSPACE: '/' } })
    expect(run.stdout).toMatch(/^::error file=w\/faulty\.toml,/)
    const elsewhere = await validate(`faulty.toml ${K8S} --format github`, { env: { GITHUB_WORKSPACE: '/other' } })
    expect(elsewhere.stdout).toMatch(/^::error file=faulty\.toml,/)
  })

  it('of encoded parts go to where they stand', async () => {
    const { stdout } = await validate(`stack.json ${K8S} --format github`)
    expect(stdout).toMatch(/^::error file=stack\.json,line=1,endLine=1,col=13,endColumn=66,/)
    expect(stdout).toContain('(line 2, column 12 of the decoded text)')
  })

  it('of standard input have no file', async () => {
    const { stdout } = await validate(`- ${K8S} --format github`, { stdin: FAULTY })
    expect(stdout).toMatch(/^::error title=SETTINGS_WRONG_TYPE::/)
  })
})
