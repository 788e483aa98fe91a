/** net.toml version 1: interfaces with DHCP. */
import { readDhcpKeys } from './addressing.ts'
import type { TableReader } from './findings.ts'
import type { DeviceFields } from './envelope.ts'

const LATER: Readonly<Record<string, string>> = {
  static4: 'static addresses need version = 2',
  static6: 'static addresses need version = 2',
  route: 'routes need version = 2',
  kind: 'bonds and VLANs need version = 3',
}

export function readDeviceV1(device: TableReader): DeviceFields {
  const isPrimary = device.boolean('primary') ?? false
  const addressing = readDhcpKeys(device)
  device.refuseUnknown((name) => LATER[name])
  if (!device.has('dhcp4') && !device.has('dhcp6')) {
    device.findings.error('NET_NO_ADDRESSING', device.path, 'has neither dhcp4 nor dhcp6', {
      hint: 'write dhcp4 = true',
      at: device.findings.sourceMap.key(device.path),
    })
  }
  return { ...addressing, isPrimary, type: { kind: 'interface' } }
}
