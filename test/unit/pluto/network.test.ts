/** AWS calls over real sockets: TLS, a proxy that tunnels, and the sources of credentials. */
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { openTunnel } from '../../../src/host/connect-tunnel.ts'
import { listenOnLoopback } from '../../../src/host/loopback-listener.ts'
import { NodeHttp } from '../../../src/host/node-http.ts'
import { createMetadataHandler, startMetadataServer } from '../../../src/imds-server/handler.ts'
import { completeMetadata, type Facts } from '../../../src/lib/facts.ts'
import type { Host } from '../../../src/lib/ports.ts'
import { pluto } from '../../../src/pluto/program.ts'
import { runToEnd, scriptedRunner, testHost, type ProgramRun } from '../../support/test-host.ts'
import { CERTIFICATE, KEY } from './certificate.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  cleanups.splice(0).forEach((cleanup) => {
    cleanup()
  })
})

function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)))
  cleanups.push(() => {
    server.close()
    sockets.forEach((socket) => socket.destroy())
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port)
    })
  })
}

const AWS: Facts = {
  imds: completeMetadata(),
  aws: { eks: { serviceIpv4Cidr: '10.77.0.0/16' }, ec2: { privateDnsName: 'ip-10-0-0-7.internal' } },
}

/** AWS under TLS. Gives its port and what it was asked. */
async function startAws(): Promise<{ port: number; asked: string[] }> {
  const handler = createMetadataHandler(AWS)
  const asked: string[] = []
  const server = createTlsServer({ cert: CERTIFICATE, key: KEY }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      asked.push(`${request.method ?? ''} ${request.headers.host ?? ''}${request.url ?? ''}`)
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      const body = Buffer.concat(chunks)
      void handler({ method: request.method ?? '', target: request.url ?? '', headers, body }).then((found) => {
        if (typeof found === 'string') response.destroy()
        else response.writeHead(found.status, found.headers).end(found.body)
      })
    })
  })
  return { port: await listening(server), asked }
}

/** A proxy that answers every CONNECT with a fixed head, and connects to `target` if that is a success. */
async function startProxy(
  target: number,
  answer = 'HTTP/1.1 200 Connection established',
): Promise<{ port: number; heads: string[] }> {
  const heads: string[] = []
  const server = createTcpServer((socket) => {
    let head = ''
    const read = (chunk: Buffer): void => {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      socket.off('data', read)
      heads.push(head)
      if (answer === '') {
        socket.destroy()
        return
      }
      socket.write(`${answer}\r\nvia: test\r\n\r\n`)
      if (!answer.includes(' 200')) return
      const inner = connect(target, '127.0.0.1')
      inner.on('error', () => socket.destroy())
      socket.pipe(inner).pipe(socket)
    }
    socket.on('data', read)
  })
  return { port: await listening(server), heads }
}

const trusting = (): NodeHttp => new NodeHttp(() => createSecureContext({ ca: CERTIFICATE }))
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' }

async function runPluto(
  ports: Partial<Host>,
  settings: object,
  env: Readonly<Record<string, string>> = KEYS,
): Promise<ProgramRun & { sent: unknown }> {
  const imds = await startMetadataServer({ facts: AWS, listen: listenOnLoopback })
  cleanups.push(() => void imds.close())
  const runner = scriptedRunner(({ command }) =>
    command[1] === 'get' ? { stdout: JSON.stringify({ settings }) } : undefined,
  )
  const host = testHost({ http: trusting(), runner, imdsUrl: imds.url, ...ports })
  const result = await runToEnd(pluto, [], host, { env })
  const patch = runner.requests[1]?.command.at(-1)
  return { ...result, sent: patch === undefined ? undefined : JSON.parse(patch) }
}

const settingsWith = (network: object): object => ({
  aws: { region: 'us-west-2' },
  network,
  kubernetes: {
    'cluster-name': 'demo',
    'hostname-override-source': 'private-dns-name',
    'node-ip': '10.0.0.1',
    'max-pods': 1,
    'provider-id': 'aws:///a/b',
  },
})
const FOUND = { kubernetes: { 'cluster-dns-ip': '10.77.0.10', 'hostname-override': 'ip-10-0-0-7.internal' } }

