/** Where systemd-networkd (of version 252, as the OS has it) does not do what a network configuration says. */
import type { Diagnostic } from '../../lib/diagnostics.ts'
import type { ErrorCode } from '../../lib/error-codes.ts'
import type { DocumentPath, SourceMap } from '../../lib/source-map.ts'
import { printPath } from '../net-config/findings.ts'
import { printPrefix, type IpPrefix } from '../net-config/ip.ts'
import type { Device, NetConfig } from '../net-config/model.ts'
import { routeFamily } from './network-file.ts'

type Warn = (code: ErrorCode, path: DocumentPath, message: string, hint: string) => void

/** Numbers are read as interface indices, in any notation. */
const NUMBER = /^\+?(?:0x[0-9a-f]+|0b[01]+|0o[0-7]+|\d+)$/i

/** Why networkd does not take a text as the name of one interface. */
function nameFault(name: string): string | undefined {
  if (NUMBER.test(name)) return 'systemd-networkd takes it as the number of an interface'
  if (name === 'all' || name === 'default') return 'the kernel uses this name for settings of all interfaces'
  if (/[^!-~]|[:%]/.test(name)) return 'systemd-networkd takes only ASCII without : and % as a name'
  if (/^!|[*?[]/.test(name)) return 'systemd-networkd takes it as a pattern, which may match other interfaces'
  return /["'\\]/.test(name) ? 'systemd-networkd removes quotes and backslashes' : undefined
}

function warnOfNames({ key, id, type }: Device, warn: Warn): void {
  const names: [DocumentPath, string][] = id.kind === 'name' ? [[[key], key]] : []
  if (type.kind === 'vlan') names.push([[key, 'device'], type.device])
  const workers = type.kind === 'bond' ? type.workers : []
  names.push(...workers.map((name, i): [DocumentPath, string] => [[key, 'interfaces', i], name]))
  for (const [path, name] of names) {
    const fault = nameFault(name)
    if (fault !== undefined) warn('NET_NAME_UNUSABLE', path, fault, 'use ASCII letters, digits, _ and -')
  }
}

/** The null address stands for one of a pool of networkd's own, whose networks are not larger than this. */
const POOL_LENGTH = { 4: 8, 6: 64 } as const

const isIgnored = ({ bytes, family, length }: IpPrefix): boolean =>
  length < POOL_LENGTH[family] && bytes.every((byte) => byte === 0)

function warnOfAddresses({ key, static4, static6, type }: Device, warn: Warn): void {
  for (const [name, prefixes = []] of [
    ['static4', static4],
    ['static6', static6],
  ] as const) {
    const ignored = prefixes.find(isIgnored)
    if (ignored === undefined) continue
    const path = [key, name, 'addresses']
    warn('NET_NETWORKD_DIFFERS', path, `systemd-networkd ignores ${printPrefix(ignored)}`, 'give an address')
  }
  if (type.kind !== 'bond' || type.monitoring.kind !== 'arp') return
  for (const [i, target] of type.monitoring.targets.entries()) {
    if (target.family === 4) continue
    const path = [key, 'monitoring', 'arpmon-targets', i]
    warn('NET_NETWORKD_DIFFERS', path, 'systemd-networkd takes only IPv4 addresses for ARP', 'give an IPv4 address')
  }
}

function warnOfRoutes({ key, routes = [], static4 = [], static6 = [] }: Device, warn: Warn): void {
  const hasAddress = [...static4, ...static6].some((prefix) => !isIgnored(prefix))
  for (const [i, route] of routes.entries()) {
    const family = routeFamily(route)
    const path = [key, 'route', i]
    if (family === 6 && route.via?.family === 4) {
      const message = 'systemd-networkd ignores a route of IPv6 with a gateway of IPv4'
      warn('NET_NETWORKD_DIFFERS', [...path, 'via'], message, 'give a gateway of the same family')
    } else if (route.via !== undefined && !hasAddress) {
      const message = 'systemd-networkd takes the gateway to be on the link, for the device has no address'
      warn('NET_NETWORKD_DIFFERS', [...path, 'via'], message, 'give an address of the network of the gateway')
    }
    if (route.from !== undefined && route.from.family !== family) {
      const message = `systemd-networkd ignores the source, for the route is one of IPv${String(family)}`
      warn('NET_NETWORKD_DIFFERS', [...path, 'from'], message, 'give a source of the same family')
    }
  }
}

function warnOfVlans({ devices }: NetConfig, warn: Warn): void {
  const vlans = new Set(devices.flatMap(({ id, type }) => (type.kind === 'vlan' ? [id.text] : [])))
  for (const { key, type } of devices) {
    if (type.kind !== 'vlan' || !vlans.has(type.device)) continue
    const message = `'${type.device}' is a VLAN itself and will not carry this one`
    warn('NET_VLAN_UNATTACHED', [key, 'device'], message, 'let the VLAN stand on an interface or a bond')
  }
}

/** Everything in a configuration that networkd reads as something else, or not at all. */
export function networkdWarnings(config: NetConfig, sourceMap: SourceMap): Diagnostic[] {
  const warnings: Diagnostic[] = []
  const warn: Warn = (code, path, message, hint) => {
    const at = path.length === 1 ? sourceMap.key(path) : sourceMap.value(path)
    warnings.push({ code, severity: 'warning', path: printPath(path), message, hint, ...(at !== undefined && { at }) })
  }
  for (const device of config.devices) {
    warnOfNames(device, warn)
    warnOfAddresses(device, warn)
    warnOfRoutes(device, warn)
  }
  warnOfVlans(config, warn)
  return warnings
}
