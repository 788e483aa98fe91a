import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ec2Imds } from '../../../src/early-boot/providers/ec2-imds.ts'
import { ec2IdentityDoc } from '../../../src/early-boot/providers/ec2-identity-doc.ts'
import { localDefaults } from '../../../src/early-boot/providers/local-defaults.ts'
import { localFile } from '../../../src/early-boot/providers/local-file.ts'
import { localOverrides } from '../../../src/early-boot/providers/local-overrides.ts'
import { parseFault } from '../../../src/imds-server/faults.ts'
import { createMetadataHandler, httpOverHandler } from '../../../src/imds-server/handler.ts'
import { completeMetadata, type MetadataFacts } from '../../../src/lib/facts.ts'
import type { Host } from '../../../src/lib/ports.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const FILE = '/var/lib/bottlerocket/user-data.toml'

function hostWithFile(content: string | Uint8Array | undefined, file = FILE): Host {
  const host = testHost()
  host.fs.makeDirectory(file.slice(0, file.lastIndexOf('/')))
  if (content !== undefined) host.fs.writeFile(file, content)
  return host
}

function hostWithMetadata(imds: Partial<MetadataFacts>, faults: readonly string[] = []): Host {
  const clock = virtualClock()
  const handler = createMetadataHandler({ imds: completeMetadata(imds) }, { clock, faults: faults.map(parseFault) })
  return testHost({ clock, http: httpOverHandler(handler) })
}

const base64 = (data: Uint8Array): { base64: string } => ({ base64: Buffer.from(data).toString('base64') })

describe('file providers', () => {
  it.each([
    [localDefaults, '/local/user-data-defaults.toml'],
    [localFile, FILE],
    [localOverrides, '/local/user-data-overrides.toml'],
  ])('$name reads its file', async (program, file) => {
    const toml =
      'settings.motd = "hi"\n[settings.kubernetes]\ncluster-name = "demo"\nmax-pods = 20\n[notes]\nowner = "ops"\n'
    expect(await runToEnd(program, ['ignored'], hostWithFile(toml, file))).toEqual({
      code: 0,
      stdout: `{"json":{"kubernetes":{"cluster-name":"demo","max-pods":20},"motd":"hi"},"desc":"user data from ${file}"}\n`,
      stderr: '',
    })
  })

  it.each([
    ['no file', undefined],
    ['an empty file', ''],
    ['gzip of nothing', gzipSync('')],
  ])('%s is no data', async (_name, content) => {
    expect(await runToEnd(localFile, [], hostWithFile(content))).toEqual({ code: 0, stdout: '\n', stderr: '' })
  })

  it('a dangling link is no data, a link to a file is data', async () => {
    const host = hostWithFile(undefined)
    host.fs.symlink('elsewhere.toml', FILE)
    expect((await runToEnd(localFile, [], host)).stdout).toBe('\n')
    host.fs.writeFile('/var/lib/bottlerocket/elsewhere.toml', '[settings]')
    expect((await runToEnd(localFile, [], host)).stdout).toContain('"json":{}')
  })

  it.each([
    ['white space', ' \n', 'USERDATA_NO_SETTINGS'],
    ['a comment', '# nothing', 'USERDATA_NO_SETTINGS'],
    ['bad TOML', 'settings = ', 'USERDATA_TOML_SYNTAX'],
    ['bad UTF-8', Uint8Array.of(0xff), 'USERDATA_NOT_UTF8'],
    ['bad gzip', Uint8Array.of(0x1f, 0x8b, 8), 'USERDATA_GZIP_BROKEN'],
  ])('%s is an error on standard output', async (_name, content, code) => {
    const { code: exit, stdout, stderr } = await runToEnd(localFile, [], hostWithFile(content))
    expect(exit).toBe(1)
    expect(stdout).toContain(`[${code}]`)
    expect(stdout).toContain(FILE)
    expect(stdout.endsWith('\n')).toBe(true)
    expect(stderr).toBe('')
  })

  it('a directory in its place is an error', async () => {
    const host = hostWithFile(undefined)
    host.fs.makeDirectory(FILE)
    expect((await runToEnd(localFile, [], host)).stdout).toContain('HOST_FILE_UNREADABLE')
  })
})

