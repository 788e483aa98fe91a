import { describe, expect, it } from 'vitest'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import type { Activity, Wait } from '../../../src/lib/activity-types.ts'
import { ActivityWatch, attemptsOf, briefReason } from '../../../src/lib/activity.ts'
import { StepRecorder, writeBootRecord } from '../../../src/lib/boot-record.ts'
import { decodeEvent, encodeEvent } from '../../../src/lib/events.ts'
import type { HostEvent } from '../../../src/lib/ports.ts'
import { tellingResolver, Waiting, waitingText } from '../../../src/lib/waiting.ts'
import { testHost } from '../../support/test-host.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const wait = (more: Partial<Wait> = {}): Wait => ({
  program: 'p',
  target: 't',
  reason: 'status 500',
  startMs: 1000,
  ms: 250,
  retry: true,
  ...more,
})

describe('a part of a step', () => {
  it('has its times, its waits and an attempt more than it was tried again', async () => {
    const clock = virtualClock(1000)
    const host = testHost({ clock })
    const watch = new ActivityWatch(host, 'provider', '40-x')
    await clock.sleep(10)
    watch.onEvent({ kind: 'wait', wait: wait() })
    watch.onEvent({ kind: 'wait', wait: wait({ retry: false }) })
    await clock.sleep(10)
    watch.stop()
    await clock.sleep(10)
    watch.end({ outcome: 'failed', reason: 'no\nsecond line', detail: '' })
    expect(host.emitted.at(-1)).toEqual({
      kind: 'activity',
      activity: {
        kind: 'provider',
        name: '40-x',
        startMs: 1000,
        endMs: 1020,
        outcome: 'failed',
        reason: 'no',
        attempts: 2,
        waits: [wait(), wait({ retry: false })],
      },
    })
    expect(host.emitted.slice(0, -1).map(({ kind }) => kind)).toEqual(['wait', 'wait'])
    expect(watch.hasNotice).toBe(false)
  })

  it('keeps the first line of a reason, shortened', () => {
    expect(briefReason('\n one \ntwo')).toBe('one ')
    expect(briefReason('x'.repeat(400))).toBe(`${'x'.repeat(300)}…`)
    expect(attemptsOf([])).toBe(1)
  })
})

describe('events between processes', () => {
  const activity: Activity = {
    kind: 'generator',
    name: 'settings.a."b.c"',
    startMs: 0.5,
    endMs: 1,
    outcome: 'ok',
    detail: 'shibaken "x\ny"',
    attempts: 1,
    waits: [wait()],
  }
  it.each<HostEvent>([
    { kind: 'wait', wait: wait() },
    { kind: 'notice', program: 'p', text: 'a\nb' },
    { kind: 'activity', activity },
    { kind: 'activity', activity: { ...activity, reason: 'r', outcome: 'unfinished', kind: 'command' } },
    { kind: 'ready' },
  ])('%j goes through as one line', (event) => {
    const line = encodeEvent(event)
    expect(line?.indexOf('\n')).toBe((line?.length ?? 0) - 1)
    expect(decodeEvent(line ?? '')).toEqual(event)
  })

  it.each<HostEvent>([
    { kind: 'changed-keys', keys: ['settings.motd'] },
    { kind: 'file', name: 'n', path: '/p', mode: '0644', content: 'secret', changed: true, services: [] },
    { kind: 'not-rendered', name: 'n', path: '/p', code: 'c', message: 'm' },
    { kind: 'command', command: 'c', purpose: 'restart', services: [], env: {}, ran: false },
  ])('%j stays where it is', (event) => {
    expect(encodeEvent(event)).toBeUndefined()
  })

  it.each([
    '',
    'x',
    '[]',
    '5',
    '{}',
    '{"kind":"file"}',
    '{"kind":"wait"}',
    '{"kind":"wait","wait":{"program":"p"}}',
    '{"kind":"notice","program":1,"text":"t"}',
    `{"kind":"activity","activity":${JSON.stringify({ ...activity, outcome: 'good' })}}`,
    `{"kind":"activity","activity":${JSON.stringify({ ...activity, kind: 'toString' })}}`,
    `{"kind":"activity","activity":${JSON.stringify({ ...activity, waits: [{}] })}}`,
  ])('%j is none', (line) => {
    expect(decodeEvent(line)).toBeUndefined()
  })
})

