import { describe, expect, test } from 'vitest'
import type { ApiRequest, Host } from '../../../src/lib/ports.ts'
import { quoteJson } from '../../../src/lib/json.ts'
import { schnauzer } from '../../../src/schnauzer-v1/program.ts'
import { startFixture } from '../../support/api-fixture.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'

const KEY = 'settings.host-containers.admin.source'
const MODEL = `{"settings":{"aws":{"region":"ca-west-1"},"host":"a<b","list":["x"],"oci-defaults":{"resource-limits":{}}},
  "os":{"variant_id":"aws-k8s-1.30"},"services":{"s":{"restart-commands":["c"]}},"configuration-files":{"f":{"path":"/p"}}}`

interface Answers {
  readonly templates?: string
  readonly model?: string
  readonly status?: number
}

function host(
  template: string,
  { templates = `{${quoteJson(KEY)}:${quoteJson(template)}}`, model = MODEL, status = 200 }: Answers = {},
  ports: Partial<Host> = {},
): Host & { asked: ApiRequest[] } {
  const asked: ApiRequest[] = []
  const api = (): ReturnType<Host['api']> => ({
    request: (request) => {
      asked.push(request)
      return Promise.resolve({ status, headers: {}, body: request.uri === '/' ? model : templates })
    },
  })
  return { ...testHost({ api, ...ports }), asked }
}

const run = (on: Host, argv: readonly string[] = [KEY]): Promise<ProgramRun> => runToEnd(schnauzer, argv, on)

describe('a template of the metadata', () => {
  test.each([
    ['{{ecr-prefix settings.aws.region}}/admin', '253897149516.dkr.ecr.ca-west-1.amazonaws.com/admin'],
    ['{{os.variant_id}} {{services.s.restart-commands.[0]}} {{configuration-files.f.path}}', 'aws-k8s-1.30 c /p'],
    ['{{settings.host}}|{{{settings.host}}}', 'a<b|a<b'],
    ['{{join_array "," settings.list}}{{default "d" settings.no}}', '"x"d'],
    ['{{#with settings}}{{this.host}}{{/with}}', 'a<b'],
    ['{{oci_defaults "docker" settings.oci-defaults.resource-limits}}.', '.'],
    ['5', '5'],
  ])('%s', async (template, text) => {
    expect(await run(host(template))).toEqual({ code: 0, stdout: `${quoteJson(text)}\n`, stderr: '' })
  })

  test.each([
    ['a setting that is not set', '{{settings.no}}', "'settings.no' is not set"],
    ['a name that is a helper, not data', '{{#with settings}}{{host}}{{/with}}', "'host' takes exactly 1 argument"],
    ['the helper that came later', '{{#if_not_null settings.host}}x{{/if_not_null}}', 'no helper'],
    ["the product's own helper", '{{#each_unique settings.list}}x{{/each_unique}}', 'no helper'],
    ['a syntax error', '{{', KEY],
  ])('%s fails', async (_, template, message) => {
    const result = await run(host(template))
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain(message)
    expect(result.stderr).not.toContain('does not require')
  })

  test('is asked for by its key, further words are ignored', async () => {
    const on = host('x')
    await run(on, [KEY, 'more', '--words'])
    expect(on.asked.map(({ method, uri }) => `${method} ${uri}`)).toEqual([
      `GET /metadata/templates?keys=${KEY}`,
      'GET /',
    ])
  })

  test('devices are read only for the helper that depends on them', async () => {
    const { facts } = testHost()
    const failing = { ...facts, pciDevices: () => Promise.reject(new Error('no bus')) }
    expect(await run(host('x', {}, { facts: failing }))).toMatchObject({ code: 0 })
    const limits = '{{oci_defaults "docker" settings.oci-defaults.resource-limits}}'
    const result = await run(host(limits, {}, { facts: failing }))
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('the PCI devices cannot be read: no bus')
  })
})

describe('no template', () => {
  test.each([
    ['no entry', { templates: '{}' }],
    ['an empty one', { templates: `{"${KEY}":""}` }],
    ['no text', { templates: `{"${KEY}":["x"]}` }],
    ['no object', { templates: '[]' }],
  ])('%s', async (_, answers) => {
    const result = await run(host('', answers))
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('TEMPLATE_MISSING')
  })

  test.each([
    ['an API that refuses', { status: 404 }],
    ['data that are no object', { model: '[]' }],
    ['data that are not JSON', { model: '{' }],
  ])('%s', async (_, answers) => {
    expect(await run(host('x', answers))).toMatchObject({ code: 1, stdout: '' })
  })
})

test.each([[[]], [['--help']], [['-h']]])('%j prints the usage on standard error', async (argv) => {
  const result = await run(host('x'), argv)
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain('usage: schnauzer SETTING')
})

test('the whole way, with the metadata of a real store', async () => {
  const api = await startFixture({ transport: 'in process', committed: true })
  try {
    const inherited = await run(api.host, ['settings.network.https-proxy'])
    expect(inherited.stderr).toContain("'settings.x' is not set")
    const none = await run(api.host, ['settings.motd'])
    expect(none.stderr).toContain('TEMPLATE_MISSING')
  } finally {
    await api.close()
  }
})
