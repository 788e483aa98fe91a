import { describe, expect, test } from 'vitest'
import { PipelineError } from '../../../src/lib/errors.ts'
import type { ConfigurationFile, Service } from '../../../src/model/metadata.ts'
import { fileNamesOf, keysByService, planApply, type PlannedFile } from '../../../src/thar-be-settings/plan-apply.ts'
import { needsDaemonReload, planWrites } from '../../../src/thar-be-settings/plan-writes.ts'
import { decodeChangedKeys, queryParts } from '../../../src/thar-be-settings/read-metadata.ts'
import { renderFiles } from '../../../src/thar-be-settings/render-files.ts'
import { splitRestartCommand } from '../../../src/thar-be-settings/restart.ts'
import { executeWrites } from '../../../src/thar-be-settings/write-files.ts'
import { encodeUtf8 } from '../../../src/lib/utf8.ts'
import { memoryFiles, testHost } from '../../support/apply-host.ts'

const service = (files: string[], commands: string[]): Service => ({
  'configuration-files': files,
  'restart-commands': commands,
})
const file = (path: string, mode?: string): ConfigurationFile => ({
  path,
  'template-path': `/usr/share/templates${path}`,
  ...(mode === undefined ? {} : { mode }),
})
const planned = (path: string, mode = 0o644): PlannedFile => ({
  name: path,
  path,
  templatePath: `/t${path}`,
  mode,
  services: ['s'],
})

describe('keysByService', () => {
  test('turns keys and services around, in byte order', () => {
    const affected = new Map([
      ['settings.ntp.time-servers', ['ntp', 'all']],
      ['settings.motd', ['motd']],
      ['settings.ntp.options', ['ntp']],
    ])
    expect([...keysByService(affected)]).toEqual([
      ['all', ['settings.ntp.time-servers']],
      ['motd', ['settings.motd']],
      ['ntp', ['settings.ntp.options', 'settings.ntp.time-servers']],
    ])
    expect(keysByService(new Map()).size).toBe(0)
  })
})

describe('planApply', () => {
  const services = new Map([
    ['b', service(['shared', 'b-file'], ['/bin/systemctl try-restart b.service', 'second'])],
    ['a', service(['shared'], ['a'])],
    ['none', service([], [])],
  ])
  const files = new Map([
    ['shared', file('/etc/shared', '0600')],
    ['b-file', file('/etc/b')],
    ['orphan', file('/etc/orphan', '755')],
  ])

  test('everything', () => {
    const plan = planApply('all', services, files)
    expect(plan.mode).toBe('all')
    expect(plan.files).toEqual([
      { name: 'b-file', path: '/etc/b', templatePath: '/usr/share/templates/etc/b', mode: 0o644, services: ['b'] },
      {
        name: 'orphan',
        path: '/etc/orphan',
        templatePath: '/usr/share/templates/etc/orphan',
        mode: 0o755,
        services: [],
      },
      {
        name: 'shared',
        path: '/etc/shared',
        templatePath: '/usr/share/templates/etc/shared',
        mode: 0o600,
        services: ['a', 'b'],
      },
    ])
    expect(plan.restarts).toEqual([
      { service: 'a', command: 'a', env: {} },
      { service: 'b', command: '/bin/systemctl try-restart b.service', env: {} },
      { service: 'b', command: 'second', env: {} },
    ])
  })

  test('selected keys: every command gets the keys of its service', () => {
    const changed = new Map([
      ['a', ['settings.x']],
      ['b', ['settings.x', 'settings.y']],
    ])
    const plan = planApply(changed, services, files)
    expect(plan.mode).toBe('selected')
    expect(plan.restarts.map(({ service: name, env }) => [name, env])).toEqual([
      ['a', { CHANGED_SETTINGS: 'settings.x' }],
      ['b', { CHANGED_SETTINGS: 'settings.x settings.y' }],
      ['b', { CHANGED_SETTINGS: 'settings.x settings.y' }],
    ])
  })

  test.each(['rw-r--r--', '0o644', '', '888', '-644'])('mode %j is refused', (mode) => {
    expect(() => planApply('all', services, new Map([['x', file('/x', mode)]]))).toThrow(
      expect.objectContaining({ code: 'APPLY_INVALID_MODE' }) as Error,
    )
  })

  test('fileNamesOf names each file once', () => {
    expect(fileNamesOf(services)).toEqual(['b-file', 'shared'])
  })
})

describe('decodeChangedKeys', () => {
  test('a list of strings', () => {
    expect(decodeChangedKeys(encodeUtf8(' ["settings.motd","a"]\n'))).toEqual(['settings.motd', 'a'])
    expect(decodeChangedKeys(encodeUtf8('[]'))).toEqual([])
  })

  test.each(['', '{}', '"settings.motd"', '["a",1]', '["a"', 'settings.motd'])('%j is refused', (text) => {
    expect(() => decodeChangedKeys(encodeUtf8(text))).toThrow(
      expect.objectContaining({ code: 'APPLY_INVALID_KEYS' }) as Error,
    )
  })

  test('bytes that are no text are refused', () => {
    expect(() => decodeChangedKeys(Uint8Array.of(0xff))).toThrow('not UTF-8')
  })
})

describe('queryParts', () => {
  test('cuts long lists, keeps order, never loses an item', () => {
    expect(queryParts([])).toEqual([[]])
    expect(queryParts(['a', 'b'])).toEqual([['a', 'b']])
    expect(queryParts(['aa', 'bb', 'cc', 'dd'], 10)).toEqual([
      ['aa', 'bb'],
      ['cc', 'dd'],
    ])
    expect(queryParts(['much too long for it', 'b'], 5)).toEqual([['much too long for it'], ['b']])
  })
})

