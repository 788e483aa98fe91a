import { describe, expect, it } from 'vitest'
import { kubernetes, REGION, run, without, type Case, type Result } from './bench.ts'

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

  it.each(['us_west_2', 'us-west-2 ', '-us', '1.2.3', '', 'é'])('is fatal at once in region %j', async (region) => {
    const { code, stderr, clock } = await host('private-dns-name', {
      aws: { ec2: { privateDnsName: 'a' } },
      settings: kubernetes(
        { ...without('hostname-override'), 'hostname-override-source': 'private-dns-name' },
        { aws: { region } },
      ),
    })
    expect(code).toBe(1)
    expect(stderr).toContain(`error[PLUTO_EC2_FAILED] EC2 cannot be asked: ${JSON.stringify(region)} is no name`)
    expect(clock.slept).toEqual([])
  })

  it.each(['IP-10.x', 'a_b', 'x'.repeat(64)])('must be a host name, not %j', async (name) => {
    const { code, stderr } = await host('private-dns-name', { aws: { ec2: { privateDnsName: name } } })
    expect(code).toBe(1)
    expect(stderr).toContain('PLUTO_INVALID_HOSTNAME')
  })
})
