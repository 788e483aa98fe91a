/** A whole boot on a clock of its own, against a metadata service that fails in one way or another for good. */
import { beforeAll, describe, expect, it } from 'vitest'
import { PROGRAMS } from '../../../src/cli/programs.ts'
import { Pile } from '../../../src/cli/report.ts'
import { runBoot, type BootResult, type ProgramFailure } from '../../../src/cli/run-boot.ts'
import { ConfinedRunner } from '../../../src/host/confined-runner.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { overlayImage } from '../../../src/host/overlay-fs.ts'
import { parseFault } from '../../../src/imds-server/faults.ts'
import { createMetadataHandler, httpOverHandler } from '../../../src/imds-server/handler.ts'
import type { BootStepRecord } from '../../../src/lib/boot-record.ts'
import { PATHS } from '../../../src/lib/paths.ts'
import type { Host } from '../../../src/lib/ports.ts'
import { imageTree } from '../../../src/variants/image.ts'
import { findVariant } from '../../../src/variants/variant.ts'
import { scriptedRunner, testHost } from '../../support/test-host.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const VARIANT = findVariant('aws-ecs-2')

// the clock passes while modules are loaded, so they have to be there
beforeAll(async () => {
  for (const load of PROGRAMS.values()) await load()
}, 60_000)

interface Booted {
  readonly result: BootResult
  readonly host: Host
  readonly ms: number
  /** What was told, with the time. */
  readonly told: readonly [number, string][]
  readonly record: (step: string) => BootStepRecord
}

async function boot(...faults: string[]): Promise<Booted> {
  const clock = virtualClock()
  const told: [number, string][] = []
  const handler = createMetadataHandler({}, { clock, faults: faults.map(parseFault) })
  const failures = new Pile<ProgramFailure>()
  const fs = overlayImage(new MemoryFs(), imageTree(VARIANT))
  const { signal } = new AbortController()
  const runner = new ConfinedRunner({
    programs: PROGRAMS,
    spawner: scriptedRunner(),
    env: {},
    signal,
    host: () => host,
    onFailure: (program, error) => {
      failures.push({ program, error })
    },
  })
  const host: Host = testHost({
    fs,
    clock,
    runner,
    http: httpOverHandler(handler, clock),
    events: {
      emit: (event) => {
        if (event.kind === 'notice') told.push([clock.now(), event.text])
      },
    },
  })
  const result = await runBoot({ host, variant: VARIANT, currentIp: '10.0.0.7', failures })
  await result.server?.close()
  return {
    result,
    host,
    ms: clock.now(),
    told,
    record: (step) => JSON.parse(fs.readText(`${PATHS.bootRecordDirectory}/${step}.json`)) as BootStepRecord,
  }
}

const DOCUMENT = 'metadata service, dynamic/instance-identity/document'
const USER_DATA = 'metadata service, user-data'

describe('a boot whose metadata service', () => {
  it('never answers says after two seconds what it waits for, and ends after 300', async () => {
    const { result, host, ms, told, record } = await boot('*=hang')
    expect(told).toEqual([
      [2000, `waiting for ${DOCUMENT}; no answer yet; 298 s left`],
      [2000, `waiting for ${USER_DATA}; no answer yet; 298 s left`],
    ])
    expect(ms).toBe(300_000)
    expect(result.failedStep).toBe('early-boot-config')
    expect(result.diagnostics[0]).toMatchObject({ code: 'PROVIDER_FAILED' })
    expect(result.diagnostics[0]?.message).toMatch(/30-ec2-identity-doc.*\n?.*IMDS_UNAVAILABLE.*within 300 s/)
    expect(host.fs.stat(PATHS.earlyBootConfigMarker)).toBeUndefined()
    expect(record('early-boot-config')).toMatchObject({
      outcome: 'failed',
      startMs: 0,
      endMs: 300_000,
      reason: expect.stringContaining('30-ec2-identity-doc'),
    })
    const parts = record('early-boot-config').activities
    expect(parts.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['10-local-defaults', 'none'],
      ['20-local-user-data', 'none'],
      ['30-ec2-identity-doc', 'failed'],
      ['40-ec2-imds', 'unfinished'],
      ['99-local-overrides', 'unfinished'],
    ])
    expect(parts[2]?.waits).toEqual([
      {
        program: 'ec2-identity-doc-user-data-provider',
        target: DOCUMENT,
        reason: 'the answer took long',
        startMs: 0,
        ms: 300_000,
        retry: false,
      },
    ])
  })

  it.each([
    ['refuses connections', '*=refused', 'session token: no connection (ECONNREFUSED)'],
    ['is switched off', 'token=403', 'session token: status 403'],
    ['fails', '*=503', 'session token: status 503'],
  ])('%s says so after two seconds too', async (_name, fault, answer) => {
    const { result, ms, told } = await boot(fault)
    expect(told.map(([at, text]) => [at, text.split(';')[1]?.trim()])).toEqual([
      [2000, `last answer: ${answer}`],
      [2000, `last answer: ${answer}`],
    ])
    expect(ms).toBe(300_000)
    expect(result.failedStep).toBe('early-boot-config')
  })

  it('stops answering after user data ends in sundog, which sends nothing', async () => {
    const { result, told, record, ms } = await boot('meta-data/*=hang')
    expect(result.failedStep).toBe('sundog')
    expect(ms).toBe(300_000)
    expect(new Set(told.map(([at]) => at))).toEqual(new Set([2000]))
    expect(told.map(([, text]) => text.split(';')[0]).sort()).toEqual([
      'waiting for metadata service, meta-data/local-hostname',
      'waiting for metadata service, meta-data/public-keys',
      'waiting for metadata service, meta-data/services/partition',
    ])
    const outcomes = record('sundog').activities.map(({ name, outcome }) => [name, outcome])
    expect(outcomes.filter(([, outcome]) => outcome === 'failed')).toHaveLength(1)
    expect(outcomes).toContainEqual(['settings.updates.seed', 'ok'])
  })

  it('comes up late delays the boot by just that', async () => {
    const { result, told, record } = await boot('*=refused:20000')
    expect(result.failedStep).toBeUndefined()
    // the attempt at 22 s is the first that is answered
    expect(record('early-boot-config').endMs).toBe(22_000)
    expect(told).toHaveLength(2)
    expect(record('early-boot-config').activities.find(({ name }) => name === '40-ec2-imds')).toMatchObject({
      attempts: 10,
      endMs: 22_000,
    })
  })
})
