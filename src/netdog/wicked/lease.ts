/** The files in which wicked tells of a lease. */
import { PipelineError } from '../../lib/errors.ts'
import { unreadableFile } from '../../lib/file-errors.ts'
import type { ReadFs } from '../../lib/ports.ts'
import { parseAddress, parsePrefix } from '../net-config/ip.ts'
import type { DnsSettings } from '../dns-settings.ts'

export interface Lease extends DnsSettings {
  /** The address, without prefix length. */
  readonly address: string
}

const LINE = /^([A-Z]+)='(.+)'$/

/**
 * Reads a lease. Lines that are not `KEY='VALUE'`, or not of interest, are passed over.
 *
 * @throws PipelineError `NET_LEASE_INVALID`
 */
export function parseLease(text: string, file: string): Lease {
  const invalid = (reason: string): PipelineError => new PipelineError('NET_LEASE_INVALID', `${file}: ${reason}`)
  const values = new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const [, key, value] = LINE.exec(line) ?? []
      return key === undefined || value === undefined ? [] : [[key, value] as const]
    }),
  )
  const list = (key: string): string[] | undefined => values.get(key)?.split(' ').filter(Boolean)
  const address = parsePrefix(values.get('IPADDR') ?? '')
  if (address === undefined) throw invalid('IPADDR is not an address with prefix length')
  const nameServers = list('DNSSERVERS')?.map((server) => {
    const parsed = parseAddress(server)
    if (parsed === undefined) throw invalid(`DNSSERVERS holds ${JSON.stringify(server)}, which is no IP address`)
    return parsed.text
  })
  return {
    address: address.text,
    nameServers: nameServers && [...new Set(nameServers)],
    searchList: list('DNSSEARCH'),
  }
}

/** Reads a lease file. @throws PipelineError `NET_LEASE_INVALID`, `HOST_FILE_UNREADABLE` */
export function readLease(fs: ReadFs, path: string): Lease {
  try {
    return parseLease(fs.readText(path), path)
  } catch (cause) {
    throw cause instanceof PipelineError ? cause : unreadableFile(path, cause)
  }
}

/** The lease file of an interface; one for IPv4 goes first. Undefined if there is none. */
export function leasePath(fs: ReadFs, name: string, type: string): string | undefined {
  return ['ipv4', 'ipv6']
    .map((family) => `/run/wicked/leaseinfo.${name}.${type}.${family}`)
    .find((path) => fs.stat(path) !== undefined)
}
