import { describe, expect, it } from 'vitest'
import { parseFault } from '../../../src/imds-server/faults.ts'
import { createMetadataHandler, httpOverHandler } from '../../../src/imds-server/handler.ts'
import { completeMetadata, type AwsFacts, type MetadataFacts } from '../../../src/lib/facts.ts'
import { PATHS } from '../../../src/lib/paths.ts'
import type { HttpRequest, RunRequest } from '../../../src/lib/ports.ts'
import { pluto } from '../../../src/pluto/program.ts'
import {
  runToEnd,
  scriptedRunner,
  testHost,
  type Ending,
  type ProgramRun,
  type TestHost,
} from '../../support/test-host.ts'
import { virtualClock, type VirtualClock } from '../../support/virtual-clock.ts'

interface Case {
  readonly settings?: object
  readonly imds?: Partial<MetadataFacts>
  /** Absent: the account denies everything. */
  readonly aws?: AwsFacts
  readonly faults?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly table?: string | undefined
  readonly apiclient?: (request: RunRequest) => Ending | undefined
}

interface Result extends ProgramRun {
  readonly host: TestHost
  readonly clock: VirtualClock
  /** Data requests to the metadata service without their version, and the other calls as METHOD URL. */
  readonly asked: string[]
  readonly requests: HttpRequest[]
  readonly commands: (readonly string[])[]
  /** The generated settings, if any were sent. */
  readonly sent: unknown
}

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' }
const EXAMPLE: Partial<MetadataFacts> = {
  macs: [{ mac: '0a:1b:2c:3d:4e:5f', vpcIpv4CidrBlocks: ['10.2.0.0/16', '100.64.0.0/16'], ipv6s: [] }],
  localIpv4: '10.2.3.4',
  instanceType: 'm5.xlarge',
  instanceId: 'i-0abc',
  availabilityZone: 'us-west-2b',
}

function recorded(given: Case): {
  host: TestHost
  clock: VirtualClock
  requests: HttpRequest[]
  commands: RunRequest[]
} {
  const clock = virtualClock(Date.now())
  const requests: HttpRequest[] = []
  const facts = { imds: completeMetadata({ ...EXAMPLE, ...given.imds }), aws: given.aws ?? {} }
  const http = httpOverHandler(createMetadataHandler(facts, { clock, faults: (given.faults ?? []).map(parseFault) }))
  const runner = scriptedRunner((request) => {
    const told = given.apiclient?.(request)
    if (told !== undefined || request.command[1] !== 'get') return told
    return { stdout: JSON.stringify({ settings: given.settings ?? {} }) }
  })
  const host = testHost({
    clock,
    runner,
    http: {
      request: (request) => {
        requests.push(request)
        return http.request(request)
      },
    },
  })
  host.fs.makeDirectory('/usr/share/eks')
  if (!('table' in given)) host.fs.writeFile(PATHS.eniMaxPods, '# comment\nm5.large 29\nm5.xlarge 58\n')
  else if (given.table !== undefined) host.fs.writeFile(PATHS.eniMaxPods, given.table)
  return { host, clock, requests, commands: runner.requests }
}

async function run(given: Case): Promise<Result> {
  const { host, clock, requests, commands } = recorded(given)
  const result = await runToEnd(pluto, ['ignored'], host, { env: { ...KEYS, ...given.env } })
  const patch = commands.find(({ command }) => command[1] === 'raw')?.command.at(-1)
  return {
    ...result,
    host,
    clock,
    requests,
    asked: requests
      .filter(({ method }) => method !== 'PUT')
      .map(({ method, url }) =>
        url.replace('http://metadata.invalid/2021-07-15/', '').replace(/^https/, `${method} https`),
      ),
    commands: commands.map(({ command }) => command),
    sent: patch === undefined ? undefined : JSON.parse(patch),
  }
}

