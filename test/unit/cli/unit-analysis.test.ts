import { describe, expect, it } from 'vitest'
import { analyzeBoot, type Analysis } from '../../../src/cli/analysis.ts'
import { renderPage } from '../../../src/cli/analysis-html.ts'
import { analysisJson, headline, pathName, renderAnalysis } from '../../../src/cli/analysis-text.ts'
import { traceOf } from '../../../src/cli/boot-trace.ts'
import { parseUnits } from '../../../src/cli/systemd-units.ts'
import { managerStart } from '../../../src/cli/unit-analysis.ts'
import type { BootStepRecord } from '../../../src/lib/boot-record.ts'
import { PLAIN } from '../../../src/lib/diagnostics.ts'

const BOOT_US = 5_000_000

/** A unit as `systemctl show` prints it, with times in milliseconds since the start of the manager. */
function shown(name: string, times: readonly [tried: number, start: number, up: number], more: object = {}): string {
  const [tried, start, up] = times.map((ms) => (ms < 0 ? 0 : BOOT_US + ms * 1000))
  const properties = {
    Result: 'success',
    Id: name,
    LoadState: 'loaded',
    ActiveState: 'active',
    InactiveExitTimestampMonotonic: start,
    ActiveEnterTimestampMonotonic: up,
    InactiveEnterTimestampMonotonic: 0,
    ConditionResult: 'yes',
    ConditionTimestampMonotonic: tried,
    InvocationID: `id-of-${name}`,
    ...more,
  }
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join('\n')
}

const at = (ms: number): number => BOOT_US + ms * 1000
const record = (
  name: string,
  [startMs, loadedMs, endMs]: readonly [number, number, number],
  more: Partial<BootStepRecord> = {},
): BootStepRecord => ({
  name,
  startMs: 5000 + startMs,
  loadedMs: 5000 + loadedMs,
  endMs: 5000 + endMs,
  outcome: 'ok',
  bootStartMs: 0,
  invocation: `id-of-${name}.service`,
  attempts: 1,
  waits: [],
  activities: [],
  ...more,
})

const UNITS = [
  shown('-.slice', [0, 0, 0]),
  shown('basic.target', [50, 50, 50], { After: '-.slice' }),
  shown('storewolf.service', [52, 53, 200], { After: 'basic.target', ExecMainStartTimestampMonotonic: at(53) }),
  shown('network-online.target', [120, 120, 120], { After: 'basic.target' }),
  shown('sundog.service', [205, 206, 500], {
    After: 'network-online.target storewolf.service',
    Requires: 'storewolf.service',
    ExecMainStartTimestampMonotonic: at(300),
  }),
  shown('preconfigured.target', [500, 500, 500], { After: 'basic.target sundog.service' }),
  shown('activate-configured.service', [501, 502, 540], { After: 'preconfigured.target' }),
  // the condition did not hold
  shown('cfsignal.service', [501, -1, -1], { ActiveState: 'inactive', ConditionResult: 'no' }),
  shown('chronyd.service', [535, 536, 560], { After: 'preconfigured.target' }),
  shown('multi-user.target', [561, 561, 561], { After: 'preconfigured.target chronyd.service' }),
  shown('gone.service', [1, 1, 1], { LoadState: 'not-found' }),
].join('\n\n')

const RECORDS = [
  record('storewolf', [55, 150, 195]),
  record('settings-committer', [210, 280, 290], { invocation: 'id-of-sundog.service' }),
  record('sundog', [302, 400, 495], {
    activities: [
      { kind: 'generator', name: 'settings.a', startMs: 5410, endMs: 5480, outcome: 'ok', attempts: 1, waits: [] },
    ],
  }),
]

function analysisOf(text: string, records: readonly BootStepRecord[]): Analysis {
  const units = parseUnits(text)
  return analyzeBoot(traceOf(records, managerStart(units)), units)
}
const pathOf = ({ criticalPath }: Analysis): string[] =>
  criticalPath.map((item) => `${String(item.startMs)}-${String(item.endMs)} ${pathName(item)}`)

