import { describe, expect, it } from 'vitest'
import { createMetadataHandler, httpOverHandler } from '../../../src/imds-server/handler.ts'
import { createImdsClient, type ImdsClient } from '../../../src/imds/client.ts'
import * as targets from '../../../src/imds/targets.ts'
import { completeMetadata, type MetadataFacts } from '../../../src/lib/facts.ts'
import { jsonObject } from '../../../src/lib/json.ts'
import { testHost } from '../../support/test-host.ts'

function clientOf(facts: Partial<MetadataFacts>, requests: string[] = []): ImdsClient {
  const handler = createMetadataHandler(
    { imds: completeMetadata(facts) },
    { onRequest: ({ method, target }) => requests.push(`${method} ${target}`) },
  )
  return createImdsClient(testHost({ http: httpOverHandler(handler) }))
}

const withPaths = (paths: Record<string, string | null>): ImdsClient => clientOf({ paths })

describe('plain entries', () => {
  const client = clientOf({ lifecycleState: 'InService', userData: 'x' })
  it.each([
    ['region', targets.fetchRegion, 'us-west-2'],
    ['zone', targets.fetchZone, 'us-west-2a'],
    ['partition', targets.fetchPartition, 'aws'],
    ['local IPv4', targets.fetchLocalIpv4, '10.0.0.7'],
    ['instance type', targets.fetchInstanceType, 'm5.large'],
    ['instance id', targets.fetchInstanceId, 'i-0a1b2c3d4e5f67890'],
    ['life-cycle state', targets.fetchLifecycleState, 'InService'],
    ['host name', targets.fetchLocalHostname, 'ip-10-0-0-7.us-west-2.compute.internal'],
  ])('%s', async (_name, fetch, value) => {
    expect(await fetch(client)).toBe(value)
  })

  it('are given as they are, white space and all', async () => {
    expect(await targets.fetchLocalIpv4(withPaths({ 'meta-data/local-ipv4': '10.0.0.7\n' }))).toBe('10.0.0.7\n')
  })
})

describe('what is asked for', () => {
  const MACS = 'meta-data/network/interfaces/macs'
  const askedBy = async (fetch: (client: ImdsClient) => Promise<unknown>): Promise<string[]> => {
    const asked: string[] = []
    await fetch({
      fetchBytes: (target) => {
        asked.push(target)
        return Promise.resolve(undefined)
      },
      fetchText: (target) => {
        asked.push(target)
        if (target === MACS) return Promise.resolve('0a:1b:2c:3d:4e:5f/\n0a:00:00:00:00:02/\n')
        return Promise.resolve(
          target === 'meta-data/public-keys' ? '0=a' : target.endsWith('key') ? 'ssh-x' : undefined,
        )
      },
    })
    return asked
  }

  it.each<[string, (client: ImdsClient) => Promise<unknown>, string[]]>([
    ['user data', targets.fetchUserData, ['user-data']],
    ['identity document', targets.fetchIdentityDocument, ['dynamic/instance-identity/document']],
    ['region', targets.fetchRegion, ['dynamic/instance-identity/document']],
    ['zone', targets.fetchZone, ['dynamic/instance-identity/document']],
    ['partition', targets.fetchPartition, ['meta-data/services/partition']],
    ['MAC addresses', targets.fetchMacs, [MACS]],
    [
      'ranges of the VPC, by the address as it is listed',
      (client) => targets.fetchVpcCidrs(client, '0a:1b:2c:3d:4e:5f/'),
      [`${MACS}/0a:1b:2c:3d:4e:5f//vpc-ipv4-cidr-blocks`],
    ],
    [
      'ranges of the VPC, without the slash',
      (client) => targets.fetchVpcCidrs(client, '0a:1b:2c:3d:4e:5f'),
      [`${MACS}/0a:1b:2c:3d:4e:5f/vpc-ipv4-cidr-blocks`],
    ],
    ['first IPv6 address', targets.fetchPrimaryIpv6, [MACS, `${MACS}/0a:1b:2c:3d:4e:5f//ipv6s`]],
    ['local IPv4 address', targets.fetchLocalIpv4, ['meta-data/local-ipv4']],
    ['instance type', targets.fetchInstanceType, ['meta-data/instance-type']],
    ['instance id', targets.fetchInstanceId, ['meta-data/instance-id']],
    ['life-cycle state', targets.fetchLifecycleState, ['meta-data/autoscaling/target-lifecycle-state']],
    ['host name', targets.fetchLocalHostname, ['meta-data/local-hostname']],
    [
      'public keys',
      (client) => targets.fetchPublicKeys(client),
      ['meta-data/public-keys', 'meta-data/public-keys/0/openssh-key'],
    ],
  ])('for the %s', async (_name, fetch, asked) => {
    expect(await askedBy(fetch)).toEqual(asked)
  })
})

