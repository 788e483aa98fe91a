/** The interface files of wicked, see wicked-ifconfig(5). */
import { PATHS } from '../../lib/paths.ts'
import { fileStem, type DeviceId } from '../net-config/device-id.ts'
import { printPrefix, type Family, type IpPrefix } from '../net-config/ip.ts'
import type { Bond, Device, Dhcp, NetConfig, Route } from '../net-config/model.ts'
import { routeDestination, routeFamily } from '../networkd/network-file.ts'
import type { TextFile } from '../text-file.ts'
import { element, printXml, type XmlElement } from './xml.ts'

type Content = readonly (XmlElement | undefined)[]

function nameElement({ kind, text }: DeviceId): XmlElement {
  if (kind === 'name') return element('name', text)
  return { ...element('name', [element('permanent-address', text)]), attributes: { namespace: 'ethernet' } }
}

const CONTROL = element('control', [element('mode', 'boot'), element('link-detection', [element('require-link')])])

const optionalNumber = (name: string, value: bigint | undefined): XmlElement | undefined =>
  value === undefined ? undefined : element(name, String(value))

function dhcpElement(family: Family, dhcp: Dhcp | undefined): XmlElement | undefined {
  if (dhcp === undefined) return undefined
  return element(`ipv${String(family)}:dhcp`, [
    element('enabled', String(dhcp.enabled)),
    optionalNumber('route-priority', dhcp.routeMetric),
    ...(dhcp.optional ? [element('defer-timeout', '1'), element('flags', [element('optional')])] : []),
  ])
}

function routeElement(route: Route): XmlElement {
  const { from, via, metric } = route
  return element('route', [
    element('destination', routeDestination(route)),
    from === undefined ? undefined : element('pref-source', from.text),
    // Reference: the element of the gateway is there without a gateway, too
    element('nexthop', [element('gateway', via?.text ?? '')]),
    optionalNumber('priority', metric),
  ])
}

/** Static addresses with the routes of their family; routes of a family that has no static table are left out. */
function staticElement(
  family: Family,
  prefixes: readonly IpPrefix[] | undefined,
  routes: readonly Route[],
): XmlElement | undefined {
  if (prefixes === undefined) return undefined
  return element(`ipv${String(family)}:static`, [
    ...prefixes.map((prefix) => element('address', [element('local', printPrefix(prefix))])),
    ...routes.filter((route) => routeFamily(route) === family).map(routeElement),
  ])
}

function monitoringElement({ monitoring }: Bond): XmlElement {
  if (monitoring.kind === 'mii') {
    return element('miimon', [
      element('frequency', String(monitoring.frequency)),
      element('updelay', String(monitoring.upDelay)),
      element('downdelay', String(monitoring.downDelay)),
      element('carrier-detect', '1'),
    ])
  }
  return element('arpmon', [
    element('interval', String(monitoring.interval)),
    element('validate', monitoring.validate),
    element(
      'targets',
      monitoring.targets.map(({ text }) => element('t', text)),
    ),
  ])
}

function bondElement(bond: Bond): XmlElement {
  const workers = bond.workers.map((worker, i) =>
    element('slave', [element('device', worker), i === 0 ? element('primary', 'true') : undefined]),
  )
  return element('bond', [
    element('mode', bond.mode),
    element('slaves', workers),
    monitoringElement(bond),
    optionalNumber('min-links', bond.minLinks),
  ])
}

function typeElement({ type }: Device): XmlElement | undefined {
  if (type.kind === 'bond') return bondElement(type)
  if (type.kind === 'interface') return undefined
  return element('vlan', [element('device', type.device), element('tag', String(type.tag))])
}

function interfaceFile(id: DeviceId, content: Content): TextFile {
  const path = `${PATHS.wickedConfig}/${fileStem(id)}.xml`
  return { path, content: printXml(element('interface', [nameElement(id), CONTROL, ...content])) }
}

function deviceFiles(device: Device, fromCommandLine: boolean): TextFile[] {
  const { id, type, dhcp4, dhcp6, static4, static6, routes = [] } = device
  const own = interfaceFile(id, [
    dhcpElement(4, dhcp4),
    dhcpElement(6, dhcp6),
    staticElement(4, static4, routes),
    staticElement(6, static6, routes),
    fromCommandLine ? element('ipv6', [element('accept-ra', 'router')]) : undefined,
    typeElement(device),
  ])
  if (type.kind !== 'bond') return [own]
  const link = element('link', [element('master', id.text)])
  return [own, ...type.workers.map((worker) => interfaceFile({ kind: 'name', text: worker }, [link]))]
}

/**
 * The files in the order in which they are written. None is made for an interface that does nothing but carry VLANs.
 *
 * @throws PipelineError `VALUE_UNREPRESENTABLE`
 */
export function wickedFiles({ devices, source }: NetConfig): TextFile[] {
  return devices.flatMap((device) => deviceFiles(device, source === 'command-line'))
}
