import { describe, expect, test } from 'vitest'
import { imdsHostnameDetector } from '../../../src/hostname-detectors/imds.ts'
import { reverseDnsHostnameDetector } from '../../../src/hostname-detectors/reverse-dns.ts'
import type { HttpRequest, HttpResponse } from '../../../src/lib/ports.ts'
import { encodeUtf8 } from '../../../src/lib/utf8.ts'
import { runTool, testHost } from '../../support/apply-host.ts'

const answer = (status: number, body = ''): HttpResponse => ({ status, headers: {}, body: encodeUtf8(body) })

function metadata(hostname: HttpResponse): (request: HttpRequest) => HttpResponse {
  return ({ method, url }) => {
    if (method === 'PUT' && url.endsWith('/latest/api/token')) return answer(200, 'token')
    return url.endsWith('/2021-07-15/meta-data/local-hostname') ? hostname : answer(500)
  }
}

describe('reverse DNS', () => {
  test('prints the name of the address, in canonical form', async () => {
    const host = testHost({ reverse: (address) => (address === 'fd00::5' ? 'node.example' : undefined) })
    const run = await runTool(reverseDnsHostnameDetector, ['--ip-address', 'FD00:0::5'], host)
    expect(run).toEqual({ exitCode: 0, stdout: 'node.example\n', stderr: '' })
    expect(host.clock.sleeps).toEqual([])
  })

  test('tries four times, with waits below 50, 50 and 100 ms', async () => {
    let tries = 0
    const host = testHost({ reverse: () => (++tries, undefined) })
    const run = await runTool(reverseDnsHostnameDetector, ['--ip-address', '10.0.0.5'], host)
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('GENERATOR_NO_HOSTNAME')
    expect(tries).toBe(4)
    expect(host.clock.sleeps).toEqual([49, 49, 99])
  })

  test('a late answer counts', async () => {
    let tries = 0
    const host = testHost({ reverse: () => (++tries === 4 ? 'late.example' : undefined) })
    expect(await runTool(reverseDnsHostnameDetector, ['--ip-address', '10.0.0.5'], host)).toMatchObject({
      exitCode: 0,
      stdout: 'late.example\n',
    })
  })

  test.each([
    [[], 'USAGE'],
    [['--ip-address'], 'USAGE'],
    [['--ip-address', '::1', '--ip-address', '::2'], 'USAGE'],
    [['--ip-address', '10.0.0.5', 'more'], 'USAGE'],
    [['--ip-address', '10.0.0.5\n'], 'GENERATOR_INVALID_ADDRESS'],
    [['--ip-address', 'fe80::1%eth0'], 'GENERATOR_INVALID_ADDRESS'],
  ])('%j ends with 1', async (argv, code) => {
    const run = await runTool(reverseDnsHostnameDetector, argv, testHost({ reverse: () => 'x' }))
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain(code)
  })
})

describe('metadata service', () => {
  test.each([
    ['ip-10-0-0-5.ec2.internal', 'ip-10-0-0-5.ec2.internal'],
    ['  first.example.. second\n', 'first.example'],
  ])('%j is %s', async (body, hostname) => {
    const host = testHost({ http: metadata(answer(200, body)) })
    expect(await runTool(imdsHostnameDetector, ['--ip-address', 'not used'], host)).toMatchObject({
      exitCode: 0,
      stdout: `${hostname}\n`,
    })
  })

  test.each([answer(404), answer(200, ' \n')])('no name ends with 1', async (response) => {
    const run = await runTool(
      imdsHostnameDetector,
      ['--ip-address', '10.0.0.5'],
      testHost({ http: metadata(response) }),
    )
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
  })

  test('the address is required, and help is not an error', async () => {
    expect((await runTool(imdsHostnameDetector, [], testHost())).exitCode).toBe(1)
    const help = await runTool(imdsHostnameDetector, ['--help'], testHost())
    expect(help.exitCode).toBe(0)
    expect(help.stdout).toContain('--ip-address')
  })
})
