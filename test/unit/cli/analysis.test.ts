import { describe, expect, it } from 'vitest'
import type { Activity, Wait } from '../../../src/lib/activity-types.ts'
import { recordJson, type BootStepRecord } from '../../../src/lib/boot-record.ts'
import { PLAIN } from '../../../src/lib/diagnostics.ts'
import { PipelineError } from '../../../src/lib/errors.ts'
import { printJson } from '../../../src/lib/json.ts'
import { analyzeBoot } from '../../../src/cli/analysis.ts'
import type { PathItem } from '../../../src/cli/analysis-path.ts'
import { axisTicks, escapeHtml, renderPage } from '../../../src/cli/analysis-html.ts'
import { analysisJson, formatMs, pathName, renderAnalysis } from '../../../src/cli/analysis-text.ts'
import { readRecords, traceOf } from '../../../src/cli/boot-trace.ts'

const step = (name: string, startMs: number, endMs: number, more: Partial<BootStepRecord> = {}): BootStepRecord => ({
  name,
  startMs,
  endMs,
  outcome: 'ok',
  bootStartMs: 0,
  attempts: 1,
  waits: [],
  activities: [],
  ...more,
})
const part = (name: string, startMs: number, endMs: number, more: Partial<Activity> = {}): Activity => ({
  kind: 'generator',
  name,
  startMs,
  endMs,
  outcome: 'ok',
  attempts: 1,
  waits: [],
  ...more,
})
const wait = (startMs: number, ms: number, more: Partial<Wait> = {}): Wait => ({
  program: 'shibaken',
  target: 'metadata service, user-data',
  reason: 'status 503',
  startMs,
  ms,
  retry: true,
  ...more,
})
const analysisOf = (...steps: BootStepRecord[]): ReturnType<typeof analyzeBoot> => analyzeBoot(traceOf(steps))
const pathOf = (items: readonly PathItem[]): string[] =>
  items.map((item) => `${String(item.startMs)}-${String(item.endMs)} ${pathName(item)}`)

describe('records as a boot', () => {
  it('start at zero and are in the order of their start', () => {
    const { steps, totalMs } = traceOf([step('b', 200, 300, { waits: [wait(210, 5)] }), step('a', 100, 150)])
    expect(steps.map(({ name, startMs, endMs }) => [name, startMs, endMs])).toEqual([
      ['a', 0, 50],
      ['b', 100, 200],
    ])
    expect(steps[1]?.waits[0]?.startMs).toBe(110)
    expect(totalMs).toBe(200)
  })

  it('of several boots of a root are put on the clock of the machine', () => {
    const { steps } = traceOf([step('a', 0, 10, { bootStartMs: 5000 }), step('b', 5020.04, 5030)])
    expect(steps.map(({ name, startMs }) => [name, startMs])).toEqual([
      ['a', 0],
      ['b', 20],
    ])
  })

  it('of one run of a unit are one step', () => {
    const { steps } = traceOf([
      step('sundog', 50, 90, { invocation: 'x', activities: [part('g', 60, 80)] }),
      step('settings-committer', 20, 45, { invocation: 'x', waits: [wait(30, 3)] }),
      step('settings-committer', 100, 110, { invocation: 'y' }),
    ])
    expect(steps.map(({ name, startMs, endMs }) => [name, startMs, endMs])).toEqual([
      ['sundog', 0, 70],
      ['settings-committer', 80, 90],
    ])
    expect(steps[0]?.activities.map(({ kind, name }) => [kind, name])).toEqual([
      ['command', 'settings-committer'],
      ['generator', 'g'],
    ])
    expect(steps[0]?.waits).toHaveLength(1)
  })

  it('name the step that failed', () => {
    expect(traceOf([step('a', 0, 1), step('b', 1, 2, { outcome: 'failed' })]).failedStep).toBe('b')
    expect(traceOf([step('a', 0, 1)]).failedStep).toBeUndefined()
  })

  it('are read as they are written', () => {
    const record = step('sundog', 1.5, 2, { activities: [part('g', 1.5, 2, { waits: [wait(1.5, 2)], detail: 'd' })] })
    const text = printJson(recordJson(record))
    expect(readRecords([{ file: 'f', text }])).toEqual([record])
  })

  it('may be the steps of a report', () => {
    const text = JSON.stringify({
      schemaVersion: 1,
      files: [],
      steps: [{ name: 'sundog', startMs: 0, endMs: 5, outcome: 'ok' }],
    })
    expect(readRecords([{ file: 'f', text }])).toEqual([step('sundog', 0, 5)])
  })

  const valid = { schemaVersion: 1, name: 'a', startMs: 0, endMs: 1, outcome: 'ok' }
  it.each<[unknown, string]>([
    ['not JSON', 'is not JSON'],
    [[], 'is no object'],
    [{ ...valid, schemaVersion: 2 }, 'schemaVersion'],
    [{ name: 'a' }, 'schemaVersion'],
    [{ ...valid, name: '' }, '"name"'],
    [{ ...valid, startMs: 'x' }, '"startMs"'],
    [{ ...valid, endMs: -1 }, '"endMs"'],
    [{ ...valid, outcome: 'fine' }, '"outcome" of ok, failed, skipped'],
    [{ ...valid, waits: [{}] }, '"waits"'],
    [{ ...valid, waits: 5 }, '"waits"'],
    [{ ...valid, activities: [{ kind: 'x' }] }, '"activities"'],
    [{ ...valid, steps: [{}] }, '"name"'],
  ])('%j is refused', (value, reason) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const read = (): unknown =>
      readRecords([
        { file: 'good', text: JSON.stringify(valid) },
        { file: 'bad', text },
      ])
    expect(read).toThrow(PipelineError)
    try {
      read()
    } catch (error) {
      expect((error as PipelineError).code).toBe('BOOT_RECORD_INVALID')
      expect((error as PipelineError).diagnostics[0]?.message).toContain(`bad `)
      expect((error as PipelineError).diagnostics[0]?.message).toContain(reason)
    }
  })

  it('without any step are refused', () => {
    expect(() => readRecords([])).toThrow(/no step/)
  })
})

