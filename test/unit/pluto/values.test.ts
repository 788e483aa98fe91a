import { canonicalIp } from '../../../src/lib/ip-address.ts'
import { describe, expect, it } from 'vitest'
import { isDirect, parseProxy, proxyFor } from '../../../src/pluto/proxy.ts'
import { parseSettings } from '../../../src/pluto/settings.ts'
import { dnsIpOfServiceCidr, dnsIpOfVpcCidr, isHostname, maxPodsOf, providerId } from '../../../src/pluto/values.ts'

describe('cluster DNS address', () => {
  it.each([
    ['10.100.0.0/16', '10.100.0.10'],
    ['192.168.64.0/20', '192.168.64.10'],
    ['10.1.2.128/25', '10.1.2.10'],
    ['300.1.1.0/24', '300.1.1.10'],
    ['a.b.c.d', 'a.b.c.10'],
    ['...', '...10'],
    ['fd00:1::/108', undefined],
    ['10.0.0/8', undefined],
    ['1.2.3.4.5', undefined],
    ['', undefined],
  ])('in the service range %j is %j', (cidr, ip) => {
    expect(dnsIpOfServiceCidr(cidr)).toBe(ip)
  })

  it.each([
    ['10.0.0.0/16', '172.20.0.10'],
    ['10.', '172.20.0.10'],
    ['100.64.0.0/16', '10.100.0.10'],
    ['172.31.0.0/16', '10.100.0.10'],
    [' 10.0.0.0/16', '10.100.0.10'],
    ['', '10.100.0.10'],
  ])('for a VPC with %j is %s', (cidr, ip) => {
    expect(dnsIpOfVpcCidr(cidr)).toBe(ip)
  })
})

describe('IP addresses', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7'],
    ['2001:DB8:0:0:0:0:0:7', '2001:db8::7'],
    ['0:0:1:0:0:0:0:0', '0:0:1::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
    ['::FFFF:a00:1', '::ffff:10.0.0.1'],
    ['::', '::'],
    ['::1', '::1'],
    ['10.0.0.07', undefined],
    ['10.0.0', undefined],
    ['300.1.1.10', undefined],
    ['10.0.0.7\n', undefined],
    [' 10.0.0.7', undefined],
    ['10.0.0.0/16', undefined],
    ['fe80::1%eth0', undefined],
    ['[::1]', undefined],
    ['', undefined],
  ])('%j is %j', (text, canonical) => {
    expect(canonicalIp(text)).toBe(canonical)
  })
})

describe('maximum of pods', () => {
  const table = [
    '# comment m5.large 1',
    '  # m5.large 2',
    'm5.large 29 extra',
    'm5.large',
    '\tm5.large \t 30 ',
    'm5.large 31',
    'bad.number many',
    'bad.number 7',
    'plus.one +4',
    'zero.zero 000',
    'max.max 4294967295',
    'big.big 4294967296',
    'neg.neg -1',
    'a1.medium 8\r',
    '#m5.metal 9',
  ].join('\n')
  it.each([
    ['m5.large', 30n],
    ['plus.one', 4n],
    ['zero.zero', 0n],
    ['max.max', 4294967295n],
    ['a1.medium', 8n],
    ['bad.number', undefined],
    ['big.big', undefined],
    ['neg.neg', undefined],
    ['m5.metal', undefined],
    ['#m5.metal', undefined],
    ['m5', undefined],
    ['', undefined],
  ])('of %j', (type, count) => {
    expect(maxPodsOf(type, table)).toBe(count)
  })
})

describe('names', () => {
  it('of the provider', () => {
    expect(providerId('us-west-2b', 'i-0abc')).toBe('aws:///us-west-2b/i-0abc')
  })

  it.each([
    ['i-0abc', true],
    ['ip-10-0-0-7.ec2.internal', true],
    ['a', true],
    ['0', true],
    ['a-', true],
    ['a'.repeat(63), true],
    [`${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`, true],
    [`${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(62)}`, false],
    ['a'.repeat(64), false],
    ['', false],
    ['IP-10', false],
    ['-a', false],
    ['a.-b', false],
    ['.a', false],
    ['a.', false],
    ['a..b', false],
    ['a_b', false],
    ['a b', false],
    ['a\n', false],
    ['é', false],
  ])('%j of a host: %j', (text, valid) => {
    expect(isHostname(text)).toBe(valid)
  })
})

