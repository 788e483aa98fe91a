/** The files that a network configuration leads to, beside those of the settings. */
import type { Diagnostic } from '../lib/diagnostics.ts'
import { PATHS } from '../lib/paths.ts'
import { checkNetToml } from '../netdog/check.ts'
import { NO_DNS_SETTINGS, parseDnsSettings } from '../netdog/dns-settings.ts'
import { flavourOfVariant } from '../netdog/flavour.ts'
import type { NetConfig } from '../netdog/net-config/model.ts'
import { networkdDnsFiles } from '../netdog/networkd/dns.ts'
import { primaryDevice } from '../netdog/primary.ts'
import type { TextFile } from '../netdog/text-file.ts'
import type { Variant } from '../variants/variant.ts'
import type { NamedBytes, RenderResult } from './render.ts'
import type { FileEvent } from './report.ts'

function toEvent({ path, content }: TextFile, services: readonly string[]): FileEvent {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return { kind: 'file', name, path, mode: '0644', content, changed: true, services }
}

/** The drop-ins about DNS, from the file that the settings were rendered to. */
function dnsFiles(config: NetConfig, rendered: string | undefined): TextFile[] {
  const primary = primaryDevice(config)?.id
  const settings = rendered === undefined ? NO_DNS_SETTINGS : parseDnsSettings(rendered, PATHS.dnsSettings)
  return networkdDnsFiles(config, primary?.kind === 'name' ? primary.text.toLowerCase() : undefined, settings)
}

const contentOf = (files: readonly FileEvent[], path: string): string | undefined =>
  files.find((file) => file.path === path)?.content

/**
 * Adds a network configuration to what was rendered: the network manager's files, the primary interface, and with
 * systemd-networkd the drop-ins about DNS, also those that a change of the settings changes. Name servers are in the
 * order of the settings, where a host mixes them.
 */
export function withNetwork(result: RenderResult, network: NamedBytes, variant: Variant): RenderResult {
  const flavour = flavourOfVariant(variant.name)
  const { config, diagnostics, files } = checkNetToml(network.bytes, network.file, flavour)
  const found: readonly Diagnostic[] = [...result.diagnostics, ...diagnostics]
  if (config === undefined) return { ...result, accepted: false, diagnostics: found }
  const own = files.map((file) => toEvent(file, []))
  if (flavour === 'wicked' || files.length === 0 || !result.accepted) {
    return { ...result, files: [...result.files, ...own], diagnostics: found }
  }
  const dns = (rendered: string | undefined): FileEvent[] =>
    dnsFiles(config, rendered).map((file) => toEvent(file, ['dns']))
  let current = dns(contentOf(result.files, PATHS.dnsSettings))
  const first = { ...result, files: [...result.files, ...own, ...current], diagnostics: found }
  const changes = result.changes.map((change) => {
    const rendered = contentOf(change.files, PATHS.dnsSettings)
    if (rendered === undefined) return change
    const before = current
    current = dns(rendered)
    return {
      ...change,
      files: [...change.files, ...current.filter(({ path, content }) => contentOf(before, path) !== content)],
    }
  })
  return { ...first, changes }
}
