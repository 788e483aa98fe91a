/**
 * Each fault that the metadata server of our own can show, against the programs that ask it: outcome, message, the time
 * it takes on a clock of its own, and what is told meanwhile.
 */
import { describe, expect, it } from 'vitest'
import { ec2IdentityDoc } from '../../../src/early-boot/providers/ec2-identity-doc.ts'
import { ec2Imds } from '../../../src/early-boot/providers/ec2-imds.ts'
import { imdsHostnameDetector } from '../../../src/hostname-detectors/imds.ts'
import { parseFault } from '../../../src/imds-server/faults.ts'
import { createMetadataHandler, httpOverHandler } from '../../../src/imds-server/handler.ts'
import { completeMetadata, type MetadataFacts } from '../../../src/lib/facts.ts'
import type { Program } from '../../../src/lib/ports.ts'
import { shibaken } from '../../../src/shibaken/program.ts'
import { runToEnd, testHost } from '../../support/test-host.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

interface Seen {
  readonly code: number
  readonly stdout: string
  /** What was told about waits, without the program's name. */
  readonly told: readonly string[]
  readonly ms: number
  readonly requests: readonly string[]
}

async function run(
  program: Program,
  argv: readonly string[],
  facts: Partial<MetadataFacts>,
  faults: readonly string[],
): Promise<Seen> {
  const clock = virtualClock()
  const requests: string[] = []
  const handler = createMetadataHandler(
    { imds: completeMetadata({ userData: 'settings.motd = "hi"', ...facts }) },
    {
      clock,
      faults: faults.map(parseFault),
      onRequest: ({ method, target }, status) => {
        requests.push(`${method} ${target.split('/').slice(2).join('/')} ${String(status)}`)
      },
    },
  )
  const host = testHost({ clock, http: httpOverHandler(handler, clock), imdsUrl: 'http://imds.test' })
  const { code, stdout, stderr } = await runToEnd(program, argv, host)
  const lines = stderr.split('\n').filter((line) => line.includes(': waiting for '))
  const told = lines.map((line) => line.slice(line.indexOf('waiting for ')))
  return { code, stdout: stdout + stderr, told, ms: clock.now(), requests }
}

const USER_DATA = 'waiting for metadata service, user-data;'
const OK = '{"json":{"motd":"hi"},"desc":"EC2 IMDS"}\n'
const GIVEN_UP = 300_000

interface Row {
  readonly faults: readonly string[]
  readonly code: 0 | 1
  readonly text: string | RegExp
  readonly ms: number
  readonly told?: readonly string[]
  readonly requests?: number | readonly string[]
}

const failure = (fault: string, answer: string, more: Partial<Row> = {}): Row => ({
  faults: [fault],
  code: 1,
  text: 'error[IMDS_UNAVAILABLE]',
  ms: GIVEN_UP,
  told: [`${USER_DATA} ${answer}; 298 s left`],
  ...more,
})
const recovery = (fault: string, ms: number, told: readonly string[] = []): Row => ({
  faults: [fault],
  code: 0,
  text: OK,
  ms,
  told,
})
const last = (answer: string): string => `last answer: ${answer}`
const ofToken = (answer: string): string => last(`session token: ${answer}`)