describe('the critical path', () => {
  it('goes from the start to the end without a gap, through what ended last', () => {
    const { criticalPath } = analysisOf(
      step('a', 0, 100),
      step('sundog', 110, 400, {
        activities: [part('slow', 130, 390), part('fast', 130, 200), part('commit', 110, 128)],
      }),
      step('beside', 100, 380),
    )
    expect(pathOf(criticalPath)).toEqual([
      '0-100 a',
      '100-110 between steps',
      '110-128 sundog › commit',
      '128-130 sundog itself',
      '130-390 sundog › slow',
      '390-400 sundog itself',
    ])
  })

  it('does not go through what was skipped', () => {
    expect(pathOf(analysisOf(step('a', 0, 10), step('b', 10, 10, { outcome: 'skipped' })).criticalPath)).toEqual([
      '0-10 a',
    ])
  })

  it('stays within a step whose parts ended after it', () => {
    const { criticalPath } = analysisOf(
      step('a', 0, 50, { activities: [part('left behind', 0, 90), part('p', 5, 40)] }),
    )
    expect(pathOf(criticalPath)).toEqual(['0-5 a itself', '5-40 a › p', '40-50 a itself'])
  })
})

describe('the longest parts and the waits', () => {
  const analysis = analysisOf(
    step('early-boot-config', 0, 4000, {
      waits: [wait(10, 250), wait(260, 250), wait(900, 3000, { target: 'API' })],
      activities: [
        part('40-ec2-imds', 5, 800, {
          kind: 'provider',
          waits: [wait(10, 250), wait(260, 250, { reason: 'status 500' })],
        }),
      ],
    }),
    step('sundog', 4000, 4100, { outcome: 'skipped', reason: 'a marker exists' }),
  )

  it('are ordered by their length, without what was skipped', () => {
    expect(analysis.blame.map(({ step: name, part: of }) => of ?? name)).toEqual(['early-boot-config', '40-ec2-imds'])
  })

  it('are added up per target, and those of parts are not counted again for their step', () => {
    expect(analysis.waits).toEqual([
      { step: 'early-boot-config', target: 'API', ms: 3000, count: 1, answer: 'status 503' },
      {
        step: 'early-boot-config',
        part: '40-ec2-imds',
        target: 'metadata service, user-data',
        ms: 500,
        count: 2,
        answer: 'status 500',
      },
    ])
  })

  it('are shown to people', () => {
    expect(renderAnalysis(analysis, PLAIN)).toBe(`Boot: 2 steps in 4.100 s, no step failed

Longest first
     4.000 s  early-boot-config
    795.0 ms  early-boot-config › 40-ec2-imds

Critical path
      0.0 ms +    5.0 ms  early-boot-config itself
      5.0 ms +  795.0 ms  early-boot-config › 40-ec2-imds
    800.0 ms +   3.200 s  early-boot-config itself
     4.000 s +  100.0 ms  between steps

Waited for
     3.000 s  API (once; last answer: status 503), in early-boot-config
    500.0 ms  metadata service, user-data (2 times; last answer: status 500), in early-boot-config › 40-ec2-imds
`)
  })

  it('are a report', () => {
    const report = JSON.parse(analysisJson(analysis)) as Record<string, unknown>
    expect(report).toMatchObject({ schemaVersion: 1, totalMs: 4100 })
    expect(Object.keys(report).sort()).toEqual(['blame', 'criticalPath', 'schemaVersion', 'steps', 'totalMs', 'waits'])
  })

  it('say why a step failed', () => {
    const failed = analysisOf(step('pluto', 0, 5, { outcome: 'failed', reason: 'no instance id' }))
    expect(renderAnalysis(failed, PLAIN)).toContain('one step in 5.0 ms, pluto failed\npluto: no instance id\n')
    expect(JSON.parse(analysisJson(failed))).toMatchObject({ failedStep: 'pluto' })
    expect(renderPage(failed, 'x')).toContain('<ul class="failure"><li><b>pluto</b>: no instance id</li></ul>')
  })
})