describe('through a proxy', () => {
  it('tunnels both calls, with the name and password of the URL as they stand there', async () => {
    const aws = await startAws()
    const proxy = await startProxy(aws.port)
    const network = { 'https-proxy': `http://me:a%40b@127.0.0.1:${String(proxy.port)}` }
    const { stderr, sent } = await runPluto({}, settingsWith(network))
    expect(stderr).toBe('')
    expect(sent).toEqual(FOUND)
    expect(aws.asked).toEqual(['GET eks.us-west-2.amazonaws.com/clusters/demo', 'POST ec2.us-west-2.amazonaws.com/'])
    expect(proxy.heads).toEqual([
      'CONNECT eks.us-west-2.amazonaws.com:443 HTTP/1.1\r\nHost: eks.us-west-2.amazonaws.com:443\r\n' +
        `proxy-authorization: Basic ${Buffer.from('me:a%40b').toString('base64')}\r\n\r\n`,
      expect.stringMatching(/^CONNECT ec2\.us-west-2\.amazonaws\.com:443 /),
    ])
  })

  it('sends no plain http call there, such as one to an endpoint of a test', async () => {
    const proxy = await startProxy(1)
    const server = await startMetadataServer({ facts: AWS, listen: listenOnLoopback })
    cleanups.push(() => void server.close())
    const network = { 'https-proxy': `http://127.0.0.1:${String(proxy.port)}` }
    const { sent } = await runPluto({}, settingsWith(network), { ...KEYS, AWS_ENDPOINT_URL: server.url })
    expect(sent).toEqual(FOUND)
    expect(proxy.heads).toEqual([])
  })
})

describe('a tunnel', () => {
  const trust = { secureContext: createSecureContext({ ca: CERTIFICATE }) }
  const url = (port: number): { url: string } => ({ url: `http://127.0.0.1:${String(port)}` })

  it.each(['HTTP/1.1 200 Connection established', 'HTTP/1.0 200 OK', 'HTTP/1.1 200'])('opens on %j', async (answer) => {
    const aws = await startAws()
    const proxy = await startProxy(aws.port, answer)
    const socket = await openTunnel(url(proxy.port), 'localhost', 443, trust)
    expect(socket.authorized).toBe(true)
    socket.destroy()
    expect(proxy.heads[0]).toBe('CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n')
  })

  it.each([
    ['HTTP/1.1 407 Proxy Authentication Required', '407'],
    ['HTTP/1.1 201 Created', '201'],
    ['HTTP/2 200', 'HTTP/2 200'],
    ['nonsense', 'nonsense'],
    ['', 'closed'],
  ])('does not open on %j', async (answer, reason) => {
    const proxy = await startProxy(1, answer)
    await expect(openTunnel(url(proxy.port), 'localhost', 443, trust)).rejects.toThrow(reason)
  })

  it('does not open without a proxy', async () => {
    await expect(openTunnel(url(1), 'localhost', 443, trust)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('trusts nobody but the trust store', async () => {
    const aws = await startAws()
    const proxy = await startProxy(aws.port)
    await expect(openTunnel(url(proxy.port), 'localhost', 443)).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
    await expect(openTunnel(url(proxy.port), 'other.test', 443, trust)).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })
})

describe('credentials', () => {
  const settings = settingsWith({})

  async function askedWith(env: Readonly<Record<string, string>>, ports: Partial<Host> = {}): Promise<string[]> {
    const keys: string[] = []
    const server = await startMetadataServer({
      facts: AWS,
      listen: listenOnLoopback,
      onRequest: ({ headers }) => keys.push(/Credential=([^/]+)/.exec(headers['authorization'] ?? '')?.[1] ?? ''),
    })
    cleanups.push(() => void server.close())
    const { sent, stderr } = await runPluto(ports, settings, { ...env, AWS_ENDPOINT_URL: server.url })
    expect(stderr).toBe('')
    expect(sent).toEqual(FOUND)
    return [...new Set(keys)]
  }

  it('come from the environment first', async () => {
    expect(await askedWith(KEYS)).toEqual(['AKIDEXAMPLE'])
  })

  it('come from the role of the instance, by the metadata service that the host names', async () => {
    expect(await askedWith({})).toEqual(['ASIAEXAMPLEEXAMPLE00'])
  })

  it('come from a container agent', async () => {
    const agent = await listenOnLoopback(({ headers }) => {
      const body = {
        AccessKeyId: 'AKIDCONTAINER',
        SecretAccessKey: 's',
        Token: 't',
        Expiration: '2100-01-01T00:00:00Z',
      }
      const ok = headers['authorization'] === 'secret'
      return Promise.resolve({ status: ok ? 200 : 401, headers: {}, body: Buffer.from(JSON.stringify(body)) })
    }, 0)
    cleanups.push(() => void agent.close())
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${agent.url}/x`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'secret',
    }
    expect(await askedWith(env)).toEqual(['AKIDCONTAINER'])
  })

  it('fall back to the VPC for DNS if nobody has any', async () => {
    const facts = { ...AWS, imds: completeMetadata({ paths: { 'meta-data/iam': null } }) }
    const imds = await startMetadataServer({ facts, listen: listenOnLoopback })
    cleanups.push(() => void imds.close())
    const { sent, stderr } = await runPluto(
      { imdsUrl: imds.url },
      { ...settings, kubernetes: { 'cluster-name': 'demo', 'max-pods': 1 } },
      {},
    )
    expect(stderr).toContain('the instance has no role')
    expect(sent).toMatchObject({ kubernetes: { 'cluster-dns-ip': '172.20.0.10' } })
  })
})