describe('proxy', () => {
  it.each([
    ['http://proxy.example:3128', { url: 'http://proxy.example:3128' }],
    ['https://proxy.example', { url: 'https://proxy.example' }],
    ['proxy.example:3128', { url: 'http://proxy.example:3128' }],
    ['http://10.0.0.1:3128', { url: 'http://10.0.0.1:3128' }],
    ['http://[fd00::1]:3128', { url: 'http://[fd00::1]:3128' }],
    ['http://proxy.example/path', { url: 'http://proxy.example' }],
    ['http://me:secret@proxy.example:3128', { url: 'http://proxy.example:3128', authorization: 'Basic bWU6c2VjcmV0' }],
    ['http://me@proxy.example', { url: 'http://proxy.example', authorization: 'Basic bWU6' }],
    // percent escapes are handed on as they are: me:a%40b
    ['http://me:a%40b@proxy.example', { url: 'http://proxy.example', authorization: 'Basic bWU6YSU0MGI=' }],
    // without a scheme the user name is not found
    ['me:secret@proxy.example:3128', { url: 'http://proxy.example:3128' }],
  ])('%s is used as %j', (text, proxy) => {
    expect(parseProxy(text)).toEqual(proxy)
  })

  it.each(['10.0.0.1:3128', 'proxy.example', '', 'http://', 'http://a b', 'ftp://proxy.example', '/x'])(
    '%j is refused',
    (text) => {
      expect(() => parseProxy(text)).toThrow(expect.objectContaining({ code: 'PLUTO_PROXY_INVALID' }))
    },
  )

  it('is refused without telling its password', () => {
    expect(() => parseProxy('ftp://me:secret@proxy.example')).toThrow(/: ftp:\/\/proxy\.example$/)
    expect(() => parseProxy('1me:secret@proxy')).toThrow(/: proxy$/)
  })

  const EKS = 'eks.us-west-2.amazonaws.com'
  it.each([
    [undefined, false],
    [[], false],
    [['*'], true],
    [['amazonaws.com'], true],
    [['.amazonaws.com'], true],
    [['com'], true],
    [[EKS], true],
    [['', 'example.com'], false],
    [['us-west-2'], false],
    [[`${EKS}:443`], false],
    [['*.amazonaws.com'], false],
    [['10.0.0.0/8'], false],
  ])('with no-proxy %j: direct is %j', (noProxy, direct) => {
    expect(isDirect(EKS, noProxy)).toBe(direct)
  })

  it('is for https only, and checked always', () => {
    const settings = { httpsProxy: 'http://proxy.example:3128', noProxy: undefined }
    expect(proxyFor(`https://${EKS}/clusters/a`, settings)).toEqual({ url: 'http://proxy.example:3128' })
    expect(proxyFor('http://127.0.0.1:80/', settings)).toBeUndefined()
    expect(proxyFor(`https://${EKS}/`, { ...settings, noProxy: ['com'] })).toBeUndefined()
    expect(proxyFor(`https://${EKS}/`, { httpsProxy: undefined, noProxy: undefined })).toBeUndefined()
    expect(() => proxyFor('http://127.0.0.1/', { httpsProxy: '10.0.0.1:3128', noProxy: ['*'] })).toThrow()
  })
})

describe('settings', () => {
  it('may lack everything', () => {
    for (const text of ['{"settings":{}}', '{"settings":{"aws":null,"kubernetes":{"node-ip":null}},"x":1}']) {
      expect(Object.values(parseSettings(text)).every((value) => value === undefined)).toBe(true)
    }
  })

  it('take one DNS address or several', () => {
    const dns = (value: string): unknown =>
      parseSettings(`{"settings":{"kubernetes":{"cluster-dns-ip":${value}}}}`).clusterDnsIps
    expect(dns('"10.0.0.10"')).toEqual(['10.0.0.10'])
    expect(dns('["10.0.0.10","fd00::a"]')).toEqual(['10.0.0.10', 'fd00::a'])
    expect(dns('[]')).toEqual([])
  })

  it.each([
    ['', 'not JSON'],
    ['[]', 'no "settings"'],
    ['{}', 'no "settings"'],
    ['{"settings":null}', 'no "settings"'],
    ['{"settings":{"aws":"x"}}', 'settings.aws'],
    ['{"settings":{"aws":{"region":5}}}', 'settings.aws.region'],
    ['{"settings":{"network":{"no-proxy":"x"}}}', 'settings.network.no-proxy'],
    ['{"settings":{"network":{"no-proxy":[1]}}}', 'settings.network.no-proxy'],
    ['{"settings":{"kubernetes":{"cluster-dns-ip":5}}}', 'settings.kubernetes.cluster-dns-ip'],
    ['{"settings":{"kubernetes":{"hostname-override-source":"magic"}}}', 'hostname-override-source'],
  ])('%j is refused: %s', (text, reason) => {
    expect(() => parseSettings(text)).toThrow(
      expect.objectContaining({ code: 'PLUTO_SETTINGS_INVALID', message: expect.stringContaining(reason) }),
    )
  })
})
