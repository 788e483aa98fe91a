import { describe, expect, it } from 'vitest'
import type { MetadataFacts } from '../../../src/lib/facts.ts'
import { pluto } from '../../../src/pluto/program.ts'
import { runToEnd, type Ending } from '../../support/test-host.ts'
import { KEYS, kubernetes, recorded, REGION, run, SET, without, type Case, type Result } from './bench.ts'

describe('pluto', () => {
  it('asks in order, and sends what it found in one request', async () => {
    const { code, stdout, asked, commands } = await run({
      settings: kubernetes({ 'cluster-name': 'demo', 'hostname-override-source': 'instance-id' }, REGION),
    })
    expect(code).toBe(0)
    expect(stdout).toBe('')
    expect(asked).toEqual([
      'GET https://eks.us-west-2.amazonaws.com/clusters/demo',
      'meta-data/network/interfaces/macs',
      'meta-data/network/interfaces/macs/0a:1b:2c:3d:4e:5f//vpc-ipv4-cidr-blocks',
      'meta-data/local-ipv4',
      'meta-data/instance-type',
      'meta-data/instance-id',
      'dynamic/instance-identity/document',
      'meta-data/instance-id',
    ])
    expect(commands).toEqual([
      ['/usr/bin/apiclient', 'get', 'settings.aws', 'settings.network', 'settings.kubernetes'],
      [
        '/usr/bin/apiclient',
        'raw',
        '-m',
        'PATCH',
        '-u',
        '/settings?tx=bottlerocket-launch',
        '-d',
        '{"kubernetes":{"cluster-dns-ip":"172.20.0.10","hostname-override":"i-0abc","max-pods":58,' +
          '"node-ip":"10.2.3.4","provider-id":"aws:///us-west-2b/i-0abc"}}',
      ],
    ])
  })

  it('generates nothing that has a value, and then sends nothing', async () => {
    const { code, commands, asked, host } = await run({ settings: kubernetes(SET) })
    expect(code).toBe(0)
    expect(commands).toHaveLength(1)
    expect(asked).toEqual([])
    expect(host.emitted).toEqual([])
  })

  it('tells what it generated', async () => {
    const { host } = await run({ settings: kubernetes(without('provider-id')) })
    expect(host.emitted).toMatchObject([
      {
        kind: 'activity',
        activity: {
          kind: 'generator',
          name: 'settings.kubernetes.provider-id',
          outcome: 'ok',
          attempts: 1,
          waits: [],
        },
      },
    ])
  })

  it.each<[string, Ending, string]>([
    ['cannot be started', { startError: 'ENOENT' }, 'ENOENT'],
    ['fails', { exitCode: 1, stderr: 'no API' }, 'no API'],
    ['is killed', { signal: 'SIGKILL' }, 'SIGKILL'],
    ['prints nonsense', { stdout: 'x' }, 'PLUTO_SETTINGS_INVALID'],
  ])('fails if apiclient %s', async (_name, ending, text) => {
    const { code, stderr } = await run({ apiclient: () => ending })
    expect(code).toBe(1)
    expect(stderr).toContain(text)
  })

  it('fails if its values are refused', async () => {
    const { code, stderr } = await run({
      settings: kubernetes(without('node-ip')),
      apiclient: ({ command }) => (command[1] === 'raw' ? { exitCode: 1, stderr: 'status 400' } : undefined),
    })
    expect(code).toBe(1)
    expect(stderr).toContain('status 400')
  })
})