const kubernetes = (members: object, others: object = {}): object => ({ kubernetes: members, ...others })
const REGION = { aws: { region: 'us-west-2' } }
const SET = {
  'cluster-dns-ip': '10.100.0.10',
  'node-ip': '10.0.0.1',
  'max-pods': 10,
  'provider-id': 'aws:///a/b',
  'hostname-override': 'name',
}
const without = (key: keyof typeof SET): object =>
  Object.fromEntries(Object.entries(SET).filter(([name]) => name !== key))

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
    expect(host.emitted).toEqual([
      { kind: 'generated', key: 'settings.kubernetes.provider-id', command: 'pluto', durationMs: 0 },
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

describe('hostname-override', () => {
  const host = (source: string | undefined, given: Case = {}): Promise<Result> =>
    run({
      settings: kubernetes(
        { ...without('hostname-override'), ...(source === undefined ? {} : { 'hostname-override-source': source }) },
        REGION,
      ),
      ...given,
    })

  it('stays unset without a source', async () => {
    expect((await host(undefined)).sent).toBeUndefined()
  })

  it.each(['instance-id', 'private-dns-name'])('from %s needs a region', async (source) => {
    const { code, stderr, asked } = await host(source, {
      settings: kubernetes({ ...without('hostname-override'), 'hostname-override-source': source }),
    })
    expect(code).toBe(1)
    expect(stderr).toContain('settings.aws.region')
    expect(asked).toEqual([])
  })

  it('can be the private DNS name, by a signed call to EC2', async () => {
    const { sent, requests } = await host('private-dns-name', {
      aws: { ec2: { privateDnsName: 'ip-10-2-3-4.ec2.internal' } },
    })
    expect(sent).toEqual({ kubernetes: { 'hostname-override': 'ip-10-2-3-4.ec2.internal' } })
    const call = requests.at(-1)
    expect(call).toMatchObject({ method: 'POST', url: 'https://ec2.us-west-2.amazonaws.com/' })
    expect(call?.body).toBe('Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-0abc')
    expect(call?.headers?.['authorization']).toContain('/us-west-2/ec2/aws4_request')
  })

  it.each(['ec2=403x4', 'ec2=500x4', 'ec2=closex4'])('gets over %s', async (fault) => {
    const { code, sent } = await host('private-dns-name', {
      aws: { ec2: { privateDnsName: 'a' } },
      faults: [fault],
    })
    expect(code).toBe(0)
    expect(sent).toEqual({ kubernetes: { 'hostname-override': 'a' } })
  })

  it.each<[string, Case, string]>([
    ['access denied', {}, 'UnauthorizedOperation'],
    ['an empty name', { aws: { ec2: { privateDnsName: '' } } }, 'no private DNS name'],
    ['no answer', { aws: { ec2: { privateDnsName: 'a' } }, faults: ['ec2=close'] }, 'no answer from ec2.us-west-2'],
  ])('is fatal after 300 s of %s', async (_name, given, text) => {
    const { code, stderr, clock } = await host('private-dns-name', given)
    expect(code).toBe(1)
    expect(stderr).toContain('PLUTO_EC2_FAILED')
    expect(stderr).toContain(text)
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(299_000)
  })

  it('is fatal at once with a proxy that is set up wrong', async () => {
    const { code, stderr, clock } = await host('private-dns-name', {
      aws: { ec2: { privateDnsName: 'a' } },
      settings: kubernetes(
        { ...without('hostname-override'), 'hostname-override-source': 'private-dns-name' },
        { ...REGION, network: { 'https-proxy': '10.0.0.1:3128' } },
      ),
    })
    expect(code).toBe(1)
    expect(stderr).toContain('PLUTO_PROXY_INVALID')
    expect(clock.slept).toEqual([])
  })

  it.each(['IP-10.x', 'a_b', 'x'.repeat(64)])('must be a host name, not %j', async (name) => {
    const { code, stderr } = await host('private-dns-name', { aws: { ec2: { privateDnsName: name } } })
    expect(code).toBe(1)
    expect(stderr).toContain('PLUTO_INVALID_HOSTNAME')
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
