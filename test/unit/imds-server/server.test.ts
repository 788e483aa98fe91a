import { gunzipSync } from 'node:zlib'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { listenOnLoopback } from '../../../src/host/loopback-listener.ts'
import { NodeHttp } from '../../../src/host/node-http.ts'
import { systemClock } from '../../../src/host/node-ports.ts'
import { parseFault } from '../../../src/imds-server/faults.ts'
import { startMetadataServer, type MetadataServerOptions } from '../../../src/imds-server/handler.ts'
import { imdsProgram } from '../../../src/imds-server/program.ts'
import { createImdsClient } from '../../../src/imds/client.ts'
import { fetchInstanceId, fetchUserData } from '../../../src/imds/targets.ts'
import { completeMetadata, type MetadataFacts } from '../../../src/lib/facts.ts'
import type { HttpResponse } from '../../../src/lib/ports.ts'
import { decodeUtf8 } from '../../../src/lib/utf8.ts'
import type { WebListener } from '../../../src/lib/web.ts'
import { runToEnd, testHost } from '../../support/test-host.ts'

const open: WebListener[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

const http = new NodeHttp()

async function start(
  imds: Partial<MetadataFacts> = {},
  options: Partial<MetadataServerOptions> = {},
): Promise<{ url: string; get: (path: string, headers?: Record<string, string>) => Promise<HttpResponse> }> {
  const facts = { imds: completeMetadata(imds) }
  const server = await startMetadataServer({ facts, listen: listenOnLoopback, clock: systemClock, ...options })
  open.push(server)
  const token = await http.request({
    method: 'PUT',
    url: `${server.url}/latest/api/token`,
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
  })
  const session = { 'x-aws-ec2-metadata-token': decodeUtf8(token.body) }
  return {
    url: server.url,
    get: (path, headers = session) => http.request({ method: 'GET', url: `${server.url}${path}`, headers }),
  }
}

const textOf = ({ status, body }: HttpResponse): string => `${String(status)} ${decodeUtf8(body)}`

describe('over loopback', () => {
  it('serves the client of our own', async () => {
    const { url } = await start({ userData: 'settings.motd = "hi"' })
    const client = createImdsClient(testHost({ http, clock: systemClock, imdsUrl: url }))
    expect(await fetchInstanceId(client)).toBe('i-0a1b2c3d4e5f67890')
    expect(decodeUtf8((await fetchUserData(client)) ?? new Uint8Array())).toBe('settings.motd = "hi"')
  })

  it('listens on loopback only, on a port of its own, and not after it was closed', async () => {
    const { url } = await start()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    await open.splice(0)[0]?.close()
    await expect(new NodeHttp().request({ method: 'GET', url })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('refuses a port that is taken', async () => {
    const { url } = await start()
    const port = Number(new URL(url).port)
    const again = startMetadataServer({ facts: {}, listen: listenOnLoopback, port })
    await expect(again).rejects.toMatchObject({ code: 'LISTEN_FAILED', message: expect.stringContaining('EADDRINUSE') })
  })

  it('closes a connection, is slow, or fails, as told, and as often as told', async () => {
    const faults = ['user-data=closex1', 'user-data=slow:60x1', 'user-data=500x1'].map(parseFault)
    const { get } = await start({ userData: 'x' }, { faults })
    await expect(get('/latest/user-data')).rejects.toMatchObject({ code: 'ECONNRESET' })
    const before = performance.now()
    expect(textOf(await get('/latest/user-data'))).toBe('200 x')
    expect(performance.now() - before).toBeGreaterThan(50)
    expect((await get('/latest/user-data')).status).toBe(500)
    expect((await get('/latest/user-data')).status).toBe(200)
  })

  it('resets a connection, cuts an answer off, answers something else, or forgets its sessions', async () => {
    const faults = ['user-data=resetx1', 'user-data=cutx1', 'user-data=body:a%00%ff=x1', 'user-data=expirex1']
    const { get } = await start({ userData: 'settings.motd = "hi"' }, { faults: faults.map(parseFault) })
    await expect(get('/latest/user-data')).rejects.toMatchObject({ code: 'ECONNRESET' })
    await expect(get('/latest/user-data')).rejects.toThrow(/aborted|in the middle of the answer/)
    expect([...(await get('/latest/user-data')).body]).toEqual([0x61, 0, 0xff, 0x3d])
    expect((await get('/latest/user-data')).status).toBe(401)
    expect((await get('/latest/user-data')).status).toBe(401)
  })

  it('leaves a request without an answer until the client gives up', async () => {
    const { url } = await start({}, { faults: [parseFault('meta-data/*=hang')] })
    const before = performance.now()
    const request = http.request({ method: 'GET', url: `${url}/latest/meta-data/mac`, timeoutMs: 150 })
    await expect(request).rejects.toThrow('no answer within 150 ms')
    expect(performance.now() - before).toBeGreaterThan(140)
  })

  it('does not listen on its port before its time, and a client gets over that', async () => {
    const facts = { imds: completeMetadata({ userData: 'late' }) }
    const faults = [parseFault('*=refused:600')]
    const server = await startMetadataServer({ facts, listen: listenOnLoopback, clock: systemClock, faults })
    open.push(server)
    await expect(new NodeHttp().request({ method: 'GET', url: server.url })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
    const before = performance.now()
    const client = createImdsClient(testHost({ http: new NodeHttp(), imdsUrl: server.url }))
    expect(decodeUtf8((await fetchUserData(client)) ?? new Uint8Array())).toBe('late')
    // attempts are made after 0, 0.25, 0.5 and 1 s
    expect(performance.now() - before).toBeGreaterThan(900)
    expect(performance.now() - before).toBeLessThan(2500)
  })

  it('may never listen, and can still be closed', async () => {
    const faults = [parseFault('*=refused')]
    const server = await startMetadataServer({ facts: {}, listen: listenOnLoopback, clock: systemClock, faults })
    await expect(new NodeHttp().request({ method: 'GET', url: server.url })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
    await server.close()
  })
})

describe('sessions', () => {
  it('are needed for every entry', async () => {
    const { get } = await start()
    expect((await get('/latest/meta-data/', {})).status).toBe(401)
    expect((await get('/latest/meta-data/', { 'x-aws-ec2-metadata-token': 'made-up' })).status).toBe(401)
    expect((await get('/latest/meta-data/')).status).toBe(200)
  })

  it.each([[undefined], ['0'], ['21601'], ['-1'], ['1.5'], ['soon'], ['']])(
    'need a life of 1 to 21600 s, not %j',
    async (ttl) => {
      const { url } = await start()
      const headers: Record<string, string> = ttl === undefined ? {} : { 'x-aws-ec2-metadata-token-ttl-seconds': ttl }
      const { status } = await http.request({ method: 'PUT', url: `${url}/latest/api/token`, headers })
      expect(status).toBe(400)
    },
  )

  it('end when their time is up', async () => {
    let now = 0
    const { get } = await start({}, { clock: { now: () => now, sleep: () => Promise.resolve() } })
    now = 59_999
    expect((await get('/latest/meta-data/instance-id')).status).toBe(200)
    now = 60_000
    expect((await get('/latest/meta-data/instance-id')).status).toBe(401)
  })

  it('are not given to proxies, nor by GET', async () => {
    const { url, get } = await start()
    const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': '60', 'x-forwarded-for': '10.0.0.1' }
    expect((await http.request({ method: 'PUT', url: `${url}/latest/api/token`, headers })).status).toBe(403)
    expect((await get('/latest/api/token')).status).toBe(405)
  })
})

describe('entries', () => {
  it.each([
    ['/latest/meta-data/instance-id', '200 i-0a1b2c3d4e5f67890'],
    ['/2021-07-15/meta-data/instance-id', '200 i-0a1b2c3d4e5f67890'],
    ['/1.0/meta-data/instance-id', '200 i-0a1b2c3d4e5f67890'],
    ['/2021-07-16/meta-data/instance-id', '404 '],
    ['/latest//meta-data//instance-id', '200 i-0a1b2c3d4e5f67890'],
    ['/latest/meta-data/instance-id?x=1', '200 i-0a1b2c3d4e5f67890'],
    ['/latest/meta-data/nothing', '404 '],
    ['/latest/user-data', '404 '],
    ['/latest/', '200 dynamic/\nmeta-data/'],
    ['/latest/dynamic/', '200 instance-identity/'],
    ['/latest/meta-data/services/', '200 domain\npartition'],
    ['/latest/meta-data/public-keys', '200 0=operator'],
    ['/latest/meta-data/public-keys/0/', '200 openssh-key'],
    ['/latest/meta-data/network/interfaces/macs', '200 0a:1b:2c:3d:4e:5f/'],
    ['/latest/meta-data/network/interfaces/macs/', '200 0a:1b:2c:3d:4e:5f/'],
    ['/latest/meta-data/network/interfaces/macs/0a:1b:2c:3d:4e:5f/vpc-ipv4-cidr-blocks', '200 10.0.0.0/16'],
    ['/latest/meta-data/network/interfaces/macs/0a:1b:2c:3d:4e:5f//vpc-ipv4-cidr-blocks', '200 10.0.0.0/16'],
    ['/latest/meta-data/network/interfaces/macs/0a:1b:2c:3d:4e:5f/ipv6s', '404 '],
    ['/latest/meta-data/autoscaling/target-lifecycle-state', '404 '],
    ['/latest/meta-data/iam/security-credentials/', '200 bottlerocket-node'],
  ])('%s answers %j', async (path, answer) => {
    const { get } = await start()
    expect(textOf(await get(path))).toBe(answer)
  })

  it('lists its versions', async () => {
    const { get } = await start()
    const versions = decodeUtf8((await get('/')).body).split('\n')
    expect(versions).toContain('2021-07-15')
    expect(versions.at(-1)).toBe('latest')
  })

  it('lists directories with a slash behind them', async () => {
    const { get } = await start()
    const names = decodeUtf8((await get('/latest/meta-data/')).body).split('\n')
    expect(names).toEqual(expect.arrayContaining(['iam/', 'instance-id', 'network/', 'placement/', 'public-keys/']))
    expect(names).toEqual([...names].sort())
  })

  it('serves user data as it is, or compressed', async () => {
    const bytes = Buffer.from([0, 255, 1])
    const plain = await start({ userData: { base64: bytes.toString('base64') } })
    expect([...(await plain.get('/latest/user-data')).body]).toEqual([0, 255, 1])
    const packed = await start({ userData: 'settings.motd = "hi"', userDataGzip: true })
    expect(gunzipSync((await packed.get('/latest/user-data')).body).toString()).toBe('settings.motd = "hi"')
  })

  it('takes paths of the facts over everything else', async () => {
    const { get } = await start({
      paths: { 'meta-data/instance-id': 'i-other', 'meta-data/network': null, '/meta-data/tags/instance/Name/': 'web' },
    })
    expect(textOf(await get('/latest/meta-data/instance-id'))).toBe('200 i-other')
    expect((await get('/latest/meta-data/network/interfaces/macs')).status).toBe(404)
    expect(textOf(await get('/latest/meta-data/tags/instance/Name'))).toBe('200 web')
  })

  it('gives role credentials that end in six hours', async () => {
    const { get } = await start()
    const path = '/latest/meta-data/iam/security-credentials/bottlerocket-node'
    const found = JSON.parse(decodeUtf8((await get(path)).body)) as Record<string, string>
    expect(found).toMatchObject({ Code: 'Success', Type: 'AWS-HMAC' })
    const hours = (Date.parse(found['Expiration'] ?? '') - Date.now()) / 3_600_000
    expect(hours).toBeGreaterThan(5.9)
    expect(hours).toBeLessThan(6.1)
  })

  it('describes the instance in the identity document', async () => {
    const { get } = await start({ region: 'cn-north-1', localIpv4: '10.1.2.3' })
    const document = JSON.parse(decodeUtf8((await get('/latest/dynamic/instance-identity/document')).body)) as object
    expect(document).toMatchObject({ region: 'cn-north-1', availabilityZone: 'cn-north-1a', privateIp: '10.1.2.3' })
    expect(textOf(await get('/latest/meta-data/services/partition'))).toBe('200 aws-cn')
    expect(textOf(await get('/latest/meta-data/local-hostname'))).toBe('200 ip-10-1-2-3.cn-north-1.compute.internal')
  })

  it('allows no writing', async () => {
    const { url } = await start()
    expect((await http.request({ method: 'DELETE', url: `${url}/latest/user-data` })).status).toBe(405)
  })

  it('survives a request that is no HTTP', async () => {
    const { url, get } = await start()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.end('nonsense\r\n\r\n')
    await new Promise((resolve) => socket.on('close', resolve).on('data', () => undefined))
    expect((await get('/latest/')).status).toBe(200)
  })
})

describe('AWS calls', () => {
  const signed = (service: string): Record<string, string> => ({
    authorization: `AWS4-HMAC-SHA256 Credential=AKID/20240101/us-west-2/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  })
  const ec2 = (url: string, body: string, service = 'ec2'): Promise<HttpResponse> =>
    http.request({ method: 'POST', url: `${url}/`, headers: signed(service), body })
  const DESCRIBE = 'Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1'

  it('answer what a boot asks', async () => {
    const { url, get } = await start()
    expect(JSON.parse(decodeUtf8((await get('/clusters/my%20one', signed('eks'))).body))).toMatchObject({
      cluster: { name: 'my one', kubernetesNetworkConfig: { serviceIpv4Cidr: '10.100.0.0/16' } },
    })
    const answer = decodeUtf8((await ec2(url, DESCRIBE)).body)
    expect(answer).toContain('<privateDnsName>ip-10-0-0-7.us-west-2.compute.internal</privateDnsName>')
  })

  it('must be signed for their service', async () => {
    const { url, get } = await start()
    expect((await get('/clusters/a', {})).status).toBe(403)
    expect((await get('/clusters/a', signed('ec2'))).status).toBe(403)
    expect((await ec2(url, DESCRIBE, 'eks')).status).toBe(401)
    expect((await ec2(url, 'Action=TerminateInstances')).status).toBe(400)
  })

  it('are denied where the facts leave a service out', async () => {
    const facts = { imds: completeMetadata(), aws: {} }
    const { url, get } = await start({}, { facts })
    expect((await get('/clusters/a', signed('eks'))).status).toBe(403)
    expect((await ec2(url, DESCRIBE)).status).toBe(403)
  })

  it('escape what they put into XML', async () => {
    const facts = { imds: completeMetadata(), aws: { ec2: { privateDnsName: '<&">' } } }
    const { url } = await start({}, { facts })
    expect(decodeUtf8((await ec2(url, DESCRIBE)).body)).toContain(
      '<privateDnsName>&lt;&amp;&quot;&gt;</privateDnsName>',
    )
  })
})

describe('faults', () => {
  it.each([
    ['user-data=500x3', { pattern: 'user-data', action: { kind: 'status', status: 500 }, count: 3 }],
    ['*=slow:1500', { pattern: '*', action: { kind: 'slow', ms: 1500 } }],
    ['eks=closex1', { pattern: 'eks', action: { kind: 'close' }, count: 1 }],
    ['meta-data/*=404', { pattern: 'meta-data/*', action: { kind: 'status', status: 404 } }],
    ['*=hang', { pattern: '*', action: { kind: 'hang' } }],
    ['token=resetx2', { pattern: 'token', action: { kind: 'reset' }, count: 2 }],
    ['user-data=cut', { pattern: 'user-data', action: { kind: 'cut' } }],
    ['a=expirex1', { pattern: 'a', action: { kind: 'expire' }, count: 1 }],
    ['*=refused', { pattern: '*', action: { kind: 'refused' } }],
    ['*=refused:250', { pattern: '*', action: { kind: 'refused', ms: 250 } }],
    ['a=body:', { pattern: 'a', action: { kind: 'body', body: Buffer.from('') } }],
    ['a=body:x=1&y%25%0Ax2', { pattern: 'a', action: { kind: 'body', body: Buffer.from('x=1&y%\n') }, count: 2 }],
  ])('%s is read', (text, fault) => {
    expect(parseFault(text)).toEqual(fault)
  })

  it.each([
    '',
    'user-data',
    '=500',
    'a=99',
    'a=600',
    'a=slow',
    'a=slow:',
    'a=500x',
    'a=closed',
    'a=500 ',
    'a=hang:1',
    'a=refused',
    '*=refusedx1',
    'a=body:%f',
    'a=body:%zz',
  ])('%j is refused', (text) => {
    expect(() => parseFault(text)).toThrow(expect.objectContaining({ code: 'USAGE', exit: 2 }))
  })

  it('hit tokens, entries by pattern, and AWS calls by name', async () => {
    const { get } = await start({}, { faults: ['meta-data/*-id=418', 'eks=429'].map(parseFault) })
    expect((await get('/latest/meta-data/instance-id')).status).toBe(418)
    expect((await get('/2021-07-15/meta-data/ami-id')).status).toBe(418)
    expect((await get('/latest/meta-data/instance-type')).status).toBe(200)
    expect((await get('/clusters/a', {})).status).toBe(429)
  })
})

describe('the program', () => {
  it('serves facts until it is stopped, and tells its address and every request', async () => {
    const stop = new AbortController()
    const host = testHost()
    host.fs.writeFile('/facts.json', '{"imds":{"instanceId":"i-mine"}}')
    let said = ''
    const run = runToEnd(imdsProgram(listenOnLoopback), ['--facts', 'facts.json', '--fault', 'user-data=500'], host, {
      signal: stop.signal,
      stdout: { write: (text) => (said += text) },
    })
    while (said === '') await new Promise((resolve) => setTimeout(resolve, 5))
    const client = createImdsClient(testHost({ http, imdsUrl: said.trim() }))
    expect(await fetchInstanceId(client)).toBe('i-mine')
    stop.abort(Object.assign(new Error('stopped'), { signal: 'SIGTERM' }))
    const { code, stderr } = await run
    expect(code).toBe(0)
    expect(stderr).toBe('PUT /latest/api/token 200\nGET /2021-07-15/meta-data/instance-id 200\n')
  })

  it.each([
    [['--port', 'x'], 2, 'USAGE'],
    [['--port', '65536'], 2, 'USAGE'],
    [['--fault', 'x'], 2, 'USAGE'],
    [['--nonsense'], 2, 'USAGE'],
    [['--facts', '/none.json'], 1, 'HOST_FILE_UNREADABLE'],
    [['--facts', '/bad.json'], 1, 'FACTS_INVALID'],
  ])('%j ends with %i', async (argv, code, name) => {
    const host = testHost()
    host.fs.writeFile('/bad.json', '{"imds":{"macs":5}}')
    const result = await runToEnd(imdsProgram(listenOnLoopback), argv, host)
    expect(result.code).toBe(code)
    expect(result.stderr).toContain(name)
  })
})
