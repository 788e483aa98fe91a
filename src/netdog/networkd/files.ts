/** All files that tell systemd-networkd about a network configuration. */
import { PATHS } from '../../lib/paths.ts'
import { fileStem } from '../net-config/device-id.ts'
import type { Device, NetConfig } from '../net-config/model.ts'
import type { TextFile } from '../text-file.ts'
import { printBondFile, printVlanFile } from './netdev-file.ts'
import { printCarrierFile, printNetworkFile, printWorkerFile } from './network-file.ts'

const networkdFile = (stem: string, suffix: 'network' | 'netdev', content: string): TextFile => ({
  path: `${PATHS.networkdConfig}/10-${stem}.${suffix}`,
  content,
})

/** The names of the VLANs that each interface carries, in the order of the file. */
function vlansByCarrier(devices: readonly Device[]): Map<string, string[]> {
  const carriers = new Map<string, string[]>()
  for (const { id, type } of devices) {
    if (type.kind !== 'vlan') continue
    const vlans = carriers.get(type.device)
    if (vlans === undefined) carriers.set(type.device, [id.text])
    else vlans.push(id.text)
  }
  return carriers
}

function deviceFiles(device: Device, vlans: readonly string[], fromCommandLine: boolean): TextFile[] {
  const { id, type } = device
  const network = networkdFile(fileStem(id), 'network', printNetworkFile(device, { vlans, fromCommandLine }))
  switch (type.kind) {
    case 'interface':
      return [network]
    case 'vlan':
      return [networkdFile(id.text, 'netdev', printVlanFile(id.text, type)), network]
    case 'bond':
      return [
        networkdFile(id.text, 'netdev', printBondFile(id.text, type)),
        network,
        ...type.workers.map((worker, i) => networkdFile(worker, 'network', printWorkerFile(worker, id.text, i === 0))),
      ]
  }
}

/**
 * The files in the order in which they are written.
 *
 * @throws PipelineError `VALUE_UNREPRESENTABLE`
 */
export function networkdFiles({ devices, source }: NetConfig): TextFile[] {
  const carriers = vlansByCarrier(devices)
  const files = devices.flatMap((device) => {
    // Reference: a VLAN does not learn of the VLANs on top of it, nor does a device that is known by its MAC address
    const vlans = device.type.kind === 'vlan' || device.id.kind === 'mac' ? [] : (carriers.get(device.id.text) ?? [])
    return deviceFiles(device, vlans, source === 'command-line')
  })
  const configured = new Set(devices.map(({ id }) => id.text))
  for (const [name, vlans] of carriers) {
    if (!configured.has(name)) files.push(networkdFile(name, 'network', printCarrierFile(name, vlans)))
  }
  return files
}
