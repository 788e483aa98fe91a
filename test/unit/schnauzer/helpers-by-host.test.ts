import { describe, expect, test } from 'vitest'
import { callHelper, failureOf, renderString } from '../../support/templates.ts'
import type { RenderFacts } from '../../../src/schnauzer/template.ts'

const S = 'settings.t'

test('if_not_null takes everything but null', () => {
  const body = `{{#if_not_null ${S}}}y{{else}}n{{/if_not_null}}`
  const requires = ['std@v1(helpers=[if_not_null])']
  for (const t of ['0', '""', 'false', '[]', '{}']) expect(renderString(body, { t, requires })).toBe('y')
  expect(renderString(body, { t: 'null', requires })).toBe('n')
  expect(renderString('{{#if_not_null settings.q}}y{{/if_not_null}}{{if_not_null 1}}', { requires })).toBe('')
})

describe('kube_reserve_cpu', () => {
  test.each([
    [0, '0m'],
    [1, '60m'],
    [2, '70m'],
    [3, '75m'],
    [4, '80m'],
    [5, '82m'],
    [6, '85m'],
    [7, '87m'],
    [8, '90m'],
    [16, '110m'],
    [96, '310m'],
    [65535, '163907m'],
  ])('%d processors: %s', (cpus, text) => {
    expect(callHelper('kube_reserve_cpu', S, 'null', { cpus })).toBe(text)
  })

  test('a setting goes first, too many processors are refused', () => {
    expect(callHelper('kube_reserve_cpu', S, '"10m"', { cpus: 70000 })).toBe('10m')
    expect(callHelper('kube_reserve_cpu', S, '2.5')).toBe('2.5')
    expect(() => callHelper('kube_reserve_cpu', S, 'null', { cpus: 65536 })).toThrow('processors')
    expect(() => callHelper('kube_reserve_cpu', S, 'true')).toThrow('boolean')
  })
})

describe('hosts', () => {
  const names = (resolve: Readonly<Record<string, readonly string[]>>): Partial<RenderFacts> => ({
    resolve: new Map(Object.entries(resolve)),
  })
  const UNKNOWN = names({ 'node-7.invalid': [] })

  test('entries of one address become one line, loopback has none', () => {
    const t =
      '[["192.0.2.7",["db.example","db"]],["127.0.0.1",["me.example"]],["2001:DB8::7",["six.example"]],["192.0.2.7",["extra.example"]],["127.0.0.2",[]]]'
    expect(callHelper('etc_hosts_entries', S, t)).toBe(
      '192.0.2.7 db.example db extra.example\n2001:db8::7 six.example\n127.0.0.2 ',
    )
    expect(callHelper('etc_hosts_entries', S, 'null')).toBe('')
  })

  test.each([
    '{}',
    '[["192.0.2.1"]]',
    '[["192.0.2.1",[],1]]',
    '[["192.0.2.01",[]]]',
    '[["192.0.2.0/24",[]]]',
    '[["192.0.2.1",["UP"]]]',
    '[["192.0.2.1",["a..b"]]]',
    '[["192.0.2.1",["a."]]]',
    '[["192.0.2.1",["-a"]]]',
    '[["192.0.2.1",["a.-b"]]]',
    `[["192.0.2.1",["${'a'.repeat(64)}"]]]`,
    '[["192.0.2.1",[1]]]',
  ])('%s is refused', (t) => {
    expect(failureOf(() => callHelper('etc_hosts_entries', S, t)).code).toBe('TEMPLATE_HELPER_FAILED')
  })

  test.each([
    ['localhost', '[]', 'localhost', 'localhost', names({ localhost: ['127.0.0.1'] })],
    ['node-7.invalid', 'null', 'node-7.invalid', 'node-7.invalid', UNKNOWN],
    ['node-7.invalid', '[["192.0.2.7",["x","node-7.invalid"]]]', '', '', {}],
    ['node-7.invalid', '[["127.0.0.1",["node-7.invalid","b"]]]', 'node-7.invalid b', '', {}],
    [
      'node-7.invalid',
      '[["::1",["six.example"]],["127.0.0.1",["me.example"]],["0:0::1",["more.example"]]]',
      'node-7.invalid me.example',
      'node-7.invalid six.example more.example',
      UNKNOWN,
    ],
    ['', '[["127.0.0.1",["b"]]]', 'b', '', {}],
    ['up.example', '[]', '', '', names({ 'up.example': ['192.0.2.3', '2001:db8::3'] })],
    ['both.example', '[]', 'both.example', 'both.example', names({ 'both.example': ['192.0.2.3', '::1'] })],
  ])('aliases for %j with %s', (name, hosts, ipv4, ipv6, facts) => {
    const t = `{"n":${JSON.stringify(name)},"h":${hosts}}`
    expect(callHelper('localhost_aliases', `"ipv4" ${S}.n ${S}.h`, t, facts)).toBe(ipv4)
    expect(callHelper('localhost_aliases', `"ipv6" ${S}.n ${S}.h`, t, facts)).toBe(ipv6)
  })

  test('a name without answer is asked for', () => {
    expect(callHelper('localhost_aliases', `"ipv4" "a.example" null`, 'null')).toBe('<lookup a.example>')
  })

  test.each(['"ipv5" "a" null', '"ipv4" null null', '"ipv4" "a" "b"'])('%s is refused', (args) => {
    expect(() => callHelper('localhost_aliases', args, 'null')).toThrow()
  })
})