describe('the record of a step', () => {
  const step = { name: 'sundog', startMs: 5000, endMs: 6000.06, outcome: 'ok', bootStartMs: 4000 } as const

  it('has times since the start of the boot, for waits and parts too', () => {
    const recorder = new StepRecorder()
    recorder.emit({ kind: 'wait', wait: wait({ startMs: 5100, ms: 249.7 }) })
    recorder.emit({ kind: 'notice', program: 'p', text: 't' })
    recorder.emit({
      kind: 'activity',
      activity: {
        kind: 'generator',
        name: 'g',
        startMs: 5050,
        endMs: 5900,
        outcome: 'ok',
        attempts: 2,
        waits: [wait({ startMs: 5100 })],
      },
    })
    expect(recorder.record({ ...step, invocation: 'abc' })).toEqual({
      name: 'sundog',
      startMs: 1000,
      endMs: 2000.1,
      outcome: 'ok',
      bootStartMs: 4000,
      invocation: 'abc',
      attempts: 2,
      waits: [wait({ startMs: 1100 })],
      activities: [
        {
          kind: 'generator',
          name: 'g',
          startMs: 1050,
          endMs: 1900,
          outcome: 'ok',
          attempts: 2,
          waits: [wait({ startMs: 1100 })],
        },
      ],
    })
  })

  it('was not attempted if the step was skipped', () => {
    const record = new StepRecorder().record({ ...step, outcome: 'skipped', reason: 'a marker exists' })
    expect(record).toMatchObject({ attempts: 0, reason: 'a marker exists' })
  })

  it('is a file of its own, and one that cannot be written is left out', () => {
    const fs = new MemoryFs()
    const record = new StepRecorder().record(step)
    writeBootRecord(fs, record)
    writeBootRecord(fs, record, '-1')
    const directory = '/run/bottlerocket/boot-record.d'
    expect(fs.readDirectory(directory).map(({ name }) => name)).toEqual(['sundog-1.json', 'sundog.json'])
    expect(JSON.parse(fs.readText(`${directory}/sundog.json`))).toEqual({ schemaVersion: 1, ...record })
    const full = new MemoryFs()
    full.writeFile('/run', 'a file where the directory should be')
    expect(() => {
      writeBootRecord(full, record)
    }).not.toThrow()
  })
})

describe('telling what is waited for', () => {
  it('says what, the last answer and the time left', () => {
    expect(waitingText('a', 'no answer yet', 297_600)).toBe('waiting for a; no answer yet; 298 s left')
    expect(waitingText('a', 'b', -5)).toBe('waiting for a; b; 0 s left')
    expect(waitingText('a', 'b', undefined)).toBe('waiting for a; b; no time limit')
  })

  it('is silent about what ends within two seconds', async () => {
    const clock = virtualClock()
    const host = testHost({ clock })
    const waiting = new Waiting({ host, program: 'p', target: 't' })
    waiting.note('x')
    await clock.sleep(1999)
    waiting.end()
    await clock.sleep(5000)
    waiting.note('y')
    expect(host.emitted).toEqual([])
  })

  it('leaves it to somebody else who has told it', async () => {
    const clock = virtualClock()
    const host = testHost({ clock })
    const waiting = new Waiting({ host, program: 'p', target: 't', afterMs: 2500, isDue: () => false })
    await clock.sleep(9000)
    waiting.end()
    expect(host.emitted).toEqual([])
  })

  it('says the same once, and another answer once more', async () => {
    const clock = virtualClock()
    const host = testHost({ clock })
    const lines: string[] = []
    const waiting = new Waiting({ host, program: 'p', target: 't', stderr: { write: (line) => lines.push(line) } })
    await clock.sleep(3000)
    waiting.note('a')
    waiting.note('a')
    waiting.note('b')
    waiting.end()
    waiting.note('c')
    expect(lines).toEqual(['no answer yet', 'a', 'b'].map((answer) => `p: waiting for t; ${answer}; no time limit\n`))
    expect(host.emitted).toHaveLength(3)
  })
})

describe('names that take long to resolve', () => {
  it('are told, and leave an event', async () => {
    const clock = virtualClock()
    const answers = { 'a.example': ['10.0.0.1'] }
    const host = testHost({
      clock,
      resolver: {
        lookup: async (name) => {
          await clock.sleep(60_000)
          return answers[name as 'a.example']
        },
        reverse: () => Promise.resolve('b.example'),
      },
    })
    const lines: string[] = []
    const resolver = tellingResolver(host, 'p', { write: (line) => lines.push(line) })
    expect(await resolver.reverse('10.0.0.1')).toBe('b.example')
    expect(host.emitted).toEqual([])
    expect(await resolver.lookup('a.example')).toEqual(['10.0.0.1'])
    expect(lines).toEqual(['p: waiting for DNS, the addresses of a.example; no answer yet; no time limit\n'])
    expect(host.emitted.at(-1)).toMatchObject({
      kind: 'wait',
      wait: { program: 'p', target: 'DNS, the addresses of a.example', ms: 60_000, retry: false },
    })
  })
})
