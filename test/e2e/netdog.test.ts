/** netdog as a process, with programs of the root in the place of systemd's. */
import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runTool, temporaryDirectory, type ToolResult } from '../support/run-tool.ts'

let directory = temporaryDirectory()
beforeEach(() => {
  directory = temporaryDirectory()
  for (const each of ['var/lib/netdog', 'etc/sysctl.d', 'run/netdog', 'proc']) mkdirSync(at(each), { recursive: true })
})
afterEach(() => {
  directory.remove()
})

const at = (name: string): string => path.join(directory.path, name)
const read = (name: string): string => readFileSync(at(name), 'utf8')

/** An executable under the root that notes its arguments. */
function program(name: string, script = ''): void {
  mkdirSync(path.dirname(at(name)), { recursive: true })
  writeFileSync(at(name), `#!/bin/sh\necho "${path.basename(name)} $*" >>"${at('log')}"\n${script}\n`)
  chmodSync(at(name), 0o755)
}

const netdog = (args: readonly string[], env: Record<string, string> = {}): Promise<ToolResult> =>
  runTool('netdog', ['--root', directory.path, ...args], { env })

const STATUS = JSON.stringify({ Name: 'eth0', Addresses: [{ Address: [192, 0, 2, 7] }] })

describe('netdog', () => {
  it('goes from the command line of the kernel to address, kernel parameters and DNS', async () => {
    writeFileSync(at('proc/cmdline'), 'quiet netdog.default-interface=eth0:dhcp4,dhcp6?\n')
    writeFileSync(at('etc/netdog.toml'), 'name-servers = ["192.0.2.53"]\n')
    program('usr/bin/networkctl', `echo '${STATUS}'`)
    program('usr/bin/systemctl')
    program('usr/lib/systemd/systemd-sysctl')
    const env = { BOTTLEROCKET_RUN_COMMANDS: '1' }
    for (const name of ['generate-net-config', 'write-primary-interface-status', 'write-resolv-conf']) {
      expect(await netdog([name], env)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    }
    expect((await netdog(['node-ip'])).stdout).toBe('"192.0.2.7"\n')
    expect(read('log').split('\n')).toEqual([
      'networkctl status --json=pretty eth0',
      `systemd-sysctl /etc/sysctl.d/90-primary_interface.conf`,
      'systemctl try-reload-or-restart --no-block systemd-networkd',
      'systemctl try-reload-or-restart --no-block systemd-resolved',
      '',
    ])
    expect(read('etc/systemd/network/10-eth0.network')).toContain('WithoutRA=solicit')
    expect(statSync(at('etc/systemd/network/10-eth0.network')).mode & 0o711).toBe(0o600)
    expect(read('etc/systemd/resolved.conf.d/10-resolv.conf')).toBe('[Resolve]\nDNS=192.0.2.53\n')
    expect(readlinkSync(at('run/netdog/resolv.conf'))).toBe('/run/systemd/resolve/resolv.conf')
    expect(existsSync(at('run/netdog/primary_sysctls_set'))).toBe(true)
  })

  it('tells commands that change a host, but does not run them under another root', async () => {
    writeFileSync(at('proc/cmdline'), '')
    writeFileSync(at('var/lib/netdog/primary_interface'), 'eth0')
    program('usr/bin/systemctl')
    const { code, stderr } = await netdog(['write-resolv-conf'])
    expect(code).toBe(0)
    expect(stderr).toContain(
      'not run under this root: /usr/bin/systemctl try-reload-or-restart --no-block systemd-networkd',
    )
    expect(existsSync(at('log'))).toBe(false)
  })

  it('never asks the networkctl of this machine', async () => {
    writeFileSync(at('var/lib/netdog/primary_interface'), 'lo')
    const { code, stderr } = await netdog(['write-primary-interface-status'])
    expect(code).toBe(1)
    expect(stderr).toContain('no such program under the root')
  })

  it('shows every fault of a net.toml', async () => {
    writeFileSync(at('var/lib/netdog/net.toml'), 'version = 3\n[eth0]\n["a.b"]\ndhcp4 = 1\n')
    const { code, stdout, stderr } = await netdog(['generate-net-config'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.match(/^\/var\/lib\/netdog\/net\.toml:\d+:\d+: error/gm)).toHaveLength(3)
    expect(existsSync(at('etc/systemd'))).toBe(false)
  })
})
