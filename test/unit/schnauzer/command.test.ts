import { describe, expect, test } from 'vitest'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import type { ApiRequest, Host } from '../../../src/lib/ports.ts'
import { schnauzerV2 } from '../../../src/schnauzer-v2/program.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'

const MODEL =
  '{"settings":{"aws":{"region":"ca-west-1"},"n":9007199254740993},"os":{"variant_id":"aws-k8s-1.30"},"services":{}}'

interface Api {
  readonly status?: number
  readonly body?: string
}

function host(
  { status = 200, body = MODEL }: Api = {},
  ports: Partial<Host> = {},
): Host & { asked: [string, ApiRequest][] } {
  const asked: [string, ApiRequest][] = []
  const api = (socket = ''): ReturnType<Host['api']> => ({
    request: (request) => {
      asked.push([socket, request])
      return Promise.resolve({ status, headers: {}, body })
    },
  })
  return { ...testHost({ api, ...ports }), asked }
}

const run = (argv: readonly string[], on: Host = host()): Promise<ProgramRun> =>
  runToEnd(schnauzerV2, argv, on, { cwd: '/tmp' })

describe('render', () => {
  test.each([
    [
      ['--requires', 'aws@v1(helpers=[ecr-prefix])', '--template', '{{ ecr-prefix settings.aws.region }}/a:v1'],
      '"253897149516.dkr.ecr.ca-west-1.amazonaws.com/a:v1"',
    ],
    [['--template', '{{ os.variant_id }}\t"é\u2028', '--requires', 'aws@v1'], '"aws-k8s-1.30\\t\\"é\u2028"'],
    [['--template', '5'], '"5"'],
    [['--template', '{{settings.n}}', '--requires', 'n@v1'], '"9007199254740993"'],
    [['--template', '--help'], '"--help"'],
  ])('%j', async (args, text) => {
    expect(await run(['render', ...args])).toEqual({ code: 0, stdout: `${text}\n`, stderr: '' })
  })

  test('the API is asked once, also for a text without tags', async () => {
    const on = host()
    await run(['--log-level', 'TRACE', '--api-socket', '/s.sock', 'render', '--template', 'x'], on)
    expect(on.asked).toEqual([
      ['/s.sock', { method: 'GET', uri: '/', headers: { 'content-type': 'application/json' } }],
    ])
  })

  test('host names are looked up', async () => {
    const resolver: Host['resolver'] = {
      lookup: (name) => Promise.resolve(name === 'up.example' ? ['192.0.2.1'] : []),
      reverse: () => Promise.resolve(undefined),
    }
    const template = '{{localhost_aliases "ipv4" "up.example" null}},{{localhost_aliases "ipv4" "down.example" null}}'
    const args = ['render', '--requires', 'network@v1(helpers=[localhost_aliases])', '--template', template]
    expect((await run(args, host({}, { resolver }))).stdout).toBe('",down.example"\n')
  })

  test('devices are looked at for oci_defaults only', async () => {
    const facts: Host['facts'] = {
      ...testHost().facts,
      pciDevices: () => Promise.resolve([{ vendor: '1d0f', device: 'efa1' }]),
    }
    const body = '{"settings":{"oci-defaults":{"resource-limits":{}}},"os":{}}'
    const template = '{{oci_defaults "docker" settings.oci-defaults.resource-limits}}'
    const args = ['render', '--requires', 'oci-defaults@v1(helpers=[oci_defaults])', '--template', template]
    expect((await run(args, host({ body }, { facts }))).stdout).toContain('memlock')
    const failing: Host['facts'] = { ...facts, pciDevices: () => Promise.reject(new Error('asked')) }
    expect((await run(['render', '--template', 'x'], host({}, { facts: failing }))).code).toBe(0)
  })
})

describe('render-file', () => {
  const fs = new MemoryFs()
  fs.makeDirectory('/tmp')
  fs.writeFile(
    '/tmp/t',
    'output-format = "json"\n[required-extensions]\naws = "v1"\n+++\n{ "r": {{settings.aws.region}} }\n',
  )
  fs.writeFile('/tmp/bytes', new Uint8Array([43, 43, 43, 10, 255]))

  test.each(['/tmp/t', 't'])('%s', async (file) => {
    expect(await run(['render-file', '--path', file], host({}, { fs }))).toEqual({
      code: 0,
      stdout: '"{ \\"r\\": \\"ca-west-1\\" }\\n"\n',
      stderr: '',
    })
  })

  test.each(['/tmp/none', '/tmp/bytes'])('%s cannot be read', async (file) => {
    const { code, stdout, stderr } = await run(['render-file', '--path', file], host({}, { fs }))
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('TEMPLATE_UNREADABLE')
  })
})

describe('usage', () => {
  test.each([
    [['--help']],
    [['help']],
    [['render', '--help']],
    [['render', 'help']],
    [['render-file', '--help']],
    [['--log-level', 'info', 'help']],
  ])('%j prints the usage', async (argv) => {
    const { code, stdout } = await run(argv)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^usage: schnauzer-v2/)
  })

  test.each([
    [[]],
    [['-h']],
    [['other']],
    [['--other', 'render', '--template', 'x']],
    [['render']],
    [['render', '--template']],
    [['render', '--template', 'a', '--template', 'b']],
    [['render', '--template=a']],
    [['render', '--template', 'a', '--log-level', 'info']],
    [['render', '--template', 'a', 'b']],
    [['render', '--requires', 'aws', '--template', 'x']],
    [['render-file']],
    [['--log-level', 'loud', 'render', '--template', 'x']],
    [['--log-level', 'info', '--log-level', 'info', 'render', '--template', 'x']],
  ])('%j is refused', async (argv) => {
    const { code, stdout, stderr } = await run(argv)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).not.toBe('')
  })
})

describe('failures end with 1 and no output', () => {
  test.each<[string, Api, string]>([
    ['status', { status: 500 }, 'API_BAD_STATUS'],
    ['no JSON', { body: '{' }, 'API_INVALID_RESPONSE'],
    ['number too large', { body: '{"settings":{"a":1E400},"os":{}}' }, 'API_INVALID_RESPONSE'],
    ['no object', { body: '[]' }, 'API_INVALID_RESPONSE'],
    ['no os', { body: '{"settings":{}}' }, 'API_INVALID_RESPONSE'],
    ['settings are no object', { body: '{"settings":[],"os":{}}' }, 'API_INVALID_RESPONSE'],
    ['value not set', {}, 'TEMPLATE_VALUE_MISSING'],
  ])('%s', async (_, api, code) => {
    const result = await run(['render', '--requires', 'aws@v1', '--template', '{{settings.aws.profile}}'], host(api))
    expect([result.code, result.stdout]).toEqual([1, ''])
    expect(result.stderr).toContain(code)
  })
})
