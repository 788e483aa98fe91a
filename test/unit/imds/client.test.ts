import { describe, expect, it } from 'vitest'
import { attemptsOf } from '../../../src/lib/activity.ts'
import { createMetadataHandler, httpOverHandler } from '../../../src/imds-server/handler.ts'
import type { Fault } from '../../../src/imds-server/faults.ts'
import { parseFault } from '../../../src/imds-server/faults.ts'
import { createImdsClient, type ImdsClient } from '../../../src/imds/client.ts'
import { retryDelayMs } from '../../../src/imds/retry.ts'
import { PipelineError } from '../../../src/lib/errors.ts'
import { completeMetadata } from '../../../src/lib/facts.ts'
import type { Http, HttpRequest, HttpResponse } from '../../../src/lib/ports.ts'
import { encodeUtf8 } from '../../../src/lib/utf8.ts'
import { testHost, type TestHost } from '../../support/test-host.ts'
import { virtualClock, type VirtualClock } from '../../support/virtual-clock.ts'

interface Bench {
  readonly client: ImdsClient
  readonly host: TestHost
  readonly clock: VirtualClock
  readonly stderr: string[]
  /** Method, path and status of each request. */
  readonly log: { line: string; atMs: number }[]
}

function bench(http: (clock: VirtualClock, log: Bench['log']) => Http, signal?: AbortSignal): Bench {
  const clock = virtualClock()
  const log: Bench['log'] = []
  const stderr: string[] = []
  const host = testHost({ clock, http: http(clock, log), imdsUrl: 'http://imds.test' })
  const client = createImdsClient(host, {
    program: 'tester',
    stderr: { write: (text) => stderr.push(text) },
    ...(signal === undefined ? {} : { signal }),
  })
  return { client, host, clock, stderr, log }
}

/** The metadata service of our own in memory, with faults. */
function served(...faults: (string | Fault)[]): Bench {
  return bench((clock, log) => {
    const handler = createMetadataHandler(
      { imds: completeMetadata({ userData: 'settings.motd = "hi"' }) },
      {
        clock,
        faults: faults.map((fault) => (typeof fault === 'string' ? parseFault(fault) : fault)),
        onRequest: ({ method, target }, status) => {
          log.push({ line: `${method} ${target} ${String(status)}`, atMs: clock.now() })
        },
      },
    )
    return httpOverHandler(handler)
  })
}

/** A service made of a function. */
function answered(answer: (request: HttpRequest) => Partial<HttpResponse> & { text?: string }): Bench {
  return bench((clock, log) => ({
    request: (request) => {
      log.push({ line: `${request.method} ${request.url}`, atMs: clock.now() })
      const { status = 200, headers = {}, body, text = '' } = answer(request)
      return Promise.resolve({ status, headers, body: body ?? encodeUtf8(text) })
    },
  }))
}

async function failureOf(promise: Promise<unknown>): Promise<PipelineError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(PipelineError)
  return error as PipelineError
}

describe('retry schedule', () => {
  it('is Fibonacci from a quarter second, then ten seconds for ever', () => {
    expect(Array.from({ length: 12 }, (_, n) => retryDelayMs(n))).toEqual([
      250, 250, 500, 750, 1250, 2000, 3250, 5250, 8500, 10_000, 10_000, 10_000,
    ])
    expect(retryDelayMs(100_000)).toBe(10_000)
  })
})

