import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bottlerocket } from '../../../src/cli/program.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { packageFile } from '../../../src/lib/package-root.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'

const FILES: Readonly<Record<string, string>> = {
  '/w/net.toml': 'version = 3\n[eth0]\ndhcp4 = true\n["52:54:00:ab:cd:ef"]\ndhcp4 = false\n',
  '/w/odd.toml': 'version = 3\n[ETH0]\ndhcp4 = true\n[7]\ndhcp4 = true\n',
  '/w/bad.toml': 'version = 3\n[eth0]\ndchp4 = true\nprimary = 1\n',
  '/w/none.toml': 'version = 3\n',
  '/w/ecs.toml': '[settings.dns]\nsearch-list = ["corp.example"]\n',
  '/w/dns.toml': '[settings.dns]\nname-servers = ["192.0.2.53"]\n',
  '/w/motd.toml': '[settings]\nmotd = "x"\n',
}

function run(words: string): Promise<ProgramRun> {
  const fs = new MemoryFs()
  fs.makeDirectory('/w')
  for (const [file, content] of Object.entries(FILES)) fs.writeFile(file, content)
  return runToEnd(bottlerocket, words.split(' '), testHost({ fs }), { cwd: '/w' })
}

interface Report {
  readonly files: readonly {
    readonly file: string
    readonly variant: string
    readonly accepted: boolean
    readonly diagnostics: readonly { readonly code: string }[]
  }[]
}

describe('validate --net', () => {
  it.each([
    ['--net net.toml', 0],
    ['--net odd.toml', 0],
    ['--net odd.toml --strict', 1],
    ['--net bad.toml', 1],
    ['--net missing.toml', 1],
    ['--net net.toml --net bad.toml', 1],
    ['--net net.toml ecs.toml --variant aws-ecs-2', 0],
    ['--net bad.toml ecs.toml --variant aws-ecs-2', 1],
    ['--net net.toml ecs.toml', 2],
    ['--net', 2],
    ['--strict', 2],
  ])('%s ends with %i', async (words, code) => {
    expect((await run(`validate ${words}`)).code).toBe(code)
  })

  it('shows the lines, with a hint', async () => {
    const { stdout } = await run('validate --net bad.toml')
    expect(stdout).toBe(`bad.toml:2:2: error[NET_NO_ADDRESSING] eth0: has neither dhcp4, dhcp6, static4 nor static6
    [eth0]
     ^^^^
    hint: a device without addresses of its own says dhcp4 = false
bad.toml:3:1: error[NET_UNKNOWN_KEY] eth0.dchp4: unknown key
    dchp4 = true
    ^^^^^
    hint: did you mean "dhcp4"?
bad.toml:4:11: error[NET_WRONG_TYPE] eth0.primary: true or false is needed, not the integer 1
    primary = 1
              ^
1 document, 3 errors, 0 warnings (any variant)
`)
  })

  it('looks at it as the network manager of each variant does', async () => {
    const { stdout } = await run('validate --net odd.toml --variant aws-ecs-* --format json')
    const verdicts = (JSON.parse(stdout) as Report).files.map(({ variant, accepted, diagnostics }) => [
      variant,
      accepted,
      diagnostics.map(({ code }) => code).join(' '),
    ])
    const networkd = 'NET_PRIMARY_UNMATCHED NET_NAME_UNUSABLE'
    expect(verdicts).toEqual([
      ['aws-ecs-1', true, 'NET_PRIMARY_UNMATCHED'],
      ['aws-ecs-1-nvidia', true, 'NET_PRIMARY_UNMATCHED'],
      ['aws-ecs-2', true, networkd],
      ['aws-ecs-2-nvidia', true, networkd],
    ])
  })
})

interface Rendered {
  readonly files: readonly { readonly path: string; readonly content: string }[]
  readonly changes: readonly { readonly files: readonly { readonly path: string; readonly content: string }[] }[]
  readonly diagnostics: readonly { readonly code: string }[]
}

const render = async (words: string): Promise<{ code: number; report: Rendered }> => {
  const { code, stdout } = await run(`render --no-generators --format json ${words}`)
  return { code, report: JSON.parse(stdout) as Rendered }
}
const network = (files: Rendered['files']): Record<string, string> =>
  Object.fromEntries(
    files
      .filter(({ path }) => /^\/(?:etc\/systemd\/(?:network|resolved)|etc\/wicked|var\/lib\/netdog)/.test(path))
      .map(({ path, content }) => [path, content]),
  )
