/** How a device gets its addresses: the keys that all versions and kinds of device share. */
import { isTable, MAX_U32, type TableReader } from './findings.ts'
import { parseAddress, parsePrefix, sortPrefixes, type IpPrefix } from './ip.ts'
import type { Addressing, Dhcp, Route } from './model.ts'

const NO_ADDRESSING: Addressing = {
  dhcp4: undefined,
  dhcp6: undefined,
  static4: undefined,
  static6: undefined,
  routes: undefined,
}

function readDhcp(device: TableReader, name: 'dhcp4' | 'dhcp6'): Dhcp | undefined {
  const value = device.value(name)
  if (value === undefined) return undefined
  if (typeof value === 'boolean') return { enabled: value, required: value, optional: false, routeMetric: undefined }
  if (!isTable(value)) {
    device.findings.wrongType(device.pathOf(name), 'true, false or a table', value)
    return undefined
  }
  const table = device.tableReader(name) as TableReader
  const enabled = table.boolean('enabled')
  const optional = table.boolean('optional') ?? false
  const routeMetric = name === 'dhcp4' ? table.integer('route-metric', 0n, MAX_U32) : undefined
  table.require('enabled', `write ${name} = true, or a table with enabled = true`)
  table.refuseUnknown((key) =>
    name === 'dhcp6' && key === 'route-metric' ? 'only dhcp4 has a route metric' : undefined,
  )
  return { enabled: enabled ?? false, required: !optional, optional, routeMetric }
}

const PREFIX = 'an address with prefix length'
const PREFIX_HINT = 'for example "192.0.2.10/24" or "2001:db8::10/64"'

function readStatic(device: TableReader, name: 'static4' | 'static6'): readonly IpPrefix[] | undefined {
  const table = device.tableReader(name)
  if (table === undefined) return undefined
  const addresses = table.texts('addresses', PREFIX, parsePrefix, PREFIX_HINT) ?? []
  table.require('addresses', `write [${name}] with addresses = ["ADDRESS/LENGTH"]`)
  table.refuseUnknown()
  if (new Set(addresses.map(({ family }) => family)).size > 1) {
    table.findings.error('NET_FAMILIES_MIXED', table.pathOf('addresses'), 'holds IPv4 and IPv6 addresses', {
      hint: 'IPv4 addresses belong in static4, IPv6 addresses in static6',
    })
  }
  return sortPrefixes(addresses)
}

function readRoute(route: TableReader): Route | undefined {
  const parseTo = (text: string): IpPrefix | 'default' | undefined =>
    text.toLowerCase() === 'default' ? 'default' : parsePrefix(text)
  const to = route.text('to', '"default" or an address with prefix length', parseTo, PREFIX_HINT)
  const plain = 'without prefix length or zone'
  const from = route.text('from', 'an IP address', parseAddress, plain)
  const via = route.text('via', 'an IP address', parseAddress, plain)
  const metric = route.integer('route-metric', 0n, MAX_U32)
  route.require('to')
  route.refuseUnknown((key) => ({ gateway: 'did you mean "via"?', metric: 'did you mean "route-metric"?' })[key])
  return to === undefined ? undefined : { to, from, via, metric }
}

/** Reads `dhcp4` and `dhcp6`. */
export function readDhcpKeys(device: TableReader): Addressing {
  return { ...NO_ADDRESSING, dhcp4: readDhcp(device, 'dhcp4'), dhcp6: readDhcp(device, 'dhcp6') }
}

/** Reads all keys about addresses. */
export function readAddressing(device: TableReader): Addressing {
  return {
    ...readDhcpKeys(device),
    static4: readStatic(device, 'static4'),
    static6: readStatic(device, 'static6'),
    routes: device
      .tableReaders('route')
      ?.map(readRoute)
      .filter((route) => route !== undefined),
  }
}

/** Checks which of the keys stand together. What counts is that a key is there, not its value. */
export function checkAddressing(device: TableReader): void {
  const { findings, path } = device
  const at = findings.sourceMap.key(path)
  const hasDhcp = device.has('dhcp4') || device.has('dhcp6')
  const hasStatic = device.has('static4') || device.has('static6')
  if (!hasDhcp && !hasStatic) {
    findings.error('NET_NO_ADDRESSING', path, 'has neither dhcp4, dhcp6, static4 nor static6', {
      hint: 'a device without addresses of its own says dhcp4 = false',
      at,
    })
  }
  if (!device.has('route')) return
  const route = device.pathOf('route')
  const place = findings.sourceMap.key(route)
  if (hasDhcp) {
    const which = device.has('dhcp4') ? 'dhcp4' : 'dhcp6'
    const dhcp = findings.sourceMap.key(device.pathOf(which))
    findings.error('NET_ROUTE_NOT_ALLOWED', route, 'routes cannot be given together with dhcp4 or dhcp6', {
      hint: `remove ${which} (also where it is false), or the routes`,
      at: place,
      ...(dhcp !== undefined && { related: [{ message: `${which} stands here`, at: dhcp }] }),
    })
  } else if (!hasStatic) {
    findings.error('NET_ROUTE_NOT_ALLOWED', route, 'routes need static4 or static6', { at: place })
  }
}
