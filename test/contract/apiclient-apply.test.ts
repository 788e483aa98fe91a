/** Every source of `apply`, over a real server on a socket. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProgramRun } from '../support/test-host.ts'
import { CERTIFICATE, KEY } from '../unit/pluto/certificate.ts'
import { APPLIER, useClient } from '../support/client-fixture.ts'

const client = useClient()
const { run, settings, transactions, commands } = client

describe('apply', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'sources-'))
  const servers: Server[] = []
  let [plain, secure] = ['', '']
  let [open, most] = [0, 0]

  beforeAll(async () => {
    const answer = (uri: string): { status: number; location?: string; body: string } => {
      if (uri === '/moved') return { status: 302, location: '/toml', body: '' }
      if (uri === '/loop') return { status: 301, location: '/loop', body: '' }
      if (uri === '/gone') return { status: 410, body: 'gone for good' }
      if (uri.startsWith('/slow')) return { status: 200, body: `[settings.kernel.sysctl]\n"a${uri.slice(5)}" = "1"\n` }
      return {
        status: 200,
        body: uri === '/json' ? '{"settings":{"motd":"http json"}}' : 'settings.motd = "http toml"',
      }
    }
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      const { status, location, body } = answer(request.url ?? '')
      most = Math.max(most, ++open)
      setTimeout(
        () => {
          open--
          response.writeHead(status, location === undefined ? {} : { location }).end(body)
        },
        request.url?.startsWith('/slow') === true ? 40 : 0,
      )
    }
    const listen = (server: Server): Promise<number> =>
      new Promise((resolve) => {
        servers.push(server)
        server.listen(0, '127.0.0.1', () => {
          resolve((server.address() as { port: number }).port)
        })
      })
    plain = `http://127.0.0.1:${String(await listen(createServer(listener)))}`
    secure = `https://127.0.0.1:${String(await listen(createTlsServer({ cert: CERTIFICATE, key: KEY }, listener)))}`
  })
  afterAll(() => {
    for (const server of servers) server.close()
    rmSync(directory, { recursive: true, force: true })
  })

  /** Puts a file on the fixture's host, whose paths the client reads. */
  function put(name: string, text: string | Uint8Array): string {
    client.api.host.fs.makeDirectory('/home/me')
    client.api.host.fs.writeFile(`/home/me/${name}`, text)
    return name
  }
  const apply = (words: readonly string[], stdin: string | Uint8Array = ''): Promise<ProgramRun> =>
    run(['apply', ...words], { cwd: '/home/me', stdin })

  it.each<[string, () => readonly string[], string, unknown]>([
    ['standard input, without words', () => [], '[settings]\nmotd = "in"\n[other]\nx = 1\n', { motd: 'in' }],
    ['standard input, as -', () => ['-'], '{"settings":{"motd":"in json"},"more":[]}', { motd: 'in json' }],
    ['a plain path', () => [put('a.toml', 'settings.motd = "path"')], '', { motd: 'path' }],
    [
      'an absolute path',
      () => [`/home/me/${put('b.json', '{"settings":{"motd":"absolute"}}')}`],
      '',
      { motd: 'absolute' },
    ],
    [
      'a file URI',
      () => [`file:///home/me/${put('a b.toml', 'settings.motd = "uri"').replace(' ', '%20')}`],
      '',
      { motd: 'uri' },
    ],
    ['http', () => [`${plain}/json`], '', { motd: 'http json' }],
    ['http with a redirect', () => [`${plain}/moved`], '', { motd: 'http toml' }],
    ['https', () => [`${secure}/json`], '', { motd: 'http json' }],
    [
      'several, the last one wins',
      () => ['-', put('c.toml', 'settings.motd = "last"')],
      'settings.motd = "first"',
      { motd: 'last' },
    ],
    ['a byte order mark and CRLF', () => [], '\uFEFF[settings]\r\nmotd = "bom"\r\n', { motd: 'bom' }],
  ])('%s', async (_name, words, stdin, after) => {
    expect(await apply(words(), stdin)).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await settings('motd')).toEqual(after)
    expect(commands()).toEqual([APPLIER])
  })

  it('fetches four at a time', async () => {
    most = 0
    const words = Array.from({ length: 9 }, (_, i) => `${plain}/slow${String(i)}`)
    expect((await apply(words)).code).toBe(0)
    expect(most).toBe(4)
    expect(await settings('kernel.sysctl.a8')).toEqual({ kernel: { sysctl: { a8: '1' } } })
  })

  it.each<[string, () => readonly string[], string | Uint8Array, RegExp]>([
    ['a file that is missing', () => ['none.toml'], '', /cannot read none\.toml: ENOENT/],
    ['a file URI that is missing', () => ['file:///none.toml'], '', /cannot read file:\/\/\/none\.toml: ENOENT/],
    ['a directory', () => ['/home'], '', /cannot read \/home: EISDIR/],
    ['a status of failure', () => [`${plain}/gone`], '', /status 410: gone for good/],
    ['redirects without end', () => [`${plain}/loop`], '', /more than 10 redirects/],
    ['nobody there', () => ['http://127.0.0.1:1/x'], '', /cannot read http:\/\/127\.0\.0\.1:1\/x: ECONNREFUSED/],
    ['another scheme', () => ['ftp://h/x'], '', /only file:, http: and https:/],
    ['bytes that are no text', () => ['-'], new Uint8Array([0xff, 0xfe]), /standard input: not UTF-8 text/],
    ['nothing at all', () => [], '', /there is no \[settings\]/],
    [
      'TOML without settings',
      () => [],
      '[setting]\nmotd = "x"\n',
      /there is no \[settings\][\s\S]*hint: put everything below \[settings\]/,
    ],
    ['JSON that is no object', () => [], '[1]', /not a table|there is no \[settings\]/],
    [
      'half of a JSON document',
      () => [],
      '{"settings":{"motd":',
      /USERDATA_TOML_SYNTAX[\s\S]*standard input:1:21: error\[APPLY_SOURCE_INVALID\] read as JSON/,
    ],
    [
      'half of a TOML document',
      () => [],
      '[settings]\nmotd = "x\n',
      /standard input:2:\d+: error\[USERDATA_TOML_SYNTAX\]/,
    ],
    ['one of two', () => ['-', 'none.toml'], 'settings.motd = "x"', /cannot read none\.toml/],
  ])('refuses %s before anything is sent', async (_name, words, stdin, reason) => {
    const before = await settings('settings.')
    const result = await apply(words(), stdin)
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toMatch(reason)
    expect(await settings('settings.')).toEqual(before)
    expect(await transactions()).toEqual([])
    expect(commands()).toEqual([])
  })

  it('shows what the server refuses in the line of its source, and commits nothing', async () => {
    const before = await settings('settings.')
    const good = put('good.toml', 'settings.motd = "good"')
    const bad = put('bad.toml', '[settings]\nmotd = "x"\n\n[settings.kubernetes]\nmax-pods = "many"\n')
    const result = await apply([good, bad])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('bad.toml: status 400 for PATCH /settings?tx=apiclient-apply-')
    expect(result.stderr).toContain(
      'bad.toml:5:12: error[SETTINGS_WRONG_TYPE] settings.kubernetes.max-pods: expected an integer, found a string\n' +
        '    max-pods = "many"\n               ^^^^^^\n',
    )
    expect(await settings('settings.')).toEqual(before)
    expect(commands()).toEqual([])
    await client.api.send('DELETE', `/tx?tx=${((await transactions()) as string[])[0] ?? 'none'}`)
  })

  it.each([[['-x']], [['--unknown', 'a.toml']], [['a.toml', '--try', '0']]])('%j is bad usage', async (words) => {
    expect((await apply(words)).code).toBe(2)
  })
})