describe('cluster-dns-ip', () => {
  const dns = (given: Case): Promise<Result> =>
    run({
      ...given,
      settings: given.settings ?? kubernetes({ ...without('cluster-dns-ip'), 'cluster-name': 'demo' }, REGION),
    })

  it('comes from EKS, by a signed call', async () => {
    const { sent, asked, requests } = await dns({ aws: { eks: { serviceIpv4Cidr: '192.168.64.0/20' } } })
    expect(sent).toEqual({ kubernetes: { 'cluster-dns-ip': '192.168.64.10' } })
    expect(asked).toEqual(['GET https://eks.us-west-2.amazonaws.com/clusters/demo'])
    expect(requests[0]?.headers?.['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-west-2\/eks\/aws4_request, /,
    )
  })

  it.each([
    ['cn-north-1', 'https://eks.cn-north-1.amazonaws.com.cn/clusters/a%20b'],
    ['us-gov-west-1', 'https://eks.us-gov-west-1.amazonaws.com/clusters/a%20b'],
    ['us-iso-east-1', 'https://eks.us-iso-east-1.c2s.ic.gov/clusters/a%20b'],
  ])('is asked in %s at %s', async (region, url) => {
    const settings = kubernetes({ ...without('cluster-dns-ip'), 'cluster-name': 'a b' }, { aws: { region } })
    const { asked } = await dns({ settings, aws: { eks: { serviceIpv4Cidr: '10.100.0.0/16' } } })
    expect(asked).toEqual([`GET ${url}`])
  })

  it('is asked where AWS_ENDPOINT_URL says', async () => {
    const { asked, sent } = await dns({
      aws: { eks: { serviceIpv4Cidr: '10.5.0.0/16' } },
      env: { AWS_ENDPOINT_URL: 'http://aws.test:8080' },
    })
    expect(asked).toEqual(['http://aws.test:8080/clusters/demo'])
    expect(sent).toEqual({ kubernetes: { 'cluster-dns-ip': '10.5.0.10' } })
  })

  it.each<[string, Case]>([
    ['EKS denies access', {}],
    ['the range has not four parts', { aws: { eks: { serviceIpv4Cidr: 'fd00:1::/108' } } }],
    ['the answer has no range', { aws: { eks: { serviceIpv4Cidr: '' } } }],
    ['the cluster has no name', { settings: kubernetes(without('cluster-dns-ip'), REGION) }],
    ['there is no region', { settings: kubernetes({ ...without('cluster-dns-ip'), 'cluster-name': 'demo' }) }],
    [
      'the proxy is set up wrong',
      {
        aws: { eks: { serviceIpv4Cidr: '10.5.0.0/16' } },
        settings: kubernetes(
          { ...without('cluster-dns-ip'), 'cluster-name': 'demo' },
          { ...REGION, network: { 'https-proxy': '10.0.0.1:3128', 'no-proxy': ['*'] } },
        ),
      },
    ],
    ['EKS answers nonsense', { faults: ['eks=404'] }],
  ])('follows from the VPC where %s', async (_name, given) => {
    const { code, sent, clock } = await dns(given)
    expect(code).toBe(0)
    expect(sent).toEqual({ kubernetes: { 'cluster-dns-ip': '172.20.0.10' } })
    expect(clock.slept).toEqual([])
  })

  it.each(['eks=500', 'eks=429', 'eks=close'])('follows from the VPC after 300 s of %s', async (fault) => {
    const { sent, clock, asked, stderr } = await dns({
      faults: [fault],
      aws: { eks: { serviceIpv4Cidr: '10.5.0.0/16' } },
    })
    expect(sent).toEqual({ kubernetes: { 'cluster-dns-ip': '172.20.0.10' } })
    const calls = asked.filter((line) => line.includes('eks')).length
    const waited = clock.slept.reduce((sum, ms) => sum + ms, 0)
    expect(calls).toBeGreaterThan(15)
    expect(calls === 100 || waited >= 299_000).toBe(true)
    expect(stderr).toContain('waiting for EKS')
  })

  it('gets over a few failures of EKS', async () => {
    const { sent, asked } = await dns({ faults: ['eks=503x3'], aws: { eks: { serviceIpv4Cidr: '10.5.0.0/16' } } })
    expect(sent).toEqual({ kubernetes: { 'cluster-dns-ip': '10.5.0.10' } })
    expect(asked).toHaveLength(4)
  })

  it('that is no address is fatal, whoever told it', async () => {
    const { code, stderr, sent } = await dns({ aws: { eks: { serviceIpv4Cidr: '300.1.1.0/24' } } })
    expect(code).toBe(1)
    expect(stderr).toContain('"300.1.1.10"')
    expect(sent).toBeUndefined()
  })

  it.each<[string, Partial<MetadataFacts>]>([
    ['interfaces', { macs: [] }],
    ['a list of interfaces', { paths: { 'meta-data/network/interfaces/macs': null } }],
    ['ranges', { macs: [{ mac: '0a:00:00:00:00:01', vpcIpv4CidrBlocks: [], ipv6s: [] }] }],
  ])('without %s is fatal', async (_name, imds) => {
    const { code, stderr } = await dns({ imds })
    expect(code).toBe(1)
    expect(stderr).toMatch(/\[(IMDS|PLUTO)_VALUE_MISSING\]/)
  })
})

describe('node-ip', () => {
  const node = (dnsIp: unknown, imds: Partial<MetadataFacts> = {}): Promise<Result> =>
    run({ settings: kubernetes({ ...without('node-ip'), 'cluster-dns-ip': dnsIp }), imds })
  const mac = { mac: '0a:00:00:00:00:01', vpcIpv4CidrBlocks: [] }

  it.each<[unknown, Partial<MetadataFacts>, string]>([
    ['10.0.0.10', {}, '10.2.3.4'],
    [['10.0.0.10', 'fd00::a'], {}, '10.2.3.4'],
    ['fd00::a', { macs: [{ ...mac, ipv6s: ['2001:DB8:0:0::7', '::1'] }] }, '2001:db8::7'],
    [['fd00::a', '10.0.0.10'], { macs: [{ ...mac, ipv6s: ['2001:db8::7'] }] }, '2001:db8::7'],
  ])('for DNS at %j is the address of the same family', async (dnsIp, imds, address) => {
    expect((await node(dnsIp, imds)).sent).toEqual({ kubernetes: { 'node-ip': address } })
  })

  it.each<[string, unknown, Partial<MetadataFacts>]>([
    ['no DNS address', [], {}],
    ['a DNS address that is none', 'x', {}],
    ['a line end', '10.0.0.10', { localIpv4: '10.0.0.7\n' }],
    ['no address', '10.0.0.10', { paths: { 'meta-data/local-ipv4': null } }],
    ['no IPv6 address', 'fd00::a', {}],
    ['no interface', 'fd00::a', { macs: [] }],
  ])('is fatal with %s', async (_name, dnsIp, imds) => {
    const { code, sent } = await node(dnsIp, imds)
    expect(code).toBe(1)
    expect(sent).toBeUndefined()
  })
})

describe('max-pods', () => {
  const pods = (given: Case): Promise<Result> => run({ ...given, settings: kubernetes(without('max-pods')) })

  it('is not asked for if it is set', async () => {
    const { asked } = await run({ settings: kubernetes(without('provider-id')) })
    expect(asked).not.toContain('meta-data/instance-type')
  })

  it.each<[string, Case]>([
    ['the type is not in the table', { imds: { instanceType: 'x9.huge' } }],
    ['the type has a line end', { imds: { instanceType: 'm5.xlarge\n' } }],
    ['the number is none', { table: 'm5.xlarge many' }],
    ['there is no table', { table: undefined }],
    ['there is no type', { imds: { paths: { 'meta-data/instance-type': null } } }],
    ['the metadata service fails', { faults: ['meta-data/instance-type=500'] }],
  ])('stays unset without a word where %s', async (_name, given) => {
    const { code, sent } = await pods(given)
    expect(code).toBe(0)
    expect(sent).toBeUndefined()
  })

  it('may be 0', async () => {
    expect((await pods({ table: 'm5.xlarge 0' })).sent).toEqual({ kubernetes: { 'max-pods': 0 } })
  })
})

describe('provider-id', () => {
  it.each(['meta-data/instance-id', 'dynamic/instance-identity/document'])('without %s is fatal', async (path) => {
    const { code, stderr } = await run({
      settings: kubernetes(without('provider-id')),
      imds: { paths: { [path]: null } },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('PLUTO_VALUE_MISSING')
  })
})

describe('stopping', () => {
  it('ends the wait for AWS', async () => {
    const stop = new AbortController()
    const { host } = recorded({
      settings: kubernetes({ ...without('cluster-dns-ip'), 'cluster-name': 'demo' }, REGION),
      faults: ['eks=500'],
    })
    host.events.emit = (event) => {
      if (event.kind === 'wait') stop.abort(new Error('stopped'))
    }
    const { code, stderr } = await runToEnd(pluto, [], host, { env: KEYS, signal: stop.signal })
    expect(code).toBe(130)
    expect(stderr).toBe('')
  })
})