const use = (dns: boolean, domains: boolean): string => `UseDNS=${String(dns)}\nUseDomains=${String(domains)}\n`
const dropIn = (dns: boolean, domains: boolean): string =>
  `[Network]\nDNSDefaultRoute=${String(dns)}\n[DHCPv4]\n${use(dns, domains)}[DHCPv6]\n${use(dns, domains)}[IPv6AcceptRA]\n${use(dns, domains)}`

describe('render --net', () => {
  it('shows the network files beside the others, and what changes of DNS settings change', async () => {
    const changes = '--change dns.toml --change motd.toml'
    const { code, report } = await render(`--variant aws-ecs-2 --user-data ecs.toml --net net.toml ${changes}`)
    expect(code).toBe(0)
    expect(report.files.map(({ path }) => path)).toContain('/etc/netdog.toml')
    const mac = '/etc/systemd/network/10-525400abcdef.network'
    const eth0 = '/etc/systemd/network/10-eth0.network'
    const resolved = '/etc/systemd/resolved.conf.d/10-resolv.conf'
    expect(network(report.files)).toEqual({
      '/var/lib/netdog/primary_interface': 'eth0',
      [eth0]:
        '[Match]\nName=eth0\n[Link]\nRequiredForOnline=true\n[Network]\nDHCP=ipv4\nKeepConfiguration=dhcp\n[DHCPv4]\nUseMTU=true\n',
      [mac]: '[Match]\nPermanentMACAddress=52:54:00:ab:cd:ef\n[Link]\nRequiredForOnline=false\n[Network]\nDHCP=no\n',
      [`${eth0}.d/10-dns.conf`]: dropIn(true, false),
      '/etc/systemd/network/10-525400abcdef.network.d/10-dns.conf': dropIn(false, false),
      [resolved]: '[Resolve]\nDomains=corp.example\n',
    })
    expect(report.changes.map(({ files }) => network(files))).toEqual([
      {
        [`${eth0}.d/10-dns.conf`]: dropIn(false, false),
        [resolved]: '[Resolve]\nDNS=192.0.2.53\nDomains=corp.example\n',
      },
      {},
    ])
  })

  it('shows the files of wicked for variants that have it', async () => {
    const { code, report } = await render('--variant aws-ecs-1 --user-data ecs.toml --net net.toml')
    expect(code).toBe(0)
    expect(Object.keys(network(report.files)).sort()).toEqual([
      '/etc/wicked/ifconfig/525400abcdef.xml',
      '/etc/wicked/ifconfig/eth0.xml',
      '/var/lib/netdog/primary_interface',
    ])
  })

  it('adds nothing for a network without devices', async () => {
    const { code, report } = await render('--variant aws-ecs-2 --user-data ecs.toml --net none.toml')
    expect([code, network(report.files)]).toEqual([0, {}])
  })

  it('rejects a network that is none, warns of one that is odd', async () => {
    const bad = await render('--variant aws-ecs-2 --user-data ecs.toml --net bad.toml')
    expect(bad.code).toBe(1)
    expect(bad.report.diagnostics.map(({ code }) => code)).toContain('NET_UNKNOWN_KEY')
    expect(network(bad.report.files)).toEqual({})
    const odd = await render('--variant aws-ecs-2 --user-data ecs.toml --net odd.toml')
    expect(odd.code).toBe(0)
    expect(odd.report.diagnostics.map(({ code }) => code)).toContain('NET_PRIMARY_UNMATCHED')
  })
})

it('prints what the README says', async () => {
  const readme = readFileSync(packageFile('README.md'), 'utf8')
  const section = readme.slice(readme.indexOf('## The network'))
  const [, netToml = ''] = /```toml\n([\s\S]*?)```/.exec(section) ?? []
  const [, printed = ''] = /```text\n([\s\S]*?)```/.exec(section) ?? []
  const fs = new MemoryFs()
  fs.makeDirectory('/w')
  fs.writeFile('/w/net.toml', netToml)
  const { code, stdout } = await runToEnd(bottlerocket, ['validate', '--net', 'net.toml'], testHost({ fs }), {
    cwd: '/w',
  })
  expect([code, stdout]).toEqual([1, printed])
})
