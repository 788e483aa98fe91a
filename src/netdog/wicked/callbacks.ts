/** What wicked has done once an interface got or lost its lease, and DNS on hosts with wicked. */
import { PipelineError } from '../../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { PATHS } from '../../lib/paths.ts'
import type { Entropy, Host, ProgramIo } from '../../lib/ports.ts'
import { trimWhiteSpace } from '../../lib/white-space.ts'
import { loadDnsSettings, shuffled, type DnsSettings } from '../dns-settings.ts'
import { applySysctls, linkResolvConf, writeCurrentIp } from '../primary-status.ts'
import { primaryInterfaceName } from '../primary.ts'
import { writeTextFile } from '../text-file.ts'
import { leasePath, readLease, type Lease } from './lease.ts'

/** The text of resolv.conf(5), the servers in random order. */
export function printResolvConf({ nameServers = [], searchList }: DnsSettings, entropy: Entropy): string {
  const search = searchList === undefined ? '' : `search ${searchList.join(' ')}\n`
  return (
    search +
    shuffled(nameServers, entropy)
      .map((server) => `nameserver ${server}\n`)
      .join('')
  )
}

function writeResolvConf(lease: Lease | undefined, io: ProgramIo, host: Host): void {
  const settings = loadDnsSettings(host, io)
  const content = printResolvConf(
    {
      nameServers: settings.nameServers ?? lease?.nameServers,
      searchList: settings.searchList ?? lease?.searchList,
    },
    host.entropy,
  )
  writeTextFile(host.fs, { path: PATHS.resolvConf, content }, false)
}

/** Writes `/etc/resolv.conf` from the settings and the primary interface's DHCP lease. @throws PipelineError */
export function writeWickedDns(io: ProgramIo, host: Host): ExitCode {
  const path = leasePath(host.fs, primaryInterfaceName(host.fs), 'dhcp')
  writeResolvConf(path === undefined ? undefined : readLease(host.fs, path), io, host)
  return EXIT_OK
}

export interface LeaseCall {
  readonly name: string
  /** `dhcp` or `static`. */
  readonly type: string
  readonly leaseFile: string
}

/**
 * Takes over what the lease of the primary interface says; leases of others are of no concern.
 *
 * Reference: an IPv6 lease is refused while there is one for IPv4.
 *
 * @throws PipelineError
 */
export async function installLease(call: LeaseCall, io: ProgramIo, host: Host): Promise<ExitCode> {
  const name = trimWhiteSpace(call.name).toLowerCase()
  if (name !== primaryInterfaceName(host.fs)) return EXIT_OK
  const path = leasePath(host.fs, name, call.type)
  if (path !== call.leaseFile) {
    const reason = path === undefined ? 'there is none' : `it is ${path}`
    throw new PipelineError(
      'NET_LEASE_INVALID',
      `${call.leaseFile} is not the ${call.type} lease of ${name}: ${reason}`,
    )
  }
  const lease = readLease(host.fs, path)
  writeCurrentIp(host, lease.address)
  await applySysctls(name, 'wicked', host, io)
  writeResolvConf(lease, io, host)
  linkResolvConf(PATHS.resolvConf, host)
  return EXIT_OK
}