describe('ec2-imds', () => {
  const run = (imds: Partial<MetadataFacts>, ...faults: string[]): Promise<ProgramRun> =>
    runToEnd(ec2Imds, [], hostWithMetadata(imds, faults))

  it.each([
    ['plain', { userData: 'settings.motd = "hi"' }],
    ['gzip', { userData: 'settings.motd = "hi"', userDataGzip: true }],
  ])('reads %s user data', async (_name, imds) => {
    expect(await run(imds)).toEqual({ code: 0, stdout: '{"json":{"motd":"hi"},"desc":"EC2 IMDS"}\n', stderr: '' })
  })

  it.each([
    ['none', {}],
    ['empty', { userData: '' }],
    ['white space', { userData: ' \r\n\t\u0085\u00a0\u2003' }],
    ['white space in gzip', { userData: ' \n', userDataGzip: true }],
  ])('%s is no data', async (_name, imds) => {
    expect(await run(imds)).toEqual({ code: 0, stdout: '\n', stderr: '' })
  })

  it.each([
    ['a lone byte order mark', { userData: '\uFEFF' }, 'USERDATA_NO_SETTINGS'],
    ['no settings', { userData: 'motd = "x"' }, 'USERDATA_NO_SETTINGS'],
    ['another letter case', { userData: '[Settings]' }, 'USERDATA_NO_SETTINGS'],
    ['a script', { userData: '#!/bin/sh\necho hi' }, 'hint: this is a script'],
    ['base64 in base64', { userData: 'c2V0dGluZ3MubW90ZD0ieCIK' }, 'hint: this is base64'],
    ['NUL', { userData: '\u0000' }, 'USERDATA_TOML_SYNTAX'],
    [
      'a large integer',
      { userData: 'settings.updates.seed = 9223372036854775808' },
      'user-data:1:25: error[USERDATA_INTEGER_RANGE]',
    ],
    ['truncated gzip', { userData: base64(gzipSync('settings.motd = "hi"').subarray(0, 20)) }, 'USERDATA_GZIP_BROKEN'],
    [
      'bytes that are no text',
      { userData: base64(Uint8Array.of(0x61, 0x0a, 0xff)) },
      'user-data:2:1: error[USERDATA_NOT_UTF8]',
    ],
  ])('%s is an error', async (_name, imds, text) => {
    const { code, stdout } = await run(imds)
    expect(code).toBe(1)
    expect(stdout).toContain(text)
  })

  it('warns of more than EC2 can hold, and goes on', async () => {
    const big = `settings.motd = "hi" # ${'x'.repeat(16_400)}`
    const { code, stdout, stderr } = await run({ userData: big })
    expect(code).toBe(0)
    expect(stdout).toContain('"motd":"hi"')
    expect(stderr).toContain(`[USERDATA_TOO_LARGE] user data has ${String(big.length)} bytes`)
    expect(stderr).toContain('16384')
    const quiet = await runToEnd(ec2Imds, [], hostWithMetadata({ userData: big }), {
      env: { EARLY_BOOT_CONFIG_LOG_LEVEL: 'ERROR' },
    })
    expect(quiet.stderr).toBe('')
  })

  it.each([
    ['token=403', 'HttpEndpoint'],
    ['user-data=429', 'too many requests'],
    ['user-data=500', 'status 500'],
    ['user-data=401', 'status 401'],
    ['*=close', 'ECONNRESET'],
  ])('gives up after 300 s of %s', async (fault, text) => {
    const { code, stdout, stderr } = await run({ userData: 'settings.motd = "hi"' }, fault)
    expect(code).toBe(1)
    expect(stdout).toContain('error[IMDS_UNAVAILABLE]')
    expect(stdout).toContain(text)
    expect(stderr).toMatch(
      /^ec2-imds-user-data-provider: waiting for metadata service, user-data; last answer: .*; 298 s left\n$/,
    )
  })

  it('gets over a service that comes up late', async () => {
    const { code, stdout } = await run({ userData: 'settings.motd = "hi"' }, 'token=closex5', 'user-data=500x5')
    expect(code).toBe(0)
    expect(stdout).toContain('motd')
  })
})

describe('ec2-identity-doc', () => {
  const output = (region: string): ProgramRun => ({
    code: 0,
    stdout: `{"json":{"aws":{"region":"${region}"}},"desc":"EC2 instance identity document"}\n`,
    stderr: '',
  })
  const DOCUMENT = 'dynamic/instance-identity/document'
  const ON_DISK = '/etc/early-boot-config/identity-document'

  it.each([
    ['{"region":"eu-north-1"}', 'eu-north-1'],
    ['{"region":""}', ''],
    ['{"region":7}', 'us-east-1'],
    ['{}', 'us-east-1'],
    ['[1]', 'us-east-1'],
    [null, 'us-east-1'],
  ])('takes the region of %s', async (document, region) => {
    const host = hostWithMetadata({ paths: { [DOCUMENT]: document } })
    expect(await runToEnd(ec2IdentityDoc, [], host)).toEqual(output(region))
  })

  it('fails on a document that is not JSON', async () => {
    const host = hostWithMetadata({ paths: { [DOCUMENT]: 'x' } })
    expect(await runToEnd(ec2IdentityDoc, [], host)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('IMDS_INVALID_ANSWER'),
    })
  })

  it('prefers a document on disk, and asks nobody', async () => {
    const host = hostWithFile('{"region":"ap-south-1"}', ON_DISK)
    expect(await runToEnd(ec2IdentityDoc, [], host)).toEqual(output('ap-south-1'))
  })

  it.each(['{"region":5}', '{}', 'x', Uint8Array.of(0xff), gzipSync('{"region":"x"}')])(
    'fails on %s on disk',
    async (content) => {
      const result = await runToEnd(ec2IdentityDoc, [], hostWithFile(content, ON_DISK))
      expect(result.code).toBe(1)
      expect(result.stdout).toContain('PROVIDER_IDENTITY_DOCUMENT')
    },
  )
})
