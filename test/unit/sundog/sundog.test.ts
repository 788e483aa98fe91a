import { describe, expect, test } from 'vitest'
import { parseJson } from '../../../src/lib/json-parse.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { parseKey } from '../../../src/model/key.ts'
import { isPopulated, planGenerators } from '../../../src/sundog/plan-generators.ts'
import { sundog } from '../../../src/sundog/program.ts'
import { proxyEnvironment } from '../../../src/sundog/proxy-env.ts'
import { readOutcome } from '../../../src/sundog/read-outcome.ts'
import { FakeRunner, runResult, runTool, StubApi, testHost, type CommandEnd } from '../../support/apply-host.ts'

const tree = (text: string): JsonObject => parseJson(text) as JsonObject

describe('isPopulated', () => {
  const live = tree(
    '{"settings":{"boot":{"kernel":{"console":["tty0"]}},"bootstrap-containers":{"a":1},"dns":{},"ntp":{"time-servers":[]},' +
      '"motd":"","x":null,"kernel":{"sysctl":{"a.b":"1"}}}}',
  )
  test.each([
    ['settings.boot', true],
    ['settings.boot.kernel', true],
    ['settings.boot.init', false],
    ['settings.bootstrap', false],
    ['settings.dns', false],
    ['settings.ntp', true],
    ['settings.ntp.time-servers', true],
    ['settings.motd', true],
    ['settings.motd.x', false],
    ['settings.x', false],
    ['settings.kernel.sysctl."a.b"', true],
    ['settings.kernel.sysctl.a.b', false],
    ['settings.constructor', false],
  ])('%s: %s', (key, populated) => {
    expect(isPopulated(live, parseKey(key))).toBe(populated)
  })
})

describe('planGenerators', () => {
  test('splits commands and skips what has a value', () => {
    const generators = new Map([
      ['settings.a', `schnauzer-v2 render --template '{{ x }} "y"'`],
      ['settings.b', `'open quote of a setting that has a value`],
    ])
    expect(planGenerators(generators, tree('{"settings":{"b":1}}'))).toEqual([
      {
        key: parseKey('settings.a'),
        command: generators.get('settings.a'),
        words: ['schnauzer-v2', 'render', '--template', '{{ x }} "y"'],
      },
    ])
  })

  test('names every bad command', () => {
    const generators = new Map([
      ['settings.a', ''],
      ['settings.b', ' # comment'],
      ['settings.c', 'x "y'],
      ['settings..d', 'x'],
    ])
    expect(() => planGenerators(generators, tree('{}'))).toThrow(/settings\.a.*settings\.b.*settings\.c.*settings\.\.d/)
  })
})

describe('proxyEnvironment', () => {
  test.each([
    ['{}', undefined],
    ['{"network":{"no-proxy":["a"]}}', undefined],
    ['{"network":{"https-proxy":"http://p:3128"}}', 'localhost,127.0.0.1'],
    ['{"network":{"https-proxy":"http://p:3128","no-proxy":["10.0.0.0/8",""]}}', 'localhost,127.0.0.1,10.0.0.0/8'],
    [
      '{"network":{"https-proxy":"http://p:3128","no-proxy":["10.0.0.0/8",""]},' +
        '"kubernetes":{"api-server":"https://a.example","cluster-domain":"cluster.local"}}',
      'localhost,127.0.0.1,10.0.0.0/8,https://a.example,cluster.local',
    ],
  ])('%s', (settings, noProxy) => {
    const expected =
      noProxy === undefined
        ? {}
        : { https_proxy: 'http://p:3128', HTTPS_PROXY: 'http://p:3128', no_proxy: noProxy, NO_PROXY: noProxy }
    expect(proxyEnvironment(tree(settings))).toEqual(expected)
  })
})

