/** `.network` files, see systemd.network(5). */
import { printPrefix, type Family } from '../net-config/ip.ts'
import type { Addressing, Device, Dhcp, Route } from '../net-config/model.ts'
import { printUnitFile, type Section, type Value } from './unit-file.ts'

/** What a device is told by others, or by where its configuration came from. */
export interface Surroundings {
  /** Names of the VLANs that the device carries, in their order. */
  readonly vlans: readonly string[]
  readonly fromCommandLine: boolean
}

/** `yes`, `no`, or the one protocol that is switched on. */
function dhcpMode(dhcp4: Dhcp | undefined, dhcp6: Dhcp | undefined): string {
  if (dhcp4?.enabled === true) return dhcp6?.enabled === true ? 'yes' : 'ipv4'
  return dhcp6?.enabled === true ? 'ipv6' : 'no'
}

/** Which protocols the link has to have got addresses by; only said where both are configured. */
function requiredFamily(dhcp4: Dhcp | undefined, dhcp6: Dhcp | undefined): string | undefined {
  if (dhcp4 === undefined || dhcp6 === undefined) return undefined
  if (dhcp4.required) return dhcp6.required ? 'both' : 'ipv4'
  return dhcp6.required ? 'ipv6' : undefined
}

function linkSection({ dhcp4, dhcp6 }: Addressing): Section[] {
  if (dhcp4 === undefined && dhcp6 === undefined) return []
  const required = dhcp4?.required === true || dhcp6?.required === true
  return [['Link', { RequiredForOnline: required, RequiredFamilyForOnline: requiredFamily(dhcp4, dhcp6) }]]
}

/** The family of a route: that of its destination, else of its gateway, else of its source, else IPv4. */
export function routeFamily({ to, from, via }: Route): Family {
  return to === 'default' ? (via?.family ?? from?.family ?? 4) : to.family
}

/** The destination as a prefix. */
export function routeDestination(route: Route): string {
  if (route.to !== 'default') return printPrefix(route.to)
  return routeFamily(route) === 4 ? '0.0.0.0/0' : '::/0'
}

function routeSection(route: Route): Section {
  return [
    'Route',
    {
      Destination: routeDestination(route),
      Gateway: route.via?.text,
      Metric: route.metric,
      PreferredSource: route.from?.text,
    },
  ]
}

/** `true`, or nothing at all. */
const flag = (set: boolean): true | undefined => (set ? true : undefined)

function networkEntries(
  device: Device,
  { vlans, fromCommandLine }: Surroundings,
): Record<string, Value | readonly Value[]> {
  const { dhcp4, dhcp6, static4, static6, type } = device
  const hasDhcp = dhcp4 !== undefined || dhcp6 !== undefined
  return {
    Address: [...(static4 ?? []), ...(static6 ?? [])].map(printPrefix),
    ConfigureWithoutCarrier: flag(type.kind !== 'interface'),
    DHCP: hasDhcp ? dhcpMode(dhcp4, dhcp6) : undefined,
    IPv6AcceptRA: flag(fromCommandLine),
    IPv6DuplicateAddressDetection: fromCommandLine ? 0n : undefined,
    VLAN: vlans,
    KeepConfiguration: dhcp4?.enabled === true || dhcp6?.enabled === true ? 'dhcp' : undefined,
    BindCarrier: type.kind === 'bond' ? type.workers : [],
  }
}

/** The `.network` file of a configured device. */
export function printNetworkFile(device: Device, surroundings: Surroundings): string {
  const { id, dhcp4, dhcp6, routes } = device
  const dhcp4Section: Section = ['DHCPv4', { RouteMetric: dhcp4?.routeMetric, UseMTU: true }]
  return printUnitFile([
    ['Match', id.kind === 'mac' ? { PermanentMACAddress: id.text } : { Name: id.text }],
    ...linkSection(device),
    ['Network', networkEntries(device, surroundings)],
    ...(routes ?? []).map(routeSection),
    ...(dhcp4?.enabled === true ? [dhcp4Section] : []),
    ...(surroundings.fromCommandLine ? [['DHCPv6', { WithoutRA: 'solicit' }] as const] : []),
    ...(dhcp6?.enabled === true ? [['IPv6AcceptRA', { UseMTU: true }] as const] : []),
  ])
}

/** The `.network` file of an interface that belongs to a bond. */
export function printWorkerFile(name: string, bond: string, isFirst: boolean): string {
  return printUnitFile([
    ['Match', { Name: name }],
    ['Network', { Bond: bond, LinkLocalAddressing: 'no', PrimarySlave: flag(isFirst) }],
  ])
}

/** The `.network` file of an interface that does nothing but carry VLANs. */
export function printCarrierFile(name: string, vlans: readonly string[]): string {
  return printUnitFile([
    ['Match', { Name: name }],
    ['Network', { IPv6AcceptRA: false, LinkLocalAddressing: 'no', VLAN: vlans }],
  ])
}