describe('renderFiles', () => {
  const fs = memoryFiles({ '/t/a': 'A', '/t/b': 'B', '/t/c': 'C' })

  test('one failure does not stop the others', async () => {
    const { rendered, failures } = await renderFiles(
      ['/a', '/b', '/missing', '/c'].map((path) => planned(path)),
      fs,
      (_, text) => {
        if (text === 'B') return Promise.reject(new PipelineError('USAGE', 'no value'))
        if (text === 'C') return Promise.reject(new TypeError('a fault of ours'))
        return Promise.resolve(`<${text}>`)
      },
    )
    expect(rendered).toEqual([{ file: planned('/a'), content: '<A>' }])
    expect(failures.map(({ file: { path }, error }) => [path, error.code, error.message])).toEqual([
      ['/b', 'USAGE', 'no value'],
      ['/missing', 'HOST_FILE_UNREADABLE', 'cannot read /t/missing: ENOENT'],
      ['/c', 'INTERNAL', 'a fault of ours'],
    ])
  })
})

describe('planWrites', () => {
  test('only what differs is changed', () => {
    const fs = memoryFiles({ '/etc/same': 'é\n', '/etc/other': 'x\n', '/etc/directory/x': '' })
    const steps = planWrites(
      [
        ['/etc/same', 'é\n'],
        ['/etc/other', 'y\n'],
        ['/etc/new', ''],
        ['/etc/directory', ''],
      ].map(([path = '', content = '']) => ({ file: planned(path), content })),
      fs,
    )
    expect(steps.map(({ changed }) => changed)).toEqual([false, true, true, true])
    expect(steps.map(({ oldMode }) => oldMode)).toEqual([0o644, 0o644, undefined, 0o755])
  })

  test.each([
    ['/etc/systemd/system/a.service.d/b.conf', true],
    ['/etc/systemd/', true],
    ['/etc/systemd', false],
    ['/etc/systemdx/a', false],
    ['/run/etc/systemd/a', false],
  ])('%s needs a reload: %s, also if it did not change', (path, reload) => {
    expect(needsDaemonReload([{ file: planned(path), content: '', changed: false, oldMode: undefined }])).toBe(reload)
  })
})

describe('executeWrites', () => {
  const step = (path: string, content: string, changed: boolean, mode?: number, oldMode?: number) => ({
    file: planned(path, mode),
    content,
    changed,
    oldMode,
  })

  test('makes directories, gives new files their mode, keeps the mode of others, leaves equal ones alone', async () => {
    const host = testHost({ files: { '/etc/old': 'old', '/etc/same': 'same' } })
    host.fs.changeMode('/etc/old', 0o640)
    const written: string[] = []
    const replaceFile = host.fs.replaceFile.bind(host.fs)
    host.fs.replaceFile = (path, data, options) => {
      written.push(path)
      replaceFile(path, data, options)
    }
    await executeWrites(
      [
        step('/etc/old', 'new', true, 0o600, 0o640),
        step('/etc/same', 'same', false, 0o600, 0o644),
        step('/a/b/c', 'c', true, 0o600),
      ],
      host,
    )
    expect(written).toEqual(['/etc/old', '/a/b/c'])
    expect(host.fs.readText('/etc/old')).toBe('new')
    expect(host.fs.stat('/etc/old')?.mode).toBe(0o640)
    expect(host.fs.stat('/a/b/c')?.mode).toBe(0o600)
    expect(host.emitted).toEqual([
      {
        kind: 'file',
        name: '/etc/old',
        path: '/etc/old',
        mode: '0640',
        content: 'new',
        changed: true,
        services: ['s'],
      },
      {
        kind: 'file',
        name: '/etc/same',
        path: '/etc/same',
        mode: '0644',
        content: 'same',
        changed: false,
        services: ['s'],
      },
      { kind: 'file', name: '/a/b/c', path: '/a/b/c', mode: '0600', content: 'c', changed: true, services: ['s'] },
    ])
  })

  test('the umask applies to a new file, and what it has is told', async () => {
    const host = testHost()
    await executeWrites([{ ...step('/a/open', 'x', true), file: planned('/a/open', 0o666) }], host)
    expect(host.fs.stat('/a/open')?.mode).toBe(0o644)
    expect(host.emitted).toMatchObject([{ path: '/a/open', mode: '0644' }])
  })

  test.each([
    ['a directory is in its place', '/etc/directory', 'EISDIR'],
    ['a file is on the way to it', '/etc/file/below', /ENOTDIR|EEXIST/],
  ])('the first failure stops: %s', async (_, path, code) => {
    const host = testHost({ files: { '/etc/directory/x': '', '/etc/file': '' } })
    const steps = [
      step('/etc/a', 'x', true),
      step('/etc/same', 'x', false),
      step(path, 'x', true),
      step('/b/c', 'x', true),
    ]
    await expect(executeWrites(steps, host)).rejects.toMatchObject({
      code: 'HOST_FILE_UNWRITABLE',
      message: expect.stringMatching(code) as string,
      details: { path },
    })
    expect(host.fs.readText('/etc/a')).toBe('x')
    expect(host.fs.stat('/b/c')).toBeUndefined()
    expect(host.emitted).toMatchObject([{ path: '/etc/a' }, { path: '/etc/same' }])
  })
})

test.each([
  ['/bin/systemctl try-restart x', ['/bin/systemctl', 'try-restart', 'x']],
  ['a  b', ['a', '', 'b']],
  [' a', ['', 'a']],
  ['a ', ['a', '']],
  [`a "b c" d\te`, ['a', '"b', 'c"', 'd\te']],
  ['', ['']],
])('%j is split into %j', (command, words) => {
  expect(splitRestartCommand(command)).toEqual(words)
})