describe('requests', () => {
  it('gets a session token once, then asks the dated schema', async () => {
    const seen: HttpRequest[] = []
    const { client } = answered((request) => {
      seen.push(request)
      return { text: request.method === 'PUT' ? ' token\u0009 ' : 'value' }
    })
    expect(await client.fetchText('meta-data/instance-id')).toBe('value')
    expect(await client.fetchText('user-data')).toBe('value')
    expect(seen.map(({ method, url, headers, body }) => ({ method, url, headers, body }))).toEqual([
      {
        method: 'PUT',
        url: 'http://imds.test/latest/api/token',
        headers: { accept: '*/*', 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
        body: undefined,
      },
      {
        method: 'GET',
        url: 'http://imds.test/2021-07-15/meta-data/instance-id',
        headers: { accept: '*/*', 'x-aws-ec2-metadata-token': ' token\u0009 ' },
        body: undefined,
      },
      expect.objectContaining({ url: 'http://imds.test/2021-07-15/user-data' }),
    ])
  })

  it('takes 404 as absent, without another attempt', async () => {
    const { client, clock } = served('user-data=404')
    expect(await client.fetchBytes('user-data')).toBeUndefined()
    expect(clock.slept).toEqual([])
  })

  it('gets a new token when the service forgets the old one', async () => {
    const { client, log } = served('user-data=401x1')
    expect(await client.fetchText('user-data')).toContain('motd')
    expect(log.map(({ line }) => line)).toEqual([
      'PUT /latest/api/token 200',
      'GET /2021-07-15/user-data 401',
      'PUT /latest/api/token 200',
      'GET /2021-07-15/user-data 200',
    ])
  })

  it('does not renew a token by time', async () => {
    const { client, log, clock } = served()
    await client.fetchText('meta-data/instance-id')
    await clock.sleep(61_000)
    expect(await client.fetchText('meta-data/instance-type')).toBe('m5.large')
    expect(log.map(({ line }) => line.split(' ').at(-1))).toEqual(['200', '200', '401', '200', '200'])
  })

  it.each(['400', '403', '408', '429', '500', '503', 'close'])(
    'tries again with the same token after %s',
    async (fault) => {
      const { client, log } = served(`user-data=${fault}x3`)
      expect(await client.fetchText('user-data')).toContain('motd')
      expect(log.map(({ atMs }) => atMs)).toEqual([0, 0, 250, 500, 1000])
      expect(log.filter(({ line }) => line.startsWith('PUT'))).toHaveLength(1)
    },
  )

  it.each(['400', '401', '403', '404', '429', '500', 'close'])('tries again to get a token after %s', async (fault) => {
    const { client, log } = served(`token=${fault}x2`)
    expect(await client.fetchText('user-data')).toContain('motd')
    expect(log.map(({ atMs }) => atMs)).toEqual([0, 250, 500, 500])
  })

  it('follows redirects, ten at most', async () => {
    const hops = (count: number): Bench =>
      answered(({ url }) => {
        if (url.endsWith('token')) return { text: 'T' }
        const hop = Number(/hop=(\d+)/.exec(url)?.[1] ?? 0)
        return hop < count ? { status: 302, headers: { location: `/x?hop=${String(hop + 1)}` } } : { text: 'there' }
      })
    expect(await hops(10).client.fetchText('user-data')).toBe('there')
    const error = await failureOf(hops(11).client.fetchText('user-data'))
    expect(error.message).toContain('more than 10 redirects')
  })

  it.each([
    [301, 'GET'],
    [302, 'GET'],
    [303, 'GET'],
    [307, 'PUT'],
    [308, 'PUT'],
  ])('after status %i a token request goes on as %s', async (status, method) => {
    const { client, log } = answered(({ url }) =>
      url.endsWith('/latest/api/token') ? { status, headers: { location: 'http://other.test/t' } } : { text: 'T' },
    )
    await client.fetchText('user-data')
    expect(log[1]?.line).toBe(`${method} http://other.test/t`)
  })

  it('refuses text that is not UTF-8 at once', async () => {
    const { client, clock } = answered(({ method }) =>
      method === 'PUT' ? { text: 'T' } : { body: Uint8Array.of(0x61, 0xff) },
    )
    expect((await failureOf(client.fetchText('meta-data/local-ipv4'))).code).toBe('IMDS_INVALID_ANSWER')
    expect(clock.slept).toEqual([])
  })
})

describe('giving up', () => {
  it('ends after 300 s and 37 attempts, and says what was asked, how often, and how the last one ended', async () => {
    const { client, log, clock } = served('user-data=503')
    const error = await failureOf(client.fetchText('user-data'))
    expect(clock.now()).toBe(300_000)
    expect(log.filter(({ line }) => line.startsWith('GET'))).toHaveLength(37)
    expect(error.code).toBe('IMDS_UNAVAILABLE')
    expect(error.message).toContain('user-data')
    expect(error.message).toContain('300 s')
    expect(error.message).toContain('status 503')
    expect(error.details).toMatchObject({ target: 'user-data', attempts: 38, status: 503 })
    expect(log.slice(1, 12).map(({ atMs }) => atMs / 1000)).toEqual([0, 0.25, 0.5, 1, 1.75, 3, 5, 8.25, 13.5, 22, 32])
  })

  it.each([
    ['token=403', 'HttpEndpoint'],
    ['token=404', 'IMDSv2'],
    ['user-data=429', 'too many requests'],
    ['user-data=401', 'session token'],
    ['*=close', 'EC2 instance'],
  ])('has a hint for %s', async (fault, hint) => {
    const { client, clock } = served(fault)
    const error = await failureOf(client.fetchText('user-data'))
    expect(clock.now()).toBe(300_000)
    expect(error.hint).toContain(hint)
  })

  it('counts the time of slow answers', async () => {
    const { client, clock, log } = served({ pattern: 'user-data', action: { kind: 'slow', ms: 5000 } })
    expect(await client.fetchText('user-data')).toContain('motd')
    expect(clock.now()).toBe(5000)
    expect(log).toHaveLength(2)
  })

  it('stops waiting when the program is stopped', async () => {
    const stop = new AbortController()
    const { client, log } = bench(
      (_clock, lines) => ({
        request: ({ method }) => {
          lines.push({ line: method, atMs: 0 })
          if (lines.length === 3) stop.abort(new Error('stopped'))
          return Promise.resolve({ status: 500, headers: {}, body: new Uint8Array() })
        },
      }),
      stop.signal,
    )
    await expect(client.fetchText('user-data')).rejects.toThrow('stopped')
    expect(log).toHaveLength(3)
  })
})

describe('telling about waits', () => {
  const WAIT = { program: 'tester', target: 'metadata service, user-data', reason: 'status 500', retry: true }

  it('is silent for up to two seconds, but leaves events', async () => {
    const { client, host, stderr } = served('user-data=500x3')
    await client.fetchText('user-data')
    expect(stderr).toEqual([])
    expect(host.emitted).toEqual([
      { kind: 'wait', wait: { ...WAIT, startMs: 0, ms: 250 } },
      { kind: 'wait', wait: { ...WAIT, startMs: 250, ms: 250 } },
      { kind: 'wait', wait: { ...WAIT, startMs: 500, ms: 500 } },
    ])
  })

  it('tells of a longer one once, with what is asked for, the last answer and the time left', async () => {
    const { client, host, stderr, clock } = served('user-data=500')
    await failureOf(client.fetchText('user-data'))
    expect(clock.now()).toBe(300_000)
    const text = 'waiting for metadata service, user-data; last answer: status 500; 298 s left'
    expect(stderr).toEqual([`tester: ${text}\n`])
    expect(host.emitted.filter(({ kind }) => kind === 'notice')).toEqual([{ kind: 'notice', program: 'tester', text }])
  })

  it('tells of it when two seconds are over, not later', async () => {
    const { client, stderr, clock } = served('user-data=500')
    const asking = failureOf(client.fetchText('user-data'))
    await clock.sleep(1999)
    expect(stderr).toEqual([])
    await clock.sleep(2)
    expect(stderr).toHaveLength(1)
    await asking
  })

  it('tells again when the answer becomes another one', async () => {
    const { client, stderr } = served('token=403x6', 'user-data=500x4', 'user-data=429')
    await failureOf(client.fetchText('user-data'))
    expect(stderr).toEqual(
      [
        'last answer: session token: status 403; 298 s left',
        'last answer: status 500; 295 s left',
        'last answer: status 429; 293 s left',
      ].map((end) => `tester: waiting for metadata service, user-data; ${end}\n`),
    )
  })

  it('tells of an answer that takes long, and leaves an event of it', async () => {
    const { client, stderr, host } = served('meta-data/instance-id=slow:3000')
    expect(await client.fetchText('meta-data/instance-id')).toMatch(/^i-/)
    const target = 'metadata service, meta-data/instance-id'
    const text = `waiting for ${target}; no answer yet; 298 s left`
    expect(stderr).toEqual([`tester: ${text}\n`])
    expect(host.emitted).toEqual([
      { kind: 'notice', program: 'tester', text },
      {
        kind: 'wait',
        wait: { program: 'tester', target, reason: 'the answer took long', startMs: 0, ms: 3000, retry: false },
      },
    ])
  })

  it('has no further attempt after the last wait', async () => {
    const { client, host } = served('user-data=503')
    await failureOf(client.fetchText('user-data'))
    const waits = host.emitted.flatMap((event) => (event.kind === 'wait' ? [event.wait] : []))
    expect(attemptsOf(waits)).toBe(37)
    expect(waits.at(-1)?.retry).toBe(false)
  })
})
