/** What `bottlerocket check` tells machines: the report, SARIF, annotations, progress. */
import { describe, expect, it } from 'vitest'
import { progressLine } from '../../../../src/cli/check/progress.ts'
import type { Clock, ProgramIo } from '../../../../src/lib/ports.ts'
import { runCheck, treeOf } from '../../../support/check-run.ts'

const FAULTY = '[settings.kubernetes]\nmax-pods = "10"\nmax-pods = 11\n'
const REPOSITORY = {
  '/w/a b/u#1.toml': FAULTY,
  '/w/good.toml': '[settings.kubernetes]\nmax-pods = 10\n',
  '/w/template.json': JSON.stringify({ UserData: Buffer.from('registry-qps = 0\n[settings]\n').toString('base64') }),
}
const K8S = ['--variant', 'aws-k8s-1.30']

describe('--format json', () => {
  it('is the report of validate with totals', async () => {
    const { stdout } = await runCheck(treeOf(REPOSITORY), [...K8S, '--format', 'json'])
    const report = JSON.parse(stdout) as {
      schemaVersion: number
      files: unknown[]
      skipped: unknown[]
      totals: unknown
    }
    expect(report.schemaVersion).toBe(1)
    expect(report.files).toHaveLength(3)
    expect(report.files[1]).toEqual({ file: 'good.toml', variant: 'aws-k8s-1.30', accepted: true, diagnostics: [] })
    expect(report.totals).toEqual({ files: 3, documents: 3, accepted: 2, errors: 2, warnings: 1, skipped: 0 })
  })
})

interface Location {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }
    readonly region: Readonly<Record<string, number>>
  }
  readonly message?: { readonly text: string }
}

interface SarifLog {
  readonly $schema: string
  readonly version: string
  readonly runs: readonly {
    readonly columnKind: string
    readonly tool: {
      readonly driver: {
        readonly name: string
        readonly version: string
        readonly rules: readonly { readonly id: string; readonly shortDescription: { readonly text: string } }[]
      }
    }
    readonly results: readonly {
      readonly ruleId: string
      readonly ruleIndex: number
      readonly level: string
      readonly message: { readonly text: string }
      readonly locations: readonly Location[]
      readonly relatedLocations?: readonly Location[]
    }[]
  }[]
}

describe('--format sarif', () => {
  const log = async (env: ProgramIo['env'] = {}, words: readonly string[] = []): Promise<SarifLog> => {
    const argv = [...words, ...K8S, '--format', 'sarif']
    return JSON.parse((await runCheck(treeOf(REPOSITORY), argv, { env })).stdout) as SarifLog
  }

  it('has a rule for each code, and results that point to it', async () => {
    const { version, $schema, runs } = await log()
    expect(version).toBe('2.1.0')
    expect($schema).toMatch(/sarif-schema-2\.1\.0\.json$/)
    expect(runs).toHaveLength(1)
    const [{ tool, results, columnKind } = { tool: undefined, results: [], columnKind: '' }] = runs
    expect(columnKind).toBe('unicodeCodePoints')
    const rules = tool?.driver.rules ?? []
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
    expect(results).toHaveLength(3)
    for (const { ruleId, ruleIndex, level, message } of results) {
      expect(rules[ruleIndex]?.id).toBe(ruleId)
      expect(rules[ruleIndex]?.shortDescription.text).not.toBe('')
      expect(['error', 'warning']).toContain(level)
      expect(message.text).not.toBe('')
    }
  })

  it('names files by address, and places as the file has them', async () => {
    const results = (await log()).runs[0]?.results ?? []
    expect(results.map(({ locations: [location] }) => location?.physicalLocation)).toEqual([
      {
        artifactLocation: { uri: 'a%20b/u%231.toml', uriBaseId: '%SRCROOT%' },
        region: { startLine: 2, startColumn: 12, endLine: 2, endColumn: 16 },
      },
      {
        artifactLocation: { uri: 'a%20b/u%231.toml', uriBaseId: '%SRCROOT%' },
        region: { startLine: 3, startColumn: 1, endLine: 3, endColumn: 9 },
      },
      {
        artifactLocation: { uri: 'template.json', uriBaseId: '%SRCROOT%' },
        region: { startLine: 1, startColumn: 13, endLine: 1, endColumn: 55 },
      },
    ])
    expect(results[1]?.relatedLocations?.[0]?.physicalLocation.region['startLine']).toBe(2)
    expect(results[2]?.message.text).toContain('(line 1, column 1 of the decoded text)')
  })

  it('names files from the checkout on, and others by their whole address', async () => {
    const uris = async (env: ProgramIo['env'], words: readonly string[] = []): Promise<unknown[]> => [
      ...new Set(
        (await log(env, words)).runs[0]?.results.map(
          ({ locations: [location] }) => location?.physicalLocation.artifactLocation.uri,
        ),
      ),
    ]
    expect(await uris({ GITHUB_WORKSPACE: '/' })).toEqual(['w/a%20b/u%231.toml', 'w/template.json'])
    expect(await uris({}, ['/w/template.json'])).toEqual(['file:///w/template.json'])
  })
})

describe('--format github', () => {
  it('annotates lines, and sums up on standard error', async () => {
    const { stdout, stderr } = await runCheck(treeOf(REPOSITORY), [...K8S, '--format', 'github'])
    expect(stdout).toContain(
      '::error file=a b/u#1.toml,line=2,endLine=2,col=12,endColumn=15,title=SETTINGS_WRONG_TYPE::',
    )
    expect(stderr).toBe('3 documents, 2 errors, 1 warning (aws-k8s-1.30)\n')
  })
})

describe('progress', () => {
  const show = (isTerminal: boolean, steps: readonly (readonly [ms: number, done: number])[]): string => {
    let now = 0
    let text = ''
    const io = { stderr: { write: (more: string) => (text += more) }, env: {} } as unknown as ProgramIo
    const clock = { monotonic: () => now } as Clock
    const line = progressLine(io, clock, 200, isTerminal)
    for (const [ms, done] of steps) {
      now = ms
      line.show(done)
    }
    line.clear()
    return text
  }

  it('is one line that is written over and taken away', () => {
    expect(
      show(true, [
        [100, 10],
        [310, 50],
        [350, 60],
        [420, 100],
      ]),
    ).toBe(
      '\r\u001b[K[######..................] 50/200 files\r\u001b[K[############............] 100/200 files\r\u001b[K',
    )
  })

  it('is nothing for a run that is soon over, or without a terminal', () => {
    expect(
      show(true, [
        [100, 10],
        [250, 200],
      ]),
    ).toBe('')
    expect(show(false, [[400, 10]])).toBe('')
  })
})
