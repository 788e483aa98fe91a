/** net.toml version 2: interfaces with DHCP, static addresses and routes. */
import { checkAddressing, readAddressing } from './addressing.ts'
import type { TableReader } from './findings.ts'
import type { DeviceFields } from './envelope.ts'

export function readDeviceV2(device: TableReader): DeviceFields {
  const isPrimary = device.boolean('primary') ?? false
  const addressing = readAddressing(device)
  device.refuseUnknown((name) => (name === 'kind' ? 'bonds and VLANs need version = 3' : undefined))
  checkAddressing(device)
  return { ...addressing, isPrimary, type: { kind: 'interface' } }
}
