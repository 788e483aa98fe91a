import { describe, expect, it } from 'vitest'
import { bottlerocket } from '../../../src/cli/program.ts'
import { FILE_VARIANT_OPTION, VariantChoice } from '../../../src/cli/variant-choice.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { parseArgs, type ArgsSpec } from '../../../src/lib/args.ts'
import { PipelineError } from '../../../src/lib/errors.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'

const SPEC: ArgsSpec = { usage: 'usage', options: [FILE_VARIANT_OPTION] }
const choice = (...typed: readonly string[]): VariantChoice =>
  VariantChoice.of(
    SPEC,
    parseArgs(
      SPEC,
      typed.flatMap((each) => ['--variant', each]),
    ),
  )
const place = (file: string) => ({ file, line: 1, column: 25, endLine: 1, endColumn: 30 })
const comment = (...names: readonly string[]) => names.map((name) => ({ name, at: place('f') }))
const names = ({ variants }: ReturnType<VariantChoice['for']>): string[] => variants.map(({ name }) => name)

describe('the choice', () => {
  it('is first what is typed for all, then the comment, then what is typed for the file', () => {
    const subject = { file: 'ecs/a.toml', variants: comment('aws-k8s-1.30') }
    expect(names(choice('aws-ecs-2', '*.toml=aws-ecs-1').for(subject))).toEqual(['aws-ecs-2'])
    expect(names(choice('*.toml=aws-ecs-1').for(subject))).toEqual(['aws-k8s-1.30'])
    expect(names(choice('*.toml=aws-ecs-1').for({ file: 'ecs/a.toml' }))).toEqual(['aws-ecs-1'])
    expect(choice().for({ file: 'a.toml' })).toMatchObject({ variants: [], problems: [{ code: 'VARIANT_MISSING' }] })
  })

  it.each([
    ['a.toml', true],
    ['*.toml', true],
    ['b/a.toml', true],
    ['./ecs/b/a.toml', true],
    ['ecs/**', true],
    ['ecs/{b,c}/*.toml', true],
    ['ecs', false],
    ['*.json', false],
    ['/ecs/**', false],
  ])('of a file is by its path or its name: %s', (pattern, matches) => {
    expect(names(choice(`${pattern}=aws-ecs-2`).for({ file: './ecs/b/a.toml' }))).toEqual(matches ? ['aws-ecs-2'] : [])
  })

  it('is the last one of several that match, and may be a pattern', () => {
    const typed = choice('*=aws-ecs-2', 'k8s/**=aws-k8s-1.3[01]', 'a=b.toml=aws-dev')
    expect(names(typed.for({ file: 'k8s/x' }))).toEqual(['aws-k8s-1.30', 'aws-k8s-1.31'])
    expect(names(typed.for({ file: 'x' }))).toEqual(['aws-ecs-2'])
    expect(names(typed.for({ file: 'a=b.toml' }))).toEqual(['aws-dev'])
  })

  it('tells what a comment names wrongly, beside what it names rightly', () => {
    const { variants, problems } = choice().for({
      file: 'f',
      variants: comment('aws-k8s-1.03', 'aws-ecs-?', 'x-*', ''),
    })
    expect(variants.map(({ name }) => name)).toEqual(['aws-ecs-1', 'aws-ecs-2'])
    expect(problems.map(({ code, hint = '', at }) => [code, hint.slice(0, 13), at])).toEqual([
      ['VARIANT_UNKNOWN', 'did you mean ', place('f')],
      ['VARIANT_UNKNOWN', 'known variant', place('f')],
      ['VARIANT_UNKNOWN', 'write # bottl', place('f')],
    ])
  })

  it('refuses what it cannot read', () => {
    const codeOf = (typed: string): string => {
      try {
        choice(typed)
        return 'none'
      } catch (error) {
        return error instanceof PipelineError ? `${error.code} ${String(error.exit)}` : String(error)
      }
    }
    expect(codeOf('=aws-ecs-2')).toBe('USAGE 2')
    expect(codeOf('*.toml=')).toBe('USAGE 2')
    expect(codeOf('')).toBe('USAGE 2')
    expect(codeOf('*.toml=aws-ecs-9')).toBe('VARIANT_UNKNOWN 1')
  })

  it('of one variant fails where there are more or none', () => {
    const codeOf = (typed: readonly string[], ...named: readonly string[]): string => {
      try {
        return choice(...typed).one({ file: 'f', variants: comment(...named) }).name
      } catch (error) {
        return error instanceof PipelineError ? `${error.code} ${String(error.exit)}` : String(error)
      }
    }
    expect(codeOf([])).toBe('VARIANT_MISSING 2')
    expect(codeOf([], 'aws-ecs-2')).toBe('aws-ecs-2')
    expect(codeOf([], 'aws-ecs-*')).toBe('VARIANT_AMBIGUOUS 2')
    expect(codeOf([], 'aws-ecs-3')).toBe('VARIANT_UNKNOWN 1')
    expect(codeOf(['aws-ecs-1', 'aws-dev'], 'aws-ecs-2')).toBe('aws-dev')
    expect(codeOf(['aws-ecs-*'])).toBe('VARIANT_AMBIGUOUS 2')
  })
})