describe('readOutcome', () => {
  test.each<[CommandEnd, unknown]>([
    [{ stdout: ' 12\n' }, { kind: 'value', value: 12n }],
    [{ stdout: '"a"' }, { kind: 'value', value: 'a' }],
    [{ stdout: '\u00a0null' }, { kind: 'value', value: null }],
    [{ exitCode: 2, stdout: '"a"' }, { kind: 'skip' }],
  ])('%j', (end, expected) => {
    expect(readOutcome(runResult([], end))).toEqual(expected)
  })

  test.each<[CommandEnd, string, string]>([
    [{ stdout: '' }, 'GENERATOR_INVALID_OUTPUT', 'printed nothing'],
    [{ stdout: ' \n' }, 'GENERATOR_INVALID_OUTPUT', 'printed nothing'],
    [{ stdout: '1 2' }, 'GENERATOR_INVALID_OUTPUT', 'not JSON'],
    [{ stdout: '\ufeff1' }, 'GENERATOR_INVALID_OUTPUT', 'not JSON'],
    [{ stdout: Uint8Array.of(0x22, 0xff, 0x22) }, 'GENERATOR_INVALID_OUTPUT', 'not UTF-8'],
    [{ exitCode: 1, stdout: '1', stderr: 'no region\n' }, 'GENERATOR_FAILED', 'ended with 1:\nno region'],
    [{ exitCode: 3 }, 'GENERATOR_FAILED', 'ended with 3'],
    [{ signal: 'SIGKILL' }, 'GENERATOR_FAILED', 'SIGKILL'],
    [{ timedOut: true, exitCode: 0, stdout: '1' }, 'GENERATOR_FAILED', 'too long'],
    [{ startError: 'ENOENT' }, 'GENERATOR_FAILED', 'could not be started: ENOENT'],
  ])('%j', (end, code, reason) => {
    const outcome = readOutcome(runResult([], end))
    expect(outcome).toMatchObject({ kind: 'failure', code })
    expect(outcome.kind === 'failure' && outcome.reason).toContain(reason)
  })
})

