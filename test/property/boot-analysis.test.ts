import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { Activity } from '../../src/lib/activity-types.ts'
import { recordJson, type BootStepRecord } from '../../src/lib/boot-record.ts'
import { PLAIN } from '../../src/lib/diagnostics.ts'
import { PipelineError } from '../../src/lib/errors.ts'
import { printJson } from '../../src/lib/json.ts'
import { analyzeBoot } from '../../src/cli/analysis.ts'
import { renderPage } from '../../src/cli/analysis-html.ts'
import { renderAnalysis } from '../../src/cli/analysis-text.ts'
import { readRecords, traceOf } from '../../src/cli/boot-trace.ts'

const text = fc.string({ unit: 'binary', maxLength: 12 })
const ms = fc.integer({ min: 0, max: 50_000 }).map((tenths) => tenths / 10)
const times = fc.tuple(ms, ms).map(([a, b]) => ({ startMs: Math.min(a, b), endMs: Math.max(a, b) }))
const wait = fc.record({ program: text, target: text, reason: text, startMs: ms, ms, retry: fc.boolean() })
const part: fc.Arbitrary<Activity> = fc
  .tuple(
    times,
    fc.record({
      kind: fc.constantFrom('provider', 'generator', 'command'),
      name: text,
      outcome: fc.constantFrom('ok', 'none', 'failed', 'unfinished'),
      attempts: fc.nat(9),
      waits: fc.array(wait, { maxLength: 3 }),
    }),
  )
  .map(([at, rest]) => ({ ...at, ...rest }))
const step: fc.Arbitrary<BootStepRecord> = fc
  .tuple(
    times,
    fc.record({
      name: fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
      outcome: fc.constantFrom('ok', 'failed', 'skipped'),
      bootStartMs: fc.constantFrom(0, 100),
      attempts: fc.nat(9),
      waits: fc.array(wait, { maxLength: 3 }),
      activities: fc.array(part, { maxLength: 5 }),
    }),
    fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
  )
  .map(([at, rest, invocation]) => ({ ...at, ...rest, ...(invocation === undefined ? {} : { invocation }) }))

/** What the analysis takes for the clock's grain, in milliseconds: between steps and between their parts, and rounding. */
const GRAIN = 0.5 + 0.5 + 1e-6

describe('any boot', () => {
  // a boot has one record of each step
  const boot = fc.uniqueArray(step, { minLength: 1, maxLength: 8, selector: ({ name }) => name })

  test.prop([boot])('has a critical path without gap or overlap', (steps) => {
    const trace = traceOf(steps)
    const { criticalPath } = analyzeBoot(trace)
    let at = 0
    for (const item of criticalPath) {
      // gaps of less than the clock's grain are left out
      expect(Math.abs(item.startMs - at)).toBeLessThanOrEqual(GRAIN)
      expect(item.endMs).toBeGreaterThanOrEqual(item.startMs)
      at = item.endMs
    }
    expect(Math.abs(at - trace.totalMs)).toBeLessThanOrEqual(GRAIN)
  })

  test.prop([fc.array(step, { minLength: 1, maxLength: 5 })])('is read as written, and can be shown', (steps) => {
    const files = steps.map((record, i) => ({ file: String(i), text: printJson(recordJson(record)) }))
    expect(readRecords(files)).toEqual(steps)
    const analysis = analyzeBoot(traceOf(steps))
    expect(renderAnalysis(analysis, PLAIN)).toContain('Critical path')
    const page = renderPage(analysis, 'x')
    const tags = new Set([...page.matchAll(/<\/?([^\s>/]+)/g)].map(([, name]) => name))
    const known = '!doctype html head meta title style body header h1 p main table caption thead tbody tr th td i u b'
    expect([...tags].filter((tag) => !`${known} small div section ul li`.split(' ').includes(tag ?? ''))).toEqual([])
  })
})

test.prop([fc.oneof(text, fc.json())])('any text is read, or refused with a reason', (content) => {
  try {
    readRecords([{ file: 'f', text: content }])
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineError)
    expect((error as PipelineError).code).toBe('BOOT_RECORD_INVALID')
  }
})
