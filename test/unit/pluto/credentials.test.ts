import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { RootedFs } from '../../../src/host/rooted-fs.ts'
import { CallBudget, fibonacciDelayMs, isTransient, sdkDelayMs } from '../../../src/pluto/aws-retry.ts'
import {
  containerUrl,
  environmentCredentials,
  findCredentials,
  hasProfile,
  sdkProfile,
} from '../../../src/pluto/credentials.ts'
import { parseCredentials } from '../../../src/pluto/instance-role.ts'
import { NoAnswerError, urlOf } from '../../../src/pluto/request-handler.ts'
import { encodeUtf8 } from '../../../src/lib/utf8.ts'
import { testHost } from '../../support/test-host.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const roots: string[] = []
afterEach(() => {
  roots.splice(0).forEach((root) => {
    rmSync(root, { recursive: true })
  })
})

const budget = (): CallBudget =>
  new CallBudget({
    clock: virtualClock(),
    entropy: { integer: () => 0, alphanumeric: () => '' },
    signal: new AbortController().signal,
    onWait: () => undefined,
  })

describe('environment', () => {
  it.each([
    [
      { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
      { accessKeyId: 'a', secretAccessKey: 'b' },
    ],
    [
      { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c' },
      { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' },
    ],
    [{ AWS_ACCESS_KEY_ID: 'a' }, undefined],
    [{ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: '' }, undefined],
    [{}, undefined],
  ])('%j has keys %j', (env, keys) => {
    expect(environmentCredentials(env)).toEqual(keys)
  })

  it.each([
    [{ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x' }, 'http://169.254.170.2/v2/x'],
    [{ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/x' }, 'http://127.0.0.1/x'],
    [{}, undefined],
  ])('%j names the agent %s', (env, url) => {
    expect(containerUrl(env)).toBe(url)
  })
})

describe('profiles', () => {
  it.each([
    ['[default]\naws_access_key_id = x', 'default', true],
    ['[profile web]', 'web', true],
    ['  [ web ]', 'web', true],
    ['[profile "web app"]', 'web app', true],
    ['[webs]', 'web', false],
    ['# [web]', 'web', false],
    ['', 'default', false],
  ])('%j has %s: %j', (text, profile, found) => {
    expect(hasProfile(text, profile)).toBe(found)
  })

  it('are left to the SDK, with the paths of the root', async () => {
    const root = mkdtempSync(path.join(os.tmpdir(), 'aws-'))
    roots.push(root)
    const fs = new RootedFs(root)
    const host = testHost({ fs })
    expect(sdkProfile({}, host)).toBeUndefined()
    fs.makeDirectory('/root/.aws')
    fs.writeFile('/root/.aws/credentials', '')
    expect(sdkProfile({}, host)).toBeUndefined()
    fs.writeFile('/root/.aws/credentials', '[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\n')
    const { sdkChain } = await import('../../../src/pluto/sdk-chain.ts')
    const found = await findCredentials({}, host, budget(), () => Promise.resolve(sdkChain))
    expect(found).toMatchObject({ accessKeyId: 'AKIDFILE', secretAccessKey: 's' })
    expect(sdkProfile({ AWS_PROFILE: 'other' }, host)).toBeUndefined()
  })

  it('a web identity is left to the SDK', () => {
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:x' }
    expect(sdkProfile(env, testHost())).toMatchObject({ webIdentityTokenFile: '/token', roleArn: 'arn:x' })
    expect(sdkProfile({ AWS_ROLE_ARN: 'arn:x' }, testHost())).toBeUndefined()
  })

  it('that cannot be used end the search', async () => {
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:x' }
    const broken = (): Promise<never> => Promise.reject(new Error('no such role'))
    await expect(findCredentials(env, testHost(), budget(), () => Promise.resolve(broken))).rejects.toMatchObject({
      code: 'AWS_NO_CREDENTIALS',
      message: 'no AWS credentials: no such role',
    })
  })
})

describe('role credentials', () => {
  it.each([
    ['{"AccessKeyId":"a","SecretAccessKey":"b"}', { accessKeyId: 'a', secretAccessKey: 'b' }],
    [
      '{"AccessKeyId":"a","SecretAccessKey":"b","Token":"c","Expiration":"2100-01-01T00:00:00Z"}',
      { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c', expiration: new Date('2100-01-01T00:00:00Z') },
    ],
  ])('%s', (text, keys) => {
    expect(parseCredentials(encodeUtf8(text), 'x')).toEqual(keys)
  })

  it.each(['', 'x', '[]', '{"AccessKeyId":"a"}', '{"Code":"AssumeRoleUnauthorizedAccess"}'])('are not %j', (text) => {
    expect(() => parseCredentials(encodeUtf8(text), 'x')).toThrow(
      expect.objectContaining({ code: 'AWS_NO_CREDENTIALS' }),
    )
  })

  it('are asked for a hundred times at most', async () => {
    let asked = 0
    const http = {
      request: () => {
        asked++
        return Promise.resolve({ status: 503, headers: {}, body: new Uint8Array() })
      },
    }
    await expect(
      findCredentials({}, testHost({ http }), budget(), () => Promise.reject(new Error('unused'))),
    ).rejects.toMatchObject({ code: 'AWS_NO_CREDENTIALS' })
    expect(asked).toBe(100)
  })
})

describe('retries', () => {
  const failure = (name: string, httpStatusCode?: number): Error =>
    Object.assign(new Error('x'), { name, $metadata: { httpStatusCode } })

  it.each([
    [new NoAnswerError('x'), true],
    [failure('Throttling', 400), true],
    [failure('RequestLimitExceeded', 503), true],
    [failure('ServerException', 500), true],
    [failure('Other', 429), true],
    [failure('AccessDeniedException', 403), false],
    [failure('UnauthorizedOperation', 403), false],
    [failure('InvalidInstanceID.NotFound', 400), false],
    [failure('CredentialsProviderError'), false],
    [new TypeError('x'), false],
    ['x', false],
  ])('%s: %j', (error, transient) => {
    expect(isTransient(error)).toBe(transient)
  })

  it('wait longer each time', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map(sdkDelayMs)).toEqual([1000, 2000, 4000, 8000, 16_000, 20_000, 20_000])
    expect([0, 1, 2, 3, 4, 5].map(fibonacciDelayMs)).toEqual([200, 200, 400, 600, 1000, 1600])
  })
})

describe('URLs of the SDK', () => {
  const request = { method: 'GET', protocol: 'https:', hostname: 'a.test', path: '/x', headers: {} }
  it.each([
    [request, 'https://a.test/x'],
    [{ ...request, protocol: 'http', port: 8080 }, 'http://a.test:8080/x'],
    [{ ...request, query: { a: '1 2', b: ['x', "'"], c: null } }, 'https://a.test/x?a=1%202&b=x&b=%27&c'],
  ])('%j', (given, url) => {
    expect(urlOf(given)).toBe(url)
  })
})
