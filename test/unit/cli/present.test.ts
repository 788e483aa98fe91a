import { describe, expect, it } from 'vitest'
import { noticePrinter, renderEvent, renderOutcome } from '../../../src/cli/present.ts'
import { EventLog, outcomeJson, outcomeOf } from '../../../src/cli/report.ts'
import { PLAIN } from '../../../src/lib/diagnostics.ts'
import { printJson } from '../../../src/lib/json.ts'
import type { HostEvent } from '../../../src/lib/ports.ts'

const file = (path: string, changed: boolean, content = 'x'): HostEvent => ({
  kind: 'file',
  name: 'n',
  path,
  mode: '0644',
  content,
  changed,
  services: ['s1', 's2'],
})
const restart = (command: string, service: string, ran = false): HostEvent => ({
  kind: 'command',
  command,
  purpose: 'restart',
  services: [service],
  env: {},
  ran,
})

describe('what an applier did', () => {
  const events = [
    file('/etc/b', true, 'first'),
    file('/etc/a', false),
    file('/etc/b', true, 'second'),
    restart('systemctl restart x', 's1'),
    restart('systemctl restart x', 's2'),
    { kind: 'not-rendered', name: 'c', path: '/etc/c', code: 'TEMPLATE_VALUE_MISSING', message: 'no value' } as const,
  ]

  it('is told in order, each file and command once', () => {
    expect(renderOutcome(outcomeOf(events), PLAIN)).toBe(
      [
        'Files: 2 rendered, 1 written',
        '  0644  /etc/a  s1, s2  (as before)',
        '  0644  /etc/b  s1, s2',
        '',
        'Not rendered',
        '  /etc/c: TEMPLATE_VALUE_MISSING: no value',
        '',
        'Restart commands (recorded, not run)',
        '  systemctl restart x  s1, s2',
        '',
      ].join('\n'),
    )
    expect(renderOutcome(outcomeOf([]), PLAIN)).toBe('nothing to render or run\n')
  })

  it('is reported with the last content of each file', () => {
    expect(printJson(outcomeJson(outcomeOf(events)))).toBe(
      '{"commands":["systemctl restart x","systemctl restart x"],' +
        '"files":[{"content":"second","mode":"0644","path":"/etc/b","services":["s1","s2"]},' +
        '{"content":"x","mode":"0644","path":"/etc/a","services":["s1","s2"]}],' +
        '"notRendered":[{"code":"TEMPLATE_VALUE_MISSING","file":"c","message":"no value","path":"/etc/c"}]}',
    )
  })
})

describe('a running server', () => {
  it('tells of files that changed and of commands, not of files that stayed', () => {
    const lines = [
      { kind: 'changed-keys', keys: ['settings.motd'] } as const,
      file('/etc/motd', true),
      file('/etc/hosts', false),
      restart('systemctl restart x', 's1', true),
    ].map((event) => renderEvent(event, PLAIN))
    expect(lines).toEqual([
      'changed settings.motd',
      '  wrote /etc/motd (s1, s2)',
      undefined,
      '  ran systemctl restart x',
    ])
  })

  it('passes notices on at once', () => {
    let text = ''
    const print = noticePrinter({ write: (part) => (text += part) })
    print({ kind: 'notice', program: 'sundog', text: 'waiting' })
    print(file('/etc/a', true))
    expect(text).toBe('sundog: waiting\n')
  })
})

describe('a log of events', () => {
  it('is emptied by reading it and shows each event to its watcher', () => {
    const seen: HostEvent[] = []
    const log = new EventLog((event) => seen.push(event))
    log.emit(file('/etc/a', true))
    expect(log.take()).toHaveLength(1)
    expect(log.take()).toEqual([])
    expect(seen).toHaveLength(1)
  })
})