const FILES: Readonly<Record<string, string>> = {
  '/w/k8s.toml': '# bottlerocket: variant=aws-k8s-1.30\n[settings.kubernetes]\nmax-pods = 10\n',
  '/w/ecs.toml': '# bottlerocket: variant=aws-ecs-?\n[settings.kubernetes]\nmax-pods = 10\n',
  '/w/typo.toml': '# bottlerocket: variant=aws-k8s-1.3O\n[settings.kubernetes]\nmax-pods = 10\n',
  '/w/none.toml': '[settings.kubernetes]\nmax-pods = 10\n',
  '/w/broken.yaml': 'x: [\n',
  '/w/stack.json': JSON.stringify({
    UserData: Buffer.from('[settings.kubernetes]\nmax-pods = 10\n').toString('base64'),
  }),
  '/w/net.toml': '# bottlerocket: variant=aws-k8s-1.30\nversion = 3\n[eth0]\ndhcp4 = true\n',
  '/w/bad-net.toml': '# bottlerocket: variant=nothing\nversion = 3\n[eth0]\ndhcp4 = true\n',
}

function run(words: string): Promise<ProgramRun> {
  const fs = new MemoryFs()
  fs.makeDirectory('/w')
  for (const [file, content] of Object.entries(FILES)) fs.writeFile(file, content)
  return runToEnd(bottlerocket, words.split(' '), testHost({ fs }), { cwd: '/w' })
}

describe('validate', () => {
  it('takes the variants of the comments', async () => {
    const { code, stdout } = await run('validate k8s.toml ecs.toml')
    expect(code).toBe(1)
    expect(stdout).toContain('ecs.toml:2:11: error[SETTINGS_UNKNOWN_GROUP]')
    expect(stdout).not.toContain('k8s.toml:')
    expect(stdout).toContain('2 documents, 1 error, 0 warnings (aws-k8s-1.30, aws-ecs-1, aws-ecs-2)\n')
  })

  it('names a wrong name in a comment with its place', async () => {
    const { code, stdout } = await run('validate typo.toml')
    expect(code).toBe(1)
    expect(stdout).toContain(
      [
        'typo.toml:1:25: error[VARIANT_UNKNOWN] release 1.24.1 has no variant "aws-k8s-1.3O"',
        '    # bottlerocket: variant=aws-k8s-1.3O',
        '                            ^^^^^^^^^^^^',
        '    hint: did you mean "aws-k8s-1.30"?',
        '1 document, 1 error, 0 warnings (unknown variant)',
      ].join('\n'),
    )
  })

  it('has a finding for a file of which no variant is known, beside others', async () => {
    const { code, stdout } = await run('validate k8s.toml none.toml stack.json broken.yaml')
    expect(code).toBe(1)
    expect(stdout).toContain('none.toml:1:1: error[VARIANT_MISSING] nothing says which variant this is for')
    expect(stdout).toContain('or give --variant NAME or --variant "none.toml=NAME"')
    expect(stdout).toContain('stack.json#/UserData:1:1: error[VARIANT_MISSING]')
    expect(stdout).toContain('broken.yaml:2:1: error[USERDATA_OUTER_SYNTAX]')
    expect((await run('validate k8s.toml none.toml --variant none.*=aws-k8s-1.30')).code).toBe(0)
  })

  it('is badly used where nothing is known of any file', async () => {
    const { code, stdout, stderr } = await run('validate none.toml stack.json --format json')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('error[VARIANT_MISSING] a variant is needed\nnone.toml:1:1: error[VARIANT_MISSING]')
    expect(stderr).toContain('stack.json#/UserData:1:1: error[VARIANT_MISSING]')
  })

  it('takes the comments of network configurations, too', async () => {
    expect((await run('validate --net net.toml')).stdout).toContain('0 errors, 0 warnings (aws-k8s-1.30)')
    const { code, stdout } = await run('validate --net bad-net.toml')
    expect(code).toBe(1)
    expect(stdout).toContain('bad-net.toml:1:25: error[VARIANT_UNKNOWN]')
  })
})

describe('render', () => {
  it('takes the variant of the comment', async () => {
    expect(await run('render --user-data k8s.toml')).toMatchObject({ code: 0 })
    const typo = await run('render --user-data typo.toml')
    expect(typo.code).toBe(1)
    expect(typo.stderr).toContain('typo.toml:1:25: error[VARIANT_UNKNOWN]')
    expect(await run('render --user-data none.toml')).toMatchObject({ code: 2 })
    expect((await run('render --user-data ecs.toml')).stderr).toContain('this is for several variants: aws-ecs-1')
    expect(await run('render --user-data none.toml --variant *.toml=aws-k8s-1.30')).toMatchObject({ code: 0 })
  })
})
