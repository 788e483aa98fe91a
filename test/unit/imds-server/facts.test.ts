import { describe, expect, it } from 'vitest'
import { PipelineError } from '../../../src/lib/errors.ts'
import { completeMetadata, DEFAULT_METADATA, parseFacts, partitionOf } from '../../../src/lib/facts.ts'

function problemsOf(value: unknown): string[] {
  try {
    parseFacts(typeof value === 'string' ? value : JSON.stringify(value), 'facts.json')
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineError)
    expect((error as PipelineError).code).toBe('FACTS_INVALID')
    return (error as PipelineError).diagnostics.map(({ message }) => message)
  }
  return []
}

describe('a facts file', () => {
  it('may be empty', () => {
    expect(parseFacts('{}', 'facts.json')).toEqual({})
  })

  it('overrides facts of the machine', () => {
    const facts = {
      cpus: 2,
      arch: 'x86_64',
      memoryBytes: 4_294_967_296,
      currentIp: '10.0.0.7',
      resolve: { 'node.example': ['10.0.0.7', 'fd00::1'], none: [] },
      pciDevices: [{ vendor: '1d0f', device: 'efa2' }],
      aws: { eks: { serviceIpv4Cidr: '10.100.0.0/16' }, ec2: { privateDnsName: 'a' } },
    }
    expect(parseFacts(JSON.stringify(facts), 'facts.json')).toEqual(facts)
  })

  it('fills metadata that is not given, from what is', () => {
    const { imds } = parseFacts('{"imds":{"region":"us-gov-west-1","localIpv4":"10.9.8.7"}}', 'facts.json')
    expect(imds).toMatchObject({
      region: 'us-gov-west-1',
      availabilityZone: 'us-gov-west-1a',
      partition: 'aws-us-gov',
      localHostname: 'ip-10-9-8-7.us-gov-west-1.compute.internal',
      instanceType: DEFAULT_METADATA.instanceType,
    })
    expect(completeMetadata({ region: 'us-east-1' }).localHostname).toBe('ip-10-0-0-7.ec2.internal')
    expect(parseFacts('{"imds":{"macs":[{"mac":"0a:00:00:00:00:01"}]}}', 'f').imds?.macs).toEqual([
      { mac: '0a:00:00:00:00:01', vpcIpv4CidrBlocks: [], ipv6s: [] },
    ])
  })

  it('names every problem by its member', () => {
    expect(
      problemsOf({
        cpus: 0,
        arch: 'arm',
        memoryBytes: 1.5,
        currentIp: '10.0.0',
        resolve: { a: ['x'] },
        pciDevices: [{ vendor: '1D0F' }],
        imds: { region: 5, userData: { base64: '%' }, macs: [{}], paths: { 'user-data': 1 }, userdata: 'x' },
        aws: { eks: {} },
        extra: 1,
      }),
    ).toEqual([
      'cpus should be a whole number of 1 or more',
      'arch should be "x86_64" or "aarch64"',
      'memoryBytes should be a whole number of 1 or more',
      'currentIp should be an IP address',
      'resolve["a"][0] should be an IP address',
      'pciDevices[0].device is missing',
      'pciDevices[0].vendor should be four lower-case hex digits',
      'imds.region should be a string',
      'imds.userData.base64 should be base64 with padding',
      'imds.macs[0].mac is missing',
      'imds.paths["user-data"] should be a string or null',
      expect.stringMatching(/^imds\.userdata is not known; known here: userData, /),
      'aws.eks.serviceIpv4Cidr is missing',
      expect.stringMatching(/^extra is not known; known here: cpus, arch, /),
    ])
  })

  it.each([['[]'], ['5'], ['null']])('must be an object, not %s', (text) => {
    expect(problemsOf(text)).toEqual(['the file should be an object'])
  })

  it('gives the place where it is no JSON', () => {
    expect(() => parseFacts('{"cpus": 2,\n "arch" }', 'facts.json')).toThrow(
      expect.objectContaining({
        diagnostics: [expect.objectContaining({ at: expect.objectContaining({ file: 'facts.json', line: 2 }) })],
      }),
    )
  })

  it('refuses user data that EC2 could not hold', () => {
    expect(problemsOf({ imds: { userData: 'x'.repeat(16_384) } })).toEqual([])
    expect(problemsOf({ imds: { userData: 'x'.repeat(16_385) } })).toEqual([
      'imds.userData has 16385 bytes, an EC2 instance holds at most 16384',
    ])
    expect(problemsOf({ imds: { userData: 'x'.repeat(20_000), userDataGzip: true } })).toEqual([])
  })
})

describe('partitions', () => {
  it.each([
    ['us-west-2', 'aws'],
    ['eu-central-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-east-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
  ])('of %s is %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition)
  })
})