describe('the output of systemctl show', () => {
  it('is read a unit at a time, in milliseconds', () => {
    const units = parseUnits(UNITS)
    expect(units).toHaveLength(10)
    expect(units.find(({ name }) => name === 'sundog.service')).toEqual({
      name: 'sundog.service',
      activeState: 'active',
      result: 'success',
      isWanted: true,
      triedMs: 5205,
      startMs: 5206,
      upMs: 5500,
      processMs: 5300,
      invocation: 'id-of-sundog.service',
      after: ['network-online.target', 'storewolf.service'],
      needs: ['storewolf.service'],
    })
  })

  it('may have other lines, other line ends and more than one empty line', () => {
    expect(
      parseUnits(`\r\n\r\nDescription\r\n${shown('a.service', [1, 1, 2]).replaceAll('\n', '\r\n')}\r\n\r\n\r\n`),
    ).toEqual([expect.objectContaining({ name: 'a.service', startMs: 5001 })])
  })

  it.each([
    [
      'a oneshot that does not stay',
      { ActiveEnterTimestampMonotonic: 0, InactiveEnterTimestampMonotonic: at(9) },
      5009,
    ],
    [
      'a unit that was up before',
      { ActiveEnterTimestampMonotonic: at(1), InactiveEnterTimestampMonotonic: at(2) },
      undefined,
    ],
    ['a unit that has failed', { ActiveEnterTimestampMonotonic: 0, InactiveEnterTimestampMonotonic: at(7) }, 5007],
  ])('tells when %s was up', (_what, times, upMs) => {
    expect(parseUnits(shown('a.service', [3, 3, 3], times))[0]?.upMs).toBe(upMs)
  })
})

describe('units with the records of their programs', () => {
  it('have phases without a gap', () => {
    const { units = [] } = analysisOf(UNITS, RECORDS).manager ?? {}
    expect(units.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      '-.slice ok',
      'basic.target ok',
      'storewolf.service ok',
      'network-online.target ok',
      'sundog.service ok',
      'preconfigured.target ok',
      'cfsignal.service skipped',
      'activate-configured.service ok',
      'chronyd.service ok',
      'multi-user.target ok',
    ])
    const sundog = units.find(({ name }) => name === 'sundog.service')
    expect(sundog?.phases.map(({ kind, program, startMs, endMs }) => [kind, program, startMs, endMs])).toEqual([
      ['process start', 'settings-committer', 206, 280],
      ['program', 'settings-committer', 280, 290],
      ['manager', undefined, 290, 300],
      ['process start', 'sundog', 300, 400],
      ['program', 'sundog', 400, 495],
      ['manager', undefined, 495, 500],
    ])
    expect(sundog).toMatchObject({ heldMs: 6, processStartMs: 174, programMs: 105, managerMs: 15 })
    expect(analysisOf(UNITS, RECORDS).manager?.processStartMs).toBe(174 + 97)
  })

  it('begin with the boot, even if it is a moment until the first one', () => {
    const moment = UNITS.replaceAll(`=${String(at(50))}`, `=${String(at(0.3))}`)
    expect(pathOf(analysisOf(moment, RECORDS)).slice(0, 2)).toEqual([
      '0-0.3 basic.target › service manager',
      '0.3-53 storewolf.service › service manager',
    ])
  })

  it('lead to the last target through what each was ordered after, and through the switch that started it', () => {
    expect(pathOf(analysisOf(UNITS, RECORDS))).toEqual([
      '0-50 basic.target › service manager',
      '50-53 storewolf.service › service manager',
      '53-150 storewolf.service › process start',
      '150-195 storewolf.service › itself',
      '195-200 storewolf.service › service manager',
      '200-206 sundog.service › service manager',
      '206-280 sundog.service › process start of settings-committer',
      '280-290 sundog.service › settings-committer',
      '290-300 sundog.service › service manager',
      '300-400 sundog.service › process start',
      '400-410 sundog.service › itself',
      '410-480 sundog.service › settings.a',
      '480-495 sundog.service › itself',
      '495-500 sundog.service › service manager',
      '500-502 activate-configured.service › service manager',
      '502-536 activate-configured.service',
      '536-560 chronyd.service',
      '560-561 multi-user.target › service manager',
    ])
  })

  it('are not led to by what ended in time but was not waited for', () => {
    const beside = shown('beside.service', [100, 100, 204], { After: 'basic.target' })
    expect(pathOf(analysisOf(`${UNITS}\n\n${beside}`, RECORDS)).join()).not.toContain('beside')
  })

  it('stop at a failed step, and the units that need it are named', () => {
    const off = { ActiveState: 'inactive' }
    const text = [
      shown('-.slice', [0, 0, 0]),
      shown('sundog.service', [10, 11, -1], {
        ...{ ActiveState: 'failed', Result: 'exit-code', InactiveEnterTimestampMonotonic: at(90) },
        ...{ After: '-.slice', ExecMainStartTimestampMonotonic: at(11) },
      }),
      shown('pluto.service', [-1, -1, -1], { ...off, Requires: 'sundog.service' }),
      shown('settings-applier.service', [-1, -1, -1], { ...off, BindsTo: 'pluto.service' }),
      shown('beside.service', [-1, -1, -1], off),
      shown('early.service', [5, 6, 7], { Requires: 'sundog.service' }),
    ].join('\n\n')
    const analysis = analysisOf(text, [record('sundog', [12, 60, 85], { outcome: 'failed', reason: 'no address' })])
    expect(analysis.manager?.blocked).toEqual([
      { name: 'pluto.service', needs: 'sundog.service' },
      { name: 'settings-applier.service', needs: 'sundog.service' },
    ])
    expect(analysis.manager?.reached).toBeUndefined()
    expect(pathOf(analysis).at(-1)).toBe('85-90 sundog.service › service manager')
    expect(renderAnalysis(analysis, PLAIN)).toMatch(
      /^not started without sundog\.service: pluto\.service, settings-applier\.service$/m,
    )
    expect(renderPage(analysis, 'x')).toContain('not started without sundog.service')
  })

  it('need no record and no invocation', () => {
    const units = parseUnits(shown('sundog.service', [10, 11, 90], { InvocationID: '' }))
    const { name, startMs, endMs, outcome, bootStartMs, attempts, waits, activities } = record('sundog', [30, 0, 60])
    const old: BootStepRecord = { name, startMs, endMs, outcome, bootStartMs, attempts, waits, activities }
    const { manager } = analyzeBoot(traceOf([old], 5000), units)
    expect(manager?.units[0]?.phases.map(({ kind, startMs, endMs }) => [kind, startMs, endMs])).toEqual([
      ['process start', 11, 30],
      ['program', 30, 60],
      ['manager', 60, 90],
    ])
    expect(analyzeBoot(traceOf([old], 5000), []).manager?.units).toEqual([])
  })
})

