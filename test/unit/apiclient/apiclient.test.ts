import { describe, expect, test } from 'vitest'
import { parseCommandLine } from '../../../src/apiclient/args.ts'
import { mergeJson } from '../../../src/apiclient/merge.ts'
import { apiclient } from '../../../src/apiclient/program.ts'
import { encodeIllegal, requestUri } from '../../../src/apiclient/uri.ts'
import { parseJson } from '../../../src/lib/json-parse.ts'
import { printJson } from '../../../src/lib/json.ts'
import { runTool, StubApi, testHost, type ProgramRun, type StubRoute } from '../../support/apply-host.ts'

const ID = 'x'.repeat(16)

interface Outcome extends ProgramRun {
  readonly requests: readonly string[]
}

async function call(argv: readonly string[], routes: Record<string, StubRoute> = {}, stdin = ''): Promise<Outcome> {
  const api = new StubApi(routes)
  const run = await runTool(apiclient, argv, testHost({ api }), { stdin })
  return { ...run, requests: api.log }
}

describe('command line', () => {
  test.each([
    [['-u', '/'], { subcommand: 'raw', words: ['-u', '/'] }],
    [['-u', 'x', 'get', 'set'], { subcommand: 'get', words: ['-u', 'x', 'set'] }],
    [['set', '-s', '/a', 'k=v', '-v'], { subcommand: 'set', words: ['k=v'], socketPath: '/a', logLevel: 'debug' }],
    [
      ['exec', 'admin', 'ls', '--socket-path', '/a', '--log-level', 'WARN'],
      { subcommand: 'exec', words: ['admin', 'ls'], socketPath: '/a', logLevel: 'warn' },
    ],
    [[], { subcommand: 'raw', words: [], socketPath: '/run/api.sock', logLevel: 'info' }],
  ])('%j', (argv, expected) => {
    expect(parseCommandLine(argv)).toMatchObject(expected)
  })

  test.each([
    [[]],
    [['-h']],
    [['get', '--help']],
    [['exec', 'admin', 'ls', '-h']],
    [['-s']],
    [['get', '--log-level', 'loud']],
    [['--']],
    [['raw', '-u']],
    [['raw', '-u', '/', 'more']],
    [['get', '-x']],
    [['get', '--', 'os']],
    [['get', '/a', '/b']],
    [['get', '/a', 'os']],
    [['set']],
    [['set', 'motd']],
    [['set', '-j']],
    [['set', '-j', '{}', '-j', '{}']],
    [['set', '-j', '{}', 'a=b']],
    [['set', '-j', '[]']],
    [['set', '-j', '{']],
    [['set', '-j', '{"settings":1}']],
    [['apply', '-x']],
    [['reboot', 'now']],
    [['update']],
    [['update', 'now']],
    [['update', 'check', 'x']],
    [['update', 'apply', 'x']],
    [['report']],
    [['report', 'other']],
    [['report', 'cis', '-l', 'two']],
    [['report', 'fips', '-l', '2']],
    [['ephemeral-storage']],
    [['ephemeral-storage', 'bind']],
    [['ephemeral-storage', 'bind', '--dirs']],
    [['ephemeral-storage', 'init', '--disks', '-t', 'xfs']],
    [['ephemeral-storage', 'init', '-t', 'btrfs']],
    [['ephemeral-storage', 'init', 'x']],
  ])('%j is bad usage', async (argv) => {
    const run = await call(argv)
    expect(run).toMatchObject({ exitCode: 2, stdout: '', requests: [] })
    expect(run.stderr).toContain('usage: apiclient')
  })

  test('exec says that it is not available', async () => {
    const run = await call(['exec', 'admin', 'ls'])
    expect(run).toMatchObject({ exitCode: 1, stdout: '', requests: [] })
    expect(run.stderr).toContain('NOT_AVAILABLE')
  })
})