describe('user data from a metadata service', () => {
  it.each<Row>([
    // nothing listens
    failure('*=refused', ofToken('no connection (ECONNREFUSED)'), {
      text: /ECONNREFUSED(.|\n)*is this an EC2 instance/,
      requests: 0,
    }),
    recovery('*=refused:1700', 1750),
    recovery('*=refused:2900', 3000, [`${USER_DATA} ${ofToken('no connection (ECONNREFUSED)')}; 298 s left`]),
    // connections that end
    failure('token=reset', ofToken('no connection (ECONNRESET)')),
    failure('user-data=reset', last('no connection (ECONNRESET)')),
    failure('user-data=close', last('no connection (ECONNRESET)')),
    failure('user-data=cut', last('connection closed in the middle of the answer')),
    recovery('token=resetx2', 500),
    recovery('user-data=resetx4', 1750),
    recovery('user-data=cutx1', 250),
    // answers that are late, or do not come
    recovery('user-data=slow:1500', 1500),
    recovery('user-data=slow:5000', 5000, [`${USER_DATA} no answer yet; 298 s left`]),
    recovery('token=slow:299000', 299_000, [`${USER_DATA} no answer yet; 298 s left`]),
    failure('user-data=slow:300001', 'no answer yet', { text: 'no answer within 300000 ms' }),
    failure('*=hang', 'no answer yet', { text: 'no answer within 300000 ms' }),
    failure('user-data=hangx1', 'no answer yet', { requests: ['PUT api/token 200', 'GET user-data 0'] }),
    // session tokens
    failure('token=400', ofToken('status 400')),
    failure('token=401', ofToken('status 401')),
    failure('token=403', ofToken('status 403'), { text: 'HttpEndpoint', requests: 37 }),
    failure('token=404', ofToken('status 404'), { text: 'IMDSv2' }),
    failure('token=429', ofToken('status 429'), { text: 'too many requests' }),
    failure('token=500', ofToken('status 500')),
    failure('token=503', ofToken('status 503')),
    failure('token=body:', last('status 401')),
    failure('token=body:made-up', last('status 401'), { text: 'refuses its own session tokens' }),
    // a token that is refused is not used again; any other one is
    failure('user-data=401', last('status 401'), { requests: 74, text: 'refuses its own session tokens' }),
    failure('user-data=400', last('status 400'), { requests: 38 }),
    failure('user-data=403', last('status 403'), { requests: 38, text: 'HttpEndpoint' }),
    failure('user-data=408', last('status 408'), { requests: 38 }),
    failure('user-data=429', last('status 429'), { requests: 38, text: 'too many requests' }),
    failure('user-data=500', last('status 500'), { requests: 38 }),
    failure('user-data=503', last('status 503'), { requests: 38, text: 'user-data within 300 s and 38 requests' }),
    recovery('user-data=429x3', 1000),
    {
      ...recovery('user-data=expirex1', 250),
      requests: ['PUT api/token 200', 'GET user-data 401', 'PUT api/token 200', 'GET user-data 200'],
    },
    // answers that are final
    { faults: ['user-data=404'], code: 0, text: /^\n$/, ms: 0, requests: ['PUT api/token 200', 'GET user-data 404'] },
    { faults: ['user-data=body:'], code: 0, text: /^\n$/, ms: 0 },
    { faults: ['user-data=body:%ff'], code: 1, text: 'user-data:1:1: error[USERDATA_NOT_UTF8]', ms: 0 },
    { faults: ['user-data=body:<html>log in</html>'], code: 1, text: 'hint: this is XML', ms: 0 },
    { faults: ['user-data=body:%1f%8b'], code: 1, text: 'USERDATA_GZIP_BROKEN', ms: 0 },
    // one after another
    {
      faults: ['token=500x2', 'user-data=503x2', 'user-data=401x1', 'user-data=resetx1'],
      code: 0,
      text: OK,
      ms: 2250,
      told: [`${USER_DATA} ${last('no connection (ECONNRESET)')}; 298 s left`],
    },
  ])('$faults ends with $code after $ms ms', async ({ faults, code, text, ms, told = [], requests }) => {
    const seen = await run(ec2Imds, [], {}, faults)
    expect(seen.code).toBe(code)
    if (typeof text === 'string') expect(seen.stdout).toContain(text)
    else expect(seen.stdout).toMatch(text)
    expect(seen.ms).toBe(ms)
    expect(seen.told).toEqual(told)
    if (typeof requests === 'number') expect(seen.requests).toHaveLength(requests)
    else if (requests !== undefined) expect(seen.requests).toEqual(requests)
  })
})

const DOCUMENT = 'dynamic/instance-identity/document'
const region = (name: string): RegExp => new RegExp(`"region":"${name}"`)

