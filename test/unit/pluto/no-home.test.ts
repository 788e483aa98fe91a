/** A unit of systemd has no HOME, and its user may be nobody that the system knows. */
import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kubernetes, REGION, run, without } from './bench.ts'

const { homedir } = os
const { HOME } = process.env
let asked = 0
beforeAll(() => {
  delete process.env['HOME']
  os.homedir = () => {
    asked++
    throw Object.assign(new Error('uv_os_homedir returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' })
  }
  syncBuiltinESMExports()
})
afterAll(() => {
  os.homedir = homedir
  process.env['HOME'] = HOME
  syncBuiltinESMExports()
})

describe('without a home directory', () => {
  it('both AWS calls are made, and nobody asks for one', async () => {
    const settings = {
      ...without('hostname-override'),
      'cluster-name': 'demo',
      'hostname-override-source': 'private-dns-name',
      'cluster-dns-ip': undefined,
    }
    const { code, sent, stderr, clock } = await run({
      settings: kubernetes(settings, REGION),
      aws: { eks: { serviceIpv4Cidr: '10.5.0.0/16' }, ec2: { privateDnsName: 'a' } },
    })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(sent).toEqual({ kubernetes: { 'cluster-dns-ip': '10.5.0.10', 'hostname-override': 'a' } })
    expect(clock.slept).toEqual([])
    expect(asked).toBe(0)
  })
})
