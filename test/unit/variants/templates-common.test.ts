import { parse as parseToml } from '@iarna/toml'
import { describe, expect, it } from 'vitest'
import { failure, render, type Facts } from '../../support/render-template.ts'
import { unitSettings, unitWords } from '../../support/systemd-readers.ts'

describe('registries', () => {
  const registry = (mirrors: object[], credentials: object[] = []): object => ({
    'container-registry': { mirrors, credentials },
  })
  const hostCtr = (settings: object): unknown => parseToml(render('host-ctr-toml', settings))

  it('keep the last of two entries for one registry', () => {
    const settings = registry(
      [
        { registry: 'a', endpoint: ['https://1'] },
        { registry: 'a', endpoint: ['https://2'] },
      ],
      [
        { registry: 'docker.io', username: 'u' },
        { registry: 'registry-1.docker.io', password: 'p' },
      ],
    )
    expect(hostCtr(settings)).toEqual({
      mirrors: { a: { endpoints: ['https://2'] } },
      creds: { 'registry-1.docker.io': { password: 'p' } },
    })
  })

  it.each([
    ['host-ctr-toml', [{ registry: 'a' }]],
    ['host-ctr-toml', [{ registry: 'a' }, { registry: 'a', endpoint: [] }]],
    ['host-ctr-toml', [{ endpoint: [] }]],
    ['containerd-config-toml_k8s_containerd_sock', [{ registry: 'a' }, { registry: 'a', endpoint: [] }]],
    ['docker-daemon-json', [{ registry: 'docker.io' }, { registry: 'docker.io', endpoint: [] }]],
    ['docker-daemon-json', [{ endpoint: [] }]],
  ])('fail %s for the mirrors %j', (template, mirrors) => {
    expect(failure(template, registry(mirrors))).not.toBe('rendered')
  })

  it('of another name may lack endpoints in daemon.json', () => {
    expect(failure('docker-daemon-json', registry([{ registry: 'a' }]))).toBe('rendered')
  })
})

describe('resource limits', () => {
  const settings = { 'oci-defaults': { 'resource-limits': { 'max-open-files': { 'hard-limit': 2, 'soft-limit': 1 } } } }
  const locked = {
    'oci-defaults': { 'resource-limits': { 'max-locked-memory': { 'hard-limit': 5, 'soft-limit': 4 } } },
  }
  const ulimits = (given: object, efaAttached: boolean): unknown =>
    (JSON.parse(render('docker-daemon-json', given, { efaAttached })) as Record<string, unknown>)['default-ulimits']

  it('are lifted for locked memory where an Elastic Fabric Adapter is attached and nothing is set', () => {
    expect(ulimits(settings, false)).toEqual({ nofile: { Name: 'nofile', Hard: 2, Soft: 1 } })
    expect(ulimits(settings, true)).toMatchObject({ memlock: { Name: 'memlock', Hard: -1, Soft: -1 } })
    expect(ulimits(locked, true)).toEqual({ memlock: { Name: 'memlock', Hard: 5, Soft: 4 } })
  })
})

describe('files that are empty without their setting', () => {
  it.each([
    ['netdog-toml', {}],
    ['corndog-toml', {}],
    ['modprobe-conf', { kernel: { modules: {} } }],
    ['modules-load', {}],
    ['certdog-toml', { pki: {} }],
    ['prairiedog-toml', { boot: {} }],
    ['static-pods-toml', {}],
    ['bootstrap-commands-toml', {}],
    ['bootstrap-containers-toml', {}],
    ['host-containers-toml', {}],
    ['host-ctr-toml', {}],
    ['log4j-hotpatch-enabled', { 'oci-hooks': { 'log4j-hotpatch-enabled': false } }],
    ['pod-infra-container-image', { kubernetes: {} }],
    ['aws-config', { aws: { config: '' } }],
    ['kubernetes-ca-crt', { kubernetes: {} }],
  ])('%s', (template, settings) => {
    expect(render(template, settings)).toBe('')
  })
})

describe('kernel modules', () => {
  const modules = {
    a_b: { autoload: true },
    sctp: { allowed: false },
    udf: { allowed: true, autoload: true },
    yy: { allowed: false, autoload: true },
    zz: { allowed: true },
  }

  it('are blocked unless allowed, and loaded if both allowed and wanted', () => {
    expect(render('modprobe-conf', { kernel: { modules } })).toBe(
      'install a_b /bin/true\ninstall sctp /bin/true\ninstall yy /bin/true\n',
    )
    expect(render('modules-load', { kernel: { modules } })).toBe('udf\n')
  })
})

describe('hosts', () => {
  it.each<[object, Facts['resolve'], string, string, string]>([
    [{ hostname: 'node.invalid' }, { 'node.invalid': [] }, ' node.invalid', ' node.invalid', ''],
    [{ hostname: 'node.example' }, { 'node.example': ['10.0.0.9'] }, ' ', ' ', ''],
    [{ hostname: 'node.example' }, { 'node.example': ['10.0.0.9', '127.0.0.1'] }, ' node.example', ' node.example', ''],
    [
      {
        hostname: 'n',
        hosts: [
          ['10.0.0.1', ['a', 'n']],
          ['127.0.0.1', ['x']],
          ['::1', ['y']],
          ['10.0.0.1', ['c']],
        ],
      },
      {},
      ' x',
      ' y',
      '10.0.0.1 a n c',
    ],
  ])('for %j with the names %j', (network, resolve, ipv4, ipv6, entries) => {
    expect(render('hosts', { network }, { resolve: resolve ?? {} })).toBe(
      `127.0.0.1 localhost localhost.localdomain localhost4 localhost4.localdomain4${ipv4}\n` +
        `::1 localhost localhost.localdomain localhost6 localhost6.localdomain6${ipv6}\n\n${entries}\n`,
    )
  })
})