describe('other entries that are missing or odd', () => {
  const provider: [Program, string[]] = [ec2IdentityDoc, []]
  const detector: [Program, string[]] = [imdsHostnameDetector, ['--ip-address', '10.0.0.7']]
  const partition: [Program, string[]] = [shibaken, ['is-partition', '--partition', 'aws']]
  const keys: [Program, string[]] = [shibaken, ['generate-admin-userdata']]
  const noKeys = 'eyJzc2giOnsiYXV0aG9yaXplZC1rZXlzIjpbXX19'

  it.each<[string, [Program, string[]], string, 0 | 1, string | RegExp, number]>([
    ['no identity document', provider, `${DOCUMENT}=404`, 0, region('us-east-1'), 0],
    [
      'an identity document that is no JSON',
      provider,
      `${DOCUMENT}=body:<html>`,
      1,
      /IMDS_INVALID_ANSWER.*not JSON/,
      0,
    ],
    ['an empty identity document', provider, `${DOCUMENT}=body:`, 1, 'IMDS_INVALID_ANSWER', 0],
    ['bytes for an identity document', provider, `${DOCUMENT}=body:%ff`, 1, /IMDS_INVALID_ANSWER.*UTF-8/, 0],
    ['an identity document without a region', provider, `${DOCUMENT}=body:{}`, 0, region('us-east-1'), 0],
    ['a region that is no text', provider, `${DOCUMENT}=body:{"region":null}`, 0, region('us-east-1'), 0],
    ['an empty region', provider, `${DOCUMENT}=body:{"region":""}`, 0, region(''), 0],
    ['a list for an identity document', provider, `${DOCUMENT}=body:[]`, 0, region('us-east-1'), 0],
    ['an identity document that comes late', provider, `${DOCUMENT}=503x3`, 0, region('us-west-2'), 1000],
    ['an identity document that never comes', provider, `${DOCUMENT}=503`, 1, 'IMDS_UNAVAILABLE', GIVEN_UP],
    ['no host name', detector, 'meta-data/local-hostname=404', 1, 'GENERATOR_NO_HOSTNAME', 0],
    ['a host name of white space', detector, 'meta-data/local-hostname=body: %0a', 1, 'GENERATOR_NO_HOSTNAME', 0],
    ['several host names', detector, 'meta-data/local-hostname=body:a.example.. b.example', 0, /^a\.example\n$/, 0],
    ['bytes for a host name', detector, 'meta-data/local-hostname=body:%ff', 1, 'IMDS_INVALID_ANSWER', 0],
    ['a host name that never comes', detector, 'meta-data/local-hostname=500', 1, 'IMDS_UNAVAILABLE', GIVEN_UP],
    ['no partition', partition, 'meta-data/services/partition=404', 0, /^false\n$/, 0],
    ['a partition with a line end', partition, 'meta-data/services/partition=body:aws%0a', 0, /^false\n$/, 0],
    ['a partition that never comes', partition, 'meta-data/services/partition=close', 1, 'IMDS_UNAVAILABLE', GIVEN_UP],
    ['no public keys', keys, 'meta-data/public-keys=404', 0, noKeys, 0],
    ['an empty list of public keys', keys, 'meta-data/public-keys=body:', 0, noKeys, 0],
    ['a key that is listed and missing', keys, 'meta-data/public-keys/0/openssh-key=404', 1, 'IMDS_VALUE_MISSING', 0],
    ['a key that is none', keys, 'meta-data/public-keys/0/openssh-key=body:nope', 0, noKeys, 0],
    ['entries without a number', keys, 'meta-data/public-keys=body:a=b%0a-1=c', 0, noKeys, 0],
    ['a session that ends between list and key', keys, 'meta-data/public-keys/0/openssh-key=expirex1', 0, /^"eyJ/, 250],
  ])('%s', async (_name, [program, argv], fault, code, text, ms) => {
    const seen = await run(program, argv, {}, [fault])
    expect(seen.code).toBe(code)
    if (typeof text === 'string') expect(seen.stdout).toContain(text)
    else expect(seen.stdout).toMatch(text)
    expect(seen.ms).toBe(ms)
    expect(seen.told).toHaveLength(ms === GIVEN_UP ? 1 : 0)
  })
})