describe('the page', () => {
  const evil = `"><script>alert('x')</script>&\u0000`
  const page = renderPage(
    analysisOf(
      step(evil, 0, 10, {
        outcome: 'failed',
        reason: evil,
        activities: [
          part(evil, 1, 9, { detail: evil, outcome: 'none', waits: [wait(2, 3, { target: evil, reason: evil })] }),
        ],
      }),
    ),
    evil,
  )

  it('escapes whatever a record holds', () => {
    expect(page).not.toContain('<script')
    expect(page).not.toContain("alert('x')")
    expect(page).not.toContain('\u0000')
    expect(page.match(/&quot;&gt;&lt;script&gt;/g)?.length).toBeGreaterThan(8)
    expect(escapeHtml('<a href="b">\'&\u0007\t')).toBe('&lt;a href=&quot;b&quot;&gt;&#39;&amp;\uFFFD\t')
  })

  it('needs nothing but itself', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
    expect(page).not.toMatch(/[\s"'](?:src|href)=|url\(|@import|https?:/)
  })

  it('balances its elements', () => {
    const open: string[] = []
    for (const [, closing, name = '', rest] of page.matchAll(/<(\/?)([a-z0-9]+)((?:"[^"]*"|[^">])*)>/g)) {
      if (name === 'meta' || rest?.endsWith('/')) continue
      if (closing === '') open.push(name)
      else expect(open.pop()).toBe(name)
    }
    expect(open).toEqual([])
  })

  it('has both schemes of colour', () => {
    expect(page).toContain('prefers-color-scheme: dark')
    expect(page).toContain('<meta name="color-scheme" content="light dark">')
  })

  it.each([
    [100, [0, 20, 40, 60, 80, 100]],
    [5819, [0, 1000, 2000, 3000, 4000, 5000]],
    [0, [0]],
  ])('has round numbers on an axis of %d ms', (total, ticks) => {
    expect(axisTicks(total)).toEqual(ticks)
  })
})

it.each([
  [0, '0.0 ms'],
  [999.94, '999.9 ms'],
  [1000, '1.000 s'],
  [9999, '9.999 s'],
  [12_345, '12.35 s'],
])('%d ms is %s', (ms, text) => {
  expect(formatMs(ms)).toBe(text)
})