describe('an analysis with units', () => {
  const analysis = analysisOf(UNITS, RECORDS)

  it('says which target was reached when', () => {
    expect(headline(analysis)).toBe('2 steps in 440.0 ms, no step failed; multi-user.target after 561.0 ms')
  })

  it('has a table of the units', () => {
    const text = renderAnalysis(analysis, PLAIN)
    expect(text).toMatch(/^Units, with 271\.0 ms of process starts$/m)
    expect(text).toMatch(
      /^ {7}206\.0 ms {8}6\.0 ms {6}174\.0 ms {6}105\.0 ms {7}15\.0 ms {6}294\.0 ms {2}sundog\.service$/m,
    )
  })

  it('is in the report, and is not where systemd was not asked', () => {
    expect(JSON.parse(analysisJson(analysis))).toMatchObject({
      schemaVersion: 1,
      processStartMs: 271,
      reached: { target: 'multi-user.target', ms: 561 },
      units: expect.arrayContaining([
        expect.objectContaining({ name: 'sundog.service', processStartMs: 174 }),
      ]) as unknown,
    })
    const alone = JSON.parse(analysisJson(analyzeBoot(traceOf(RECORDS)))) as object
    expect(Object.keys(alone).sort()).toEqual([
      ...['blame', 'criticalPath', 'schemaVersion', 'steps', 'totalMs', 'waits'],
    ])
  })

  it('is on the page, with a bar for each phase', () => {
    const page = renderPage(analysis, 'x')
    expect(page).toContain('Units, since the start of the service manager')
    expect(page).toContain('process start of settings-committer: 74.0 ms')
    expect(page).toContain('<caption>Starts of units</caption>')
    // nothing short without a record
    expect(page).not.toContain('<b>network-online.target</b>')
    expect(renderPage(analyzeBoot(traceOf(RECORDS)), 'x')).not.toContain('service manager</caption>')
  })
})
