import { describe, expect, test } from 'vitest'
import { parseSource } from '../../../src/apiclient/apply-sources.ts'
import { apiclient } from '../../../src/apiclient/program.ts'
import type { HttpRequest, HttpResponse } from '../../../src/lib/ports.ts'
import { encodeUtf8 } from '../../../src/lib/utf8.ts'
import { runTool, StubApi, testHost, type ProgramRun, type StubRoute } from '../../support/apply-host.ts'

const TX = `apiclient-apply-${'x'.repeat(16)}`
const PATCH = `PATCH /settings?tx=${TX}`
const COMMIT = `POST /tx/commit_and_apply?tx=${TX}`
const OK: Record<string, StubRoute> = { [PATCH]: { status: 204 }, [COMMIT]: '[]' }

interface Options {
  readonly files?: Record<string, string>
  readonly stdin?: string | Uint8Array
  readonly routes?: Record<string, StubRoute>
  readonly http?: (request: HttpRequest) => HttpResponse
}

async function apply(
  words: readonly string[],
  options: Options = {},
): Promise<ProgramRun & { requests: readonly string[] }> {
  const api = new StubApi(options.routes ?? OK)
  const host = testHost({
    api,
    files: options.files ?? {},
    ...(options.http === undefined ? {} : { http: options.http }),
  })
  const run = await runTool(apiclient, ['apply', ...words], host, { stdin: options.stdin ?? '', cwd: '/home/me' })
  return { ...run, requests: api.log }
}

describe('sources', () => {
  test.each([
    ['-', { kind: 'stdin' }],
    ['a.toml', { kind: 'file', path: '/home/me/a.toml' }],
    ['../x/a.toml', { kind: 'file', path: '/home/x/a.toml' }],
    ['/a.toml', { kind: 'file', path: '/a.toml' }],
    ['a:b.toml', { kind: 'file', path: '/home/me/a:b.toml' }],
    ['file:///a%20b.toml', { kind: 'file', path: '/a b.toml' }],
    ['file:/a.toml', { kind: 'file', path: '/a.toml' }],
    ['HTTP://h/x', { kind: 'http', url: 'http://h/x' }],
    ['https://h', { kind: 'http', url: 'https://h/' }],
  ])('%s', (word, expected) => {
    expect(parseSource(word, '/home/me')).toMatchObject(expected)
  })

  test.each(['ftp://h/x', 'http://', 'file://elsewhere/x'])('%s is refused', (word) => {
    expect(() => parseSource(word, '/')).toThrow(expect.objectContaining({ code: 'APPLY_SOURCE_UNREADABLE' }) as Error)
  })
})

describe('apply', () => {
  test('reads standard input without words, as TOML', async () => {
    const run = await apply([], { stdin: '[settings]\nmotd = "hi"\n[other]\nx = 1\n' })
    expect(run).toEqual({ exitCode: 0, stdout: '', stderr: '', requests: [`${PATCH} {"motd":"hi"}`, COMMIT] })
  })

  test('sends all sources in order, in one transaction', async () => {
    const http = ({ url }: HttpRequest): HttpResponse =>
      url === 'https://h/start'
        ? { status: 302, headers: { location: '/end' }, body: new Uint8Array() }
        : { status: 200, headers: {}, body: encodeUtf8(`{"settings": {"motd": "${url}"}}`) }
    const run = await apply(['-', 'a.toml', 'file:///b.json', 'https://h/start'], {
      stdin: 'settings.motd = "stdin"',
      files: { '/home/me/a.toml': '[settings.ntp]\ntime-servers = ["a"]\n', '/b.json': '{"settings":{"n":1.0}}' },
      http,
    })
    expect(run.exitCode).toBe(0)
    expect(run.requests).toEqual([
      `${PATCH} {"motd":"stdin"}`,
      `${PATCH} {"ntp":{"time-servers":["a"]}}`,
      `${PATCH} {"n":1.0}`,
      `${PATCH} {"motd":"https://h/end"}`,
      COMMIT,
    ])
  })

  test('a document that is neither TOML nor JSON: both faults with their places, nothing is sent', async () => {
    const run = await apply(['a.toml', 'b.toml'], {
      files: { '/home/me/a.toml': '[settings]\nmotd = hi\n', '/home/me/b.toml': 'x = 1' },
    })
    expect(run).toMatchObject({ exitCode: 1, stdout: '', requests: [] })
    expect(run.stderr).toMatch(/a\.toml:2:\d+: error/)
    expect(run.stderr).toMatch(/a\.toml:1:\d+: error\[APPLY_SOURCE_INVALID\] read as JSON/)
    expect(run.stderr).toContain('b.toml: there is no [settings]')
  })

  test.each<[string, Options]>([
    ['empty input', { stdin: '' }],
    ['no settings', { stdin: '{}' }],
    ['an array', { stdin: '[1]\n,' }],
    ['a JSON list', { stdin: '["settings"' }],
    ['bytes that are no text', { stdin: Uint8Array.of(0xff) }],
  ])('%s is refused', async (_, options) => {
    expect(await apply([], options)).toMatchObject({ exitCode: 1, stdout: '', requests: [] })
  })

  test.each([
    ['a missing file', ['a.toml'], 'cannot read a.toml: ENOENT'],
    ['a status', ['http://h/404'], 'cannot read http://h/404: status 404: gone'],
    ['endless redirects', ['http://h/loop'], 'more than 10 redirects'],
    ['no connection', ['http://h/down'], 'cannot read http://h/down: ECONNREFUSED'],
  ])('%s ends with 1 before anything is sent', async (_, words, message) => {
    const http = ({ url }: HttpRequest): HttpResponse => {
      if (url.endsWith('/down')) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
      return url.endsWith('/loop')
        ? { status: 307, headers: { location: url }, body: new Uint8Array() }
        : { status: 404, headers: {}, body: encodeUtf8('gone') }
    }
    const run = await apply(['-', ...words], { stdin: 'settings.motd = "x"', http })
    expect(run).toMatchObject({ exitCode: 1, stdout: '', requests: [] })
    expect(run.stderr).toContain(message)
  })

  test('a refused source is named; the later ones are not sent and nothing is committed', async () => {
    const run = await apply(['a.toml', 'b.toml'], {
      files: { '/home/me/a.toml': 'settings.motd = 1', '/home/me/b.toml': 'settings.motd = "b"' },
      routes: { [PATCH]: { status: 400, body: 'motd wants a string' } },
    })
    expect(run).toMatchObject({ exitCode: 1, requests: [`${PATCH} {"motd":1}`] })
    expect(run.stderr).toMatch(/a\.toml: status 400 .*motd wants a string/)
  })
})
