/** DNS of hosts with systemd: drop-ins of systemd-networkd for each link, one of systemd-resolved for all. */
import { EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { PATHS } from '../../lib/paths.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import { runCommand } from '../commands.ts'
import { loadDnsSettings, shuffled, type DnsSettings } from '../dns-settings.ts'
import type { DeviceId } from '../net-config/device-id.ts'
import type { NetConfig } from '../net-config/model.ts'
import { loadNetConfig } from '../net-config/source.ts'
import { primaryInterfaceName } from '../primary.ts'
import { makeDirectory, writeTextFile, type TextFile } from '../text-file.ts'
import { printUnitFile } from './unit-file.ts'

/**
 * The drop-in that says what of a link's own DNS counts: on the primary link whatever is not set, on others nothing.
 *
 * Reference: the names of devices lose their colons here, too.
 */
export function linkDnsFile({ text }: DeviceId, isPrimary: boolean, settings: DnsSettings): TextFile {
  const useDns = isPrimary && settings.nameServers === undefined
  const use = { UseDNS: useDns, UseDomains: isPrimary && settings.searchList === undefined }
  return {
    path: `${PATHS.networkdConfig}/10-${text.replaceAll(':', '')}.network.d/10-dns.conf`,
    content: printUnitFile([
      ['Network', { DNSDefaultRoute: useDns }],
      ['DHCPv4', use],
      ['DHCPv6', use],
      ['IPv6AcceptRA', use],
    ]),
  }
}

/** The drop-in with the servers and domains of all links, see resolved.conf(5). */
export function resolvedFile({ nameServers = [], searchList = [] }: DnsSettings): TextFile {
  const list = (items: readonly string[]): string | undefined => (items.length === 0 ? undefined : items.join(' '))
  return {
    path: `${PATHS.resolvedConfig}/10-resolv.conf`,
    content: printUnitFile([['Resolve', { DNS: list(nameServers), Domains: list(searchList) }]]),
  }
}

/**
 * All drop-ins of a host.
 *
 * Reference: the text of the configuration is compared, so a primary device known by MAC address is not found.
 *
 * @param primary the name of the primary interface
 */
export function networkdDnsFiles(
  { devices }: NetConfig,
  primary: string | undefined,
  settings: DnsSettings,
): TextFile[] {
  return [...devices.map(({ id }) => linkDnsFile(id, id.text === primary, settings)), resolvedFile(settings)]
}

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

/** Writes the drop-ins and has both services read them. @throws PipelineError */
export async function writeNetworkdDns(io: ProgramIo, host: Host): Promise<ExitCode> {
  const primary = primaryInterfaceName(host.fs)
  const settings = loadDnsSettings(host, io)
  const nameServers = settings.nameServers && shuffled(settings.nameServers, host.entropy)
  for (const file of networkdDnsFiles(loadNetConfig(host.fs), primary, { ...settings, nameServers })) {
    makeDirectory(host.fs, directoryOf(file.path))
    writeTextFile(host.fs, file, false)
  }
  for (const unit of ['systemd-networkd', 'systemd-resolved']) {
    await runCommand(['/usr/bin/systemctl', 'try-reload-or-restart', '--no-block', unit], 'restart', host, io)
  }
  return EXIT_OK
}