describe('time servers', () => {
  it.each([
    [{ 'time-servers': ['a'], options: ['iburst', 'minpoll 4'] }, ['pool a iburst minpoll 4']],
    [{ 'time-servers': ['a', 'b'], options: [] }, ['pool a', 'pool b']],
    [{ 'time-servers': [] }, []],
    [{ 'time-servers': ['a\nuser root'], options: ['x\r\n\ny'] }, ['pool a user root x y']],
  ])('of %j are %j', (ntp, pools) => {
    const lines = render('chrony-conf', { ntp }).split('\n')
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      ...pools,
      'driftfile /var/lib/chrony/drift',
      'makestep 1.0 3',
      'dumponexit',
      'dumpdir /var/lib/chrony',
      'user chrony',
      'rtcsync',
    ])
  })

  it('need options', () => {
    expect(failure('chrony-conf', { ntp: { 'time-servers': ['a'] } })).toBe('TEMPLATE_VALUE_MISSING')
    expect(failure('chrony-conf', { ntp: {} })).not.toBe('rendered')
  })
})

describe('ECS agent', () => {
  const environment = (more: object): Record<string, string> =>
    Object.fromEntries(
      unitSettings(render('ecs-base-conf', { ecs: { loglevel: 'info' }, ...more })).map(([section, name, value]) => {
        expect([section, name]).toEqual(['Service', 'Environment'])
        const word = unitWords(value).join(' ')
        return [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]
      }),
    )

  it.each<[object, Record<string, string | undefined>]>([
    [
      {},
      {
        ECS_CLUSTER: '',
        ECS_TASK_METADATA_RPS_LIMIT: '40,60',
        ECS_PRIVILEGED_DISABLED: 'true',
        ECS_DISABLE_IMAGE_CLEANUP: 'false',
        ECS_INSTANCE_ATTRIBUTES: '{ "bottlerocket.variant": "aws-ecs-2"}',
        ECS_AVAILABLE_LOGGING_DRIVERS: undefined,
        ECS_ENGINE_AUTH_DATA: undefined,
        ECS_ENABLE_SPOT_INSTANCE_DRAINING: 'false',
      },
    ],
    [{ 'metadata-service-rps': 10 }, { ECS_TASK_METADATA_RPS_LIMIT: '10,60' }],
    [{ 'metadata-service-rps': 0, 'metadata-service-burst': -1 }, { ECS_TASK_METADATA_RPS_LIMIT: '0,-1' }],
    [{ 'enable-spot-instance-draining': true }, { ECS_ENABLE_SPOT_INSTANCE_DRAINING: 'true' }],
    [
      { 'allow-privileged-containers': true, 'image-cleanup-enabled': false },
      { ECS_PRIVILEGED_DISABLED: 'false', ECS_DISABLE_IMAGE_CLEANUP: 'true' },
    ],
    [
      { 'instance-attributes': { b: '2', 'a.x': '1 1' } },
      { ECS_INSTANCE_ATTRIBUTES: '{ "bottlerocket.variant": "aws-ecs-2" ,"a.x": "1 1" ,"b": "2"}' },
    ],
    [{ 'logging-drivers': ['json-file', 'none'] }, { ECS_AVAILABLE_LOGGING_DRIVERS: '["json-file","none"]' }],
    [{ 'logging-drivers': [] }, { ECS_AVAILABLE_LOGGING_DRIVERS: undefined }],
    [{ cluster: 'a&b' }, { ECS_CLUSTER: 'a&b' }],
  ])('with %j has %j', (ecs, expected) => {
    const found = environment({ ecs: { loglevel: 'info', ...ecs } })
    for (const [name, value] of Object.entries(expected)) expect(found[name], name).toBe(value)
  })

  it('needs its log level', () => {
    expect(failure('ecs-base-conf', { ecs: {} })).toBe('TEMPLATE_VALUE_MISSING')
  })

  it('gets the credentials of registries as one JSON object, the last of a registry', () => {
    const credentials = [
      { registry: 'a', username: 'old', password: 'old' },
      { registry: 'docker.io', username: 'u', password: 'p"w' },
      { registry: 'a', auth: 'x' },
      { registry: 'only-a-token', identitytoken: 't' },
    ]
    const found = environment({ 'container-registry': { credentials } })
    expect(found['ECS_ENGINE_AUTH_TYPE']).toBe('dockercfg')
    expect(JSON.parse(found['ECS_ENGINE_AUTH_DATA'] ?? '')).toEqual({
      'https://index.docker.io/v1/': { email: '.', username: 'u', password: 'p"w' },
      a: { email: '.', auth: 'x' },
      'only-a-token': { email: '.' },
    })
  })
})

describe('proxies', () => {
  it.each([
    [{}, 'localhost,127.0.0.1'],
    [{ network: { 'no-proxy': ['a', 'b.c'] } }, 'a,b.c,localhost,127.0.0.1'],
    [{ network: { 'no-proxy': [] } }, 'localhost,127.0.0.1'],
    [
      { kubernetes: { 'api-server': 'https://ABC.example.com:443/x', 'cluster-domain': 'cluster.local' } },
      'localhost,127.0.0.1,abc.example.com,.cluster.local',
    ],
  ])('with %j are not used for %s', (settings, noProxy) => {
    expect(render('proxy-env', settings)).toBe(`NO_PROXY=${noProxy}\nno_proxy=${noProxy}\n`)
  })

  it('need an absolute URL of the API server', () => {
    expect(failure('proxy-env', { kubernetes: { 'api-server': 'example.com' } })).not.toBe('rendered')
  })
})