describe('raw', () => {
  test('prints the body and a line end', async () => {
    const run = await call(['-u', '/settings?x=a b"', '-X', 'PATCH', '-d', 'any text'], {
      'PATCH /settings?x=a%20b%22': '{"b":1,"a":2}',
    })
    expect(run).toEqual({
      exitCode: 0,
      stdout: '{"b":1,"a":2}\n',
      stderr: '',
      requests: ['PATCH /settings?x=a%20b%22 any text'],
    })
  })

  test('prints nothing for an empty body, and the status with -v', async () => {
    const run = await call(['raw', '-m', 'POST', '-v', '-u', '/actions/reboot'], {
      'POST /actions/reboot': { status: 204 },
    })
    expect(run).toMatchObject({ exitCode: 0, stdout: '' })
    expect(run.stderr).toContain('204 No Content')
  })

  test('every request says that it is JSON', async () => {
    const api = new StubApi({ 'GET /': '{}' })
    await runTool(apiclient, ['-u', '/'], testHost({ api }))
    expect(api.requests[0]?.headers).toEqual({ 'content-type': 'application/json' })
  })

  test('another status is an error that repeats the text', async () => {
    const run = await call(['-u', '/x#y'], { 'GET /x': { status: 418, body: 'short and stout' } })
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('status 418 for GET /x: short and stout')
  })
})