describe('sundog', () => {
  const PATCH = 'PATCH /settings?tx=bottlerocket-launch'
  const api = (generators: Record<string, unknown>, live = '{}', patch: number | string = 204): StubApi =>
    new StubApi({
      'GET /metadata/setting-generators': JSON.stringify(generators),
      'GET /?prefix=settings.': live,
      [PATCH]: typeof patch === 'number' ? { status: patch } : { status: 400, body: patch },
    })
  const commands =
    (table: Record<string, CommandEnd>) =>
    ({ command }: { command: readonly string[] }): CommandEnd =>
      table[command[0] ?? ''] ?? {}

  test('sends all values in one request, without committing', async () => {
    const stub = api({
      'settings.updates.seed': 'seed x',
      'settings.boot': 'boot',
      'settings.a.null': 'null',
      'settings.a.skip': 'skip',
      'settings.kernel.sysctl."a.b"': 'sysctl',
    })
    const runner = new FakeRunner(
      commands({
        seed: { stdout: '7\n', stderr: 'first\nsecond\n' },
        boot: { stdout: '{"kernel":{"console":["tty0"]}}' },
        null: { stdout: 'null' },
        skip: { exitCode: 2 },
        sysctl: { stdout: '"1"' },
      }),
    )
    const host = testHost({ api: stub, runner })
    const run = await runTool(sundog, ['--socket-path', '/s'], host)
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(host.sockets).toEqual(['/s'])
    expect(stub.log).toEqual([
      'GET /metadata/setting-generators',
      'GET /?prefix=settings.',
      `${PATCH} {"boot":{"kernel":{"console":["tty0"]}},"kernel":{"sysctl":{"a.b":"1"}},"updates":{"seed":7}}`,
    ])
    expect(run.stdout).toMatch(/first.*\n.*second/)
    expect(host.emitted.map((event) => event.kind === 'activity' && { ...event.activity, waits: [] })).toContainEqual({
      kind: 'generator',
      name: 'settings.updates.seed',
      detail: 'seed x',
      startMs: 0,
      endMs: 0,
      outcome: 'ok',
      attempts: 1,
      waits: [],
    })
    expect(runner.requests.every(({ purpose, timeoutMs }) => purpose === 'program' && timeoutMs === 360_000)).toBe(true)
  })

  test('nothing to generate: an empty tree is sent; no generators at all: nothing', async () => {
    const stub = api({ 'settings.motd': 'x' }, '{"settings":{"motd":"hi"}}')
    expect((await runTool(sundog, [], testHost({ api: stub }))).exitCode).toBe(0)
    expect(stub.log.at(-1)).toBe(`${PATCH} {}`)
    const none = api({})
    expect((await runTool(sundog, [], testHost({ api: none }))).exitCode).toBe(0)
    expect(none.log).toEqual(['GET /metadata/setting-generators'])
  })

  test('generators get the proxy of the live settings', async () => {
    const stub = api({ 'settings.a': 'a' }, '{"settings":{"network":{"https-proxy":"http://p"}}}')
    const runner = new FakeRunner(() => ({ stdout: '1' }))
    await runTool(sundog, [], testHost({ api: stub, runner }))
    expect(runner.requests[0]?.env).toMatchObject({ HTTPS_PROXY: 'http://p', NO_PROXY: 'localhost,127.0.0.1' })
  })

  test('independent generators run at the same time', async () => {
    let running = 0
    const waiting: (() => void)[] = []
    const runner = new FakeRunner(async () => {
      if (++running < 3) await new Promise<void>((resolve) => waiting.push(resolve))
      else
        waiting.forEach((resolve) => {
          resolve()
        })
      return { stdout: '1' }
    })
    const stub = api({ 'settings.a': 'a', 'settings.b': 'b', 'settings.c': 'c' })
    expect((await runTool(sundog, [], testHost({ api: stub, runner }))).exitCode).toBe(0)
    expect(stub.log.at(-1)).toBe(`${PATCH} {"a":1,"b":1,"c":1}`)
  })

  test('one failure discards all results and stops the others', async () => {
    const stub = api({ 'settings.a': 'a', 'settings.b': 'b', 'settings.c': 'c' })
    const runner = new FakeRunner(({ command, signal }) => {
      if (command[0] === 'a') return { stdout: '1' }
      if (command[0] === 'b') return { exitCode: 1, stderr: 'no region' }
      return new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          resolve({ signal: 'SIGTERM' })
        })
      })
    })
    const run = await runTool(sundog, [], testHost({ api: stub, runner }))
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain(
      "error[GENERATOR_FAILED] the generator of settings.b ('b') failed: it ended with 1:\nno region",
    )
    expect(run.stderr).not.toContain('settings.c')
    expect(stub.log.some((line) => line.startsWith('PATCH'))).toBe(false)
  })

  test('an interrupt ends the run without sending anything', async () => {
    const stop = new AbortController()
    const stub = api({ 'settings.a': 'a' })
    const runner = new FakeRunner(() => {
      stop.abort()
      return { signal: 'SIGTERM' }
    })
    expect(await runTool(sundog, [], testHost({ api: stub, runner }), { signal: stop.signal })).toMatchObject({
      exitCode: 130,
      stderr: '',
    })
  })

  test.each<[string, StubApi, string]>([
    ['values are refused', api({ 'settings.a': 'a' }, '{}', 'settings.a: unknown'), 'settings.a: unknown'],
    ['a generator is no string', api({ 'settings.a': { command: 'a' } }), 'settings.a'],
    ['a command is empty', api({ 'settings.a': '' }), 'settings.a'],
    ['keys clash', api({ 'settings.a': 'a', 'settings.a.b': 'a' }), 'settings.a'],
    ['a key is settings itself', api({ settings: 'a' }), 'settings'],
    ['there are no generators to ask for', new StubApi(), '404'],
  ])('%s: ends with 1', async (_, stub, part) => {
    const runner = new FakeRunner(() => ({ stdout: '1' }))
    const run = await runTool(sundog, [], testHost({ api: stub, runner }))
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain(part)
  })

  test('a refusal names the settings that were sent', async () => {
    const stub = api({ 'settings.b': 'b', 'settings.a': 'a' }, '{}', 'bad value')
    const run = await runTool(sundog, [], testHost({ api: stub, runner: new FakeRunner(() => ({ stdout: '1' })) }))
    expect(run.stderr).toContain('error[GENERATOR_VALUES_REFUSED]')
    expect(run.stderr).toContain('(settings.a, settings.b): status 400: bad value')
  })

  test.each([[['x']], [['--socket-path']], [['--log-level', 'loud']], [['--help']]])(
    '%j is bad usage',
    async (argv) => {
      expect(await runTool(sundog, argv, testHost())).toMatchObject({ exitCode: 2, stdout: '' })
    },
  )
})