describe('identity document', () => {
  const document = 'dynamic/instance-identity/document'
  it.each([
    ['{"region":"eu-west-1"}', 'eu-west-1'],
    ['{"region":""}', ''],
    ['{"region":5}', undefined],
    ['{}', undefined],
    ['[]', undefined],
    ['"x"', undefined],
    [null, undefined],
  ])('%s has region %s', async (text, region) => {
    expect(await targets.fetchRegion(withPaths({ [document]: text }))).toBe(region)
  })

  it('is given as a whole', async () => {
    expect(await targets.fetchIdentityDocument(withPaths({ [document]: '{"a":[1]}' }))).toEqual(jsonObject({ a: [1n] }))
    expect(await targets.fetchIdentityDocument(withPaths({ [document]: null }))).toBeUndefined()
  })

  it('fails at once if it is not JSON', async () => {
    await expect(targets.fetchRegion(withPaths({ [document]: 'nonsense' }))).rejects.toMatchObject({
      code: 'IMDS_INVALID_ANSWER',
    })
  })
})

describe('lines', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\r\nb', ['a', 'b']],
    ['a\n\n', ['a', '']],
    [' a \nb\r', [' a ', 'b\r']],
    ['\n', ['']],
  ])('of %j are %j', (text, lines) => {
    expect(targets.splitLines(text)).toEqual(lines)
  })
})

describe('interfaces', () => {
  it('are asked for with the slash that their list has', async () => {
    const requests: string[] = []
    const client = clientOf({}, requests)
    const [mac = ''] = (await targets.fetchMacs(client)) ?? []
    expect(mac).toBe('0a:1b:2c:3d:4e:5f/')
    expect(await targets.fetchVpcCidrs(client, mac)).toEqual(['10.0.0.0/16'])
    expect(requests.at(-1)).toBe(
      'GET /2021-07-15/meta-data/network/interfaces/macs/0a:1b:2c:3d:4e:5f//vpc-ipv4-cidr-blocks',
    )
  })

  it('have a first IPv6 address, or none', async () => {
    const mac = { mac: '0a:00:00:00:00:01', vpcIpv4CidrBlocks: [] }
    expect(await targets.fetchPrimaryIpv6(clientOf({ macs: [{ ...mac, ipv6s: ['2001:db8::7', '::1'] }] }))).toBe(
      '2001:db8::7',
    )
    expect(await targets.fetchPrimaryIpv6(clientOf({ macs: [{ ...mac, ipv6s: [] }] }))).toBeUndefined()
  })

  it.each([
    ['an empty list', clientOf({ macs: [] })],
    ['no list', withPaths({ 'meta-data/network/interfaces/macs': null })],
  ])('%s is an error', async (_name, client) => {
    await expect(targets.fetchPrimaryIpv6(client)).rejects.toMatchObject({ code: 'IMDS_VALUE_MISSING' })
    await expect(targets.fetchFirstMac(client)).rejects.toMatchObject({ code: 'IMDS_VALUE_MISSING' })
  })
})

describe('host name', () => {
  it.each([
    ['one.example', 'one.example'],
    ['one.example. two.example', 'one.example'],
    ['  one..\n', 'one'],
    ['\u00a0one\u0085two', 'one'],
    ['', undefined],
    [' \n\t', undefined],
    [null, undefined],
  ])('of %j is %j', async (text, name) => {
    expect(await targets.fetchLocalHostname(withPaths({ 'meta-data/local-hostname': text }))).toBe(name)
  })
})

describe('public keys', () => {
  const key = (index: string): string => `meta-data/public-keys/${index}/openssh-key`

  it('come in the order of their list, without white space behind them', async () => {
    const client = clientOf({ publicKeys: ['ssh-ed25519 AAA one\n', 'ssh-rsa BBB two \n\n'] })
    expect(await targets.fetchPublicKeys(client)).toEqual(['ssh-ed25519 AAA one', 'ssh-rsa BBB two'])
  })

  it('are absent without a list, and none with an empty one', async () => {
    expect(await targets.fetchPublicKeys(clientOf({ publicKeys: [] }))).toBeUndefined()
    expect(await targets.fetchPublicKeys(withPaths({ 'meta-data/public-keys': '' }))).toEqual([])
  })

  it('are asked for by the number as it is written', async () => {
    const client = withPaths({
      'meta-data/public-keys': '03=a\n+1=b=c',
      [key('03')]: 'ssh-a',
      [key('+1')]: 'ssh-b',
    })
    expect(await targets.fetchPublicKeys(client)).toEqual(['ssh-a', 'ssh-b'])
  })

  it('are skipped with a warning where an entry or a key is none', async () => {
    const warnings: string[] = []
    const client = withPaths({
      'meta-data/public-keys': 'x=a\n-1=b\n4294967296=c\n=d\n4294967295=e\n7=f',
      [key('4294967295')]: 'ssh-e',
      [key('7')]: 'ecdsa-sha2 AAA',
    })
    expect(await targets.fetchPublicKeys(client, (text) => warnings.push(text))).toEqual(['ssh-e'])
    expect(warnings).toHaveLength(5)
  })

  it('must be there if they are listed', async () => {
    const client = withPaths({ 'meta-data/public-keys': '0=a', [key('0')]: null })
    await expect(targets.fetchPublicKeys(client)).rejects.toMatchObject({ code: 'IMDS_VALUE_MISSING' })
  })
})