describe('oci_defaults', () => {
  const render = (args: string, t: string, efaAttached = false): string =>
    callHelper('oci_defaults', args, t, { efaAttached })
  const CAPABILITIES = '{"capabilities":{"setuid":true,"chown":true,"net-raw":false}}'

  test('capabilities', () => {
    const list = '["CAP_CHOWN",\n"CAP_SETUID"]'
    expect(render(`"docker" ${S}.capabilities`, CAPABILITIES)).toBe(list)
    expect(render(`"containerd" ${S}.capabilities`, CAPABILITIES)).toBe(
      `"bounding": ${list},\n"effective": ${list},\n"permitted": ${list}\n`,
    )
    expect(render(`"docker" ${S}.capabilities`, '{"capabilities":{"syslog":true,"sys-admin":true}}')).toBe(
      '["CAP_SYSLOG",\n"CAP_SYS_ADMIN"]',
    )
    expect(render(`"docker" ${S}.capabilities`, '{"capabilities":{}}')).toBe('[]')
  })

  const LIMITS =
    '{"resource-limits":{"max-processes":{"hard-limit":-1,"soft-limit":"unlimited"},"max-open-files":{"hard-limit":9223372036854775807,"soft-limit":1024}}}'

  test('limits are sorted by name, -1 is infinity for containerd', () => {
    expect(render(`"docker" ${S}.resource-limits`, LIMITS)).toBe(
      ' "nofile":{ "Name": "nofile", "Hard": 9223372036854775807, "Soft": 1024 },\n' +
        ' "nproc":{ "Name": "nproc", "Hard": -1, "Soft": -1 }',
    )
    expect(render(`"containerd" ${S}.resource-limits`, LIMITS)).toBe(
      '{ "type": "RLIMIT_NOFILE", "hard": 9223372036854775807, "soft": 1024 },\n' +
        '{ "type": "RLIMIT_NPROC", "hard": 18446744073709551615, "soft": 18446744073709551615 }',
    )
  })

  test('a fabric adapter locks memory unless the setting says how much', () => {
    expect(render(`"containerd" ${S}.resource-limits`, '{"resource-limits":{}}', true)).toBe(
      '{ "type": "RLIMIT_MEMLOCK", "hard": 18446744073709551615, "soft": 18446744073709551615 }',
    )
    const own = '{"resource-limits":{"max-locked-memory":{"hard-limit":5,"soft-limit":4}}}'
    expect(render(`"containerd" ${S}.resource-limits`, own, true)).toBe(
      '{ "type": "RLIMIT_MEMLOCK", "hard": 5, "soft": 4 }',
    )
    expect(render(`"containerd" ${S}.resource-limits`, '{"resource-limits":{}}')).toBe('')
  })

  test('inside with, the path is the last word alone', () => {
    const body = `{{#with ${S}}}{{oci_defaults "docker" capabilities}}{{/with}}`
    expect(renderString(body, { t: CAPABILITIES, requires: ['oci-defaults@v1(helpers=[oci_defaults])'] })).toMatch(
      /^\["CAP_CHOWN/,
    )
  })

  test.each([
    [CAPABILITIES, `"podman" ${S}.capabilities`],
    [CAPABILITIES, `"docker" ${S}.[capabilities]`],
    [CAPABILITIES, `"docker" settings/t/capabilities`],
    [CAPABILITIES, `"docker" {"chown": true}`],
    [CAPABILITIES, `"docker" (lookup ${S} "capabilities")`],
    ['{}', `"docker" ${S}.capabilities`],
    ['{"capabilities":{"fly":true}}', `"docker" ${S}.capabilities`],
    ['{"capabilities":{"chown":"true"}}', `"docker" ${S}.capabilities`],
    ['{"resource-limits":{"x":{"hard-limit":1,"soft-limit":1}}}', `"docker" ${S}.resource-limits`],
    ['{"resource-limits":{"max-nice-priority":{"hard-limit":1}}}', `"docker" ${S}.resource-limits`],
    [
      '{"resource-limits":{"max-nice-priority":{"hard-limit":1,"soft-limit":1,"x":1}}}',
      `"docker" ${S}.resource-limits`,
    ],
    ['{"resource-limits":{"max-nice-priority":{"hard-limit":1.0,"soft-limit":1}}}', `"docker" ${S}.resource-limits`],
    ['{"resource-limits":{"max-nice-priority":{"hard-limit":-2,"soft-limit":1}}}', `"docker" ${S}.resource-limits`],
    [
      '{"resource-limits":{"max-nice-priority":{"hard-limit":9223372036854775808,"soft-limit":1}}}',
      `"docker" ${S}.resource-limits`,
    ],
  ])('%s with %s is refused', (t, args) => {
    expect(failureOf(() => render(args, t)).code).toBe('TEMPLATE_HELPER_FAILED')
  })
})

describe('each_unique', () => {
  const requires = ['std@v1(helpers=[each_unique])']
  const T = '[{"r":"docker.io","v":1},{"r":"a","v":2},{"r":"hub","v":3},{"r":"a","v":4}]'

  test('the last item of an identity stays, at its own place', () => {
    const body =
      '{{#each_unique settings.t by="r" from="docker.io" to="hub"}}{{@index}}{{@id}}{{v}}{{#if @last}}.{{/if}};{{/each_unique}}'
    expect(renderString(body, { t: T, requires })).toBe('0hub3;1a4.;')
  })

  test('strings are their own identity', () => {
    const body = '{{#each_unique settings.t as |v id|}}{{v}}{{id}},{{else}}none{{/each_unique}}'
    expect(renderString(body, { t: '["x","y","x"]', requires })).toBe('yy,xx,')
    expect(renderString(body, { t: '[]', requires })).toBe('none')
    expect(renderString(body, { t: 'null', requires })).toBe('none')
  })

  test('an item without identity is named', () => {
    const missing = failureOf(() =>
      renderString('{{#each_unique settings.t by="r"}}{{/each_unique}}', { t: '[{}]', requires }),
    )
    expect(missing.code).toBe('TEMPLATE_VALUE_MISSING')
    expect(missing.details['settingsPath']).toBe('settings.t.0.r')
    const wrong = failureOf(() =>
      renderString('{{#each_unique settings.t}}{{/each_unique}}', { t: '["a",1]', requires }),
    )
    expect(wrong.code).toBe('TEMPLATE_HELPER_FAILED')
    expect(wrong.details['settingsPath']).toBe('settings.t.1')
  })
})
