/** The settings of `settings.dns`, as the settings applier leaves them in a file. */
import { PipelineError } from '../lib/errors.ts'
import { unreadableFile } from '../lib/file-errors.ts'
import { PATHS } from '../lib/paths.ts'
import type { Entropy, Host, ProgramIo } from '../lib/ports.ts'
import { parseUserToml } from '../toml/user-toml.ts'
import { Findings, TableReader } from './net-config/findings.ts'
import { parseAddress } from './net-config/ip.ts'
import { notice } from './notice.ts'

/** A member is undefined if it is not set; an empty list is set. */
export interface DnsSettings {
  /** Canonical addresses, each once. */
  readonly nameServers: readonly string[] | undefined
  readonly searchList: readonly string[] | undefined
}

/** What separates domains, or has a meaning of its own, in resolved.conf(5) and resolv.conf(5). */
const NO_DOMAIN = /[\s"'\\\0-\x1F\x7F]/

const parseDomain = (text: string): string | undefined => (NO_DOMAIN.test(text) ? undefined : text)

/**
 * Reads the text of the settings file. Unknown members are of no concern.
 *
 * @throws PipelineError `NET_DNS_SETTINGS_INVALID`
 */
export function parseDnsSettings(text: string, file: string): DnsSettings {
  const document = parseUserToml(text, file)
  const invalid = (diagnostics: Findings['diagnostics']): PipelineError =>
    new PipelineError('NET_DNS_SETTINGS_INVALID', `${file} does not hold DNS settings`, { diagnostics })
  if (!document.ok) throw invalid([...document.diagnostics])
  const findings = new Findings(document.sourceMap)
  const table = new TableReader(findings, document.tree, [])
  const nameServers = table.texts('name-servers', 'an IP address', parseAddress)
  const searchList = table.texts('search-list', 'a domain name', parseDomain)
  if (findings.diagnostics.length > 0) throw invalid(findings.diagnostics)
  return { nameServers: nameServers && [...new Set(nameServers.map((server) => server.text))], searchList }
}

/** Nothing set. */
export const NO_DNS_SETTINGS: DnsSettings = { nameServers: undefined, searchList: undefined }

/** The DNS settings of the host. @throws PipelineError `NET_DNS_SETTINGS_INVALID`, `HOST_FILE_UNREADABLE` */
export function loadDnsSettings({ fs }: Host, io: ProgramIo): DnsSettings {
  const path = PATHS.dnsSettings
  const size = fs.stat(path)?.size
  if (size === undefined || size === 0) {
    notice(io, `${path} is ${size === undefined ? 'missing' : 'empty'}: no DNS settings`)
    return NO_DNS_SETTINGS
  }
  try {
    return parseDnsSettings(fs.readText(path), path)
  } catch (cause) {
    throw cause instanceof PipelineError ? cause : unreadableFile(path, cause)
  }
}

/** The items in random order, each order equally likely (Fisher and Yates), so that hosts spread over the servers. */
export function shuffled<T>(items: readonly T[], entropy: Entropy): T[] {
  const mixed = [...items]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = entropy.integer(i)
    ;[mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T]
  }
  return mixed
}