describe('get', () => {
  test('merges the answers of all prefixes', async () => {
    const run = await call(['get', 'os', 'settings.n', 'foo'], {
      'GET /?prefix=os': '{"os":{"arch":"x86_64"}}',
      'GET /?prefix=settings.n': '{"settings":{"ntp":{"options":[]}}}',
      'GET /?prefix=foo': '{}',
    })
    expect(run.stdout).toBe(
      '{\n  "os": {\n    "arch": "x86_64"\n  },\n  "settings": {\n    "ntp": {\n      "options": []\n    }\n  }\n}\n',
    )
  })

  test('asks for OS data and settings by default', async () => {
    const { requests } = await call(['get'], { 'GET /?prefix=os.': '{}', 'GET /?prefix=settings.': '{}' })
    expect(requests).toEqual(['GET /?prefix=os.', 'GET /?prefix=settings.'])
  })

  test('takes one URI, keeps every digit, sorts members', async () => {
    const run = await call(['get', '/settings'], { 'GET /settings': '{"b":18446744073709551615,"a":1.0,"c":{}}' })
    expect(run.stdout).toBe('{\n  "a": 1.0,\n  "b": 18446744073709551615,\n  "c": {}\n}\n')
  })

  test('encodes what a URI cannot hold', async () => {
    const { requests } = await call(['get', 'settings.kernel.sysctl."a'], {})
    expect(requests).toEqual(['GET /?prefix=settings.kernel.sysctl.%22a'])
  })

  test.each<[string, StubRoute]>([
    ['an error', { status: 404, body: 'nothing here' }],
    ['text that is no JSON', 'nothing here'],
  ])('%s ends with 1', async (_, route) => {
    expect(await call(['get', 'os'], { 'GET /?prefix=os': route })).toMatchObject({ exitCode: 1, stdout: '' })
  })

  test.each([
    ['{"a":{"b":1,"c":2}}', '{"a":{"c":[3]},"d":4}', '{"a":{"b":1,"c":[3]},"d":4}'],
    ['{"a":[1,2]}', '{"a":[3]}', '{"a":[3]}'],
    ['{"a":1}', '{"a":{"b":2}}', '{"a":{"b":2}}'],
    ['{"a":{"b":2}}', '{"a":null}', '{"a":null}'],
    ['{}', '{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
  ])('%s and %s', (a, b, merged) => {
    expect(printJson(mergeJson(parseJson(a), parseJson(b)))).toBe(merged)
  })
})

describe('set', () => {
  const keypair = `PATCH /settings/keypair?tx=apiclient-set-${ID}`
  const patch = `PATCH /settings?tx=apiclient-set-${ID}`
  const commit = `POST /tx/commit_and_apply?tx=apiclient-set-${ID}`
  const ok = { [keypair]: { status: 204 }, [patch]: { status: 204 }, [commit]: '["settings.motd"]' }

  test('sends pairs as they are typed', async () => {
    const pairs = ['motd=a=b "c"', 'kubernetes.node-labels."my.label"=hello', '-x=1', 'ntp=']
    const run = await call(['set', ...pairs], ok)
    expect(run).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    expect(run.requests).toEqual([`${keypair} ${printJson({ request_payload: pairs })}`, commit])
  })

  test.each([
    ['{"motd":"hi"}', '{"motd":"hi"}'],
    ['{"settings":{"motd":"hi","n":1},"motd":"other","x":2}', '{"motd":"hi","n":1,"x":2}'],
    ['{"kernel":{"sysctl":{"vm.max_map_count":"262144"}}}', '{"kernel":{"sysctl":{"vm.max_map_count":"262144"}}}'],
    ['{}', '{}'],
  ])('-j %s', async (json, sent) => {
    expect((await call(['set', '-j', json], ok)).requests).toEqual([`${patch} ${sent}`, commit])
  })

  test('a refused change is not committed, and the text of the API is repeated', async () => {
    const run = await call(['set', 'motd=42'], { [keypair]: { status: 400, body: 'motd wants a string' } })
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('motd wants a string')
    expect(run.requests).toHaveLength(1)
  })

  test('a failing commit ends with 1', async () => {
    const run = await call(['set', 'a=b'], { [keypair]: { status: 204 }, [commit]: { status: 422, body: 'nothing' } })
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
  })
})

describe('requests of one line', () => {
  const base = '/actions/ephemeral-storage'
  test.each<[string[], string]>([
    [['reboot'], 'POST /actions/reboot'],
    [['report', 'cis'], 'GET /report/cis?type=bottlerocket'],
    [['report', 'cis', '-l', '2', '-f', 'json'], 'GET /report/cis?type=bottlerocket&format=json&level=2'],
    [['report', 'cis-k8s', '--format', 'a&b'], 'GET /report/cis?type=kubernetes&format=a%26b'],
    [['report', 'fips'], 'GET /report/fips?'],
    [['report', 'fips', '-f', 'json'], 'GET /report/fips?format=json'],
    [['ephemeral-storage', 'list-disks'], `GET ${base}/list-disks?`],
    [['ephemeral-storage', 'list-dirs', '-f', 'json'], `GET ${base}/list-dirs?format=json`],
    [['ephemeral-storage', 'init'], `POST ${base}/init {"disks":null,"filesystem":null}`],
    [
      ['ephemeral-storage', 'init', '--disks', '/a', '/b', '-t', 'ext4', '--disks', '/c'],
      `POST ${base}/init {"disks":["/a","/b","/c"],"filesystem":"Ext4"}`,
    ],
    [['ephemeral-storage', 'bind', '--dirs', '/a', '/b'], `POST ${base}/bind {"targets":["/a","/b"]}`],
  ])('%j', async (argv, request) => {
    const [method = '', uri = ''] = request.split(' ')
    const run = await call(argv, { [`${method} ${uri}`]: 'text\n' })
    expect(run.requests).toEqual([request])
    expect(run).toMatchObject({ exitCode: 0, stdout: method === 'GET' ? 'text\n' : '', stderr: '' })
  })
})

test.each([
  ['/settings?keys=a,b', '/settings?keys=a,b'],
  ['/a b"<>\\^`{|}', '/a%20b%22%3C%3E%5C%5E%60%7B%7C%7D'],
  ['/%41%zz%', '/%41%25zz%25'],
  ['/ü😀', '/%C3%BC%F0%9F%98%80'],
  ['/a#b', '/a'],
])('%s is sent as %s', (typed, sent) => {
  expect(requestUri(typed)).toBe(sent)
  expect(encodeIllegal(sent)).toBe(sent)
})
