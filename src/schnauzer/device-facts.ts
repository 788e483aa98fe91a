/** What templates need to know of the host's PCI devices. */
import { messageOf } from '../lib/errors.ts'
import type { HostFacts, PciDevice } from '../lib/ports.ts'
import type { RenderFacts } from './helper.ts'

const AMAZON_VENDOR = '1d0f'
/** The one helper whose result depends on devices. */
const DEVICE_HELPER = 'oci_defaults'

/** Whether an Elastic Fabric Adapter is attached: a device of Amazon's whose id holds `efa`, such as `efa0`. */
function hasEfa(devices: readonly PciDevice[]): boolean {
  return devices.some(({ vendor, device }) => vendor === AMAZON_VENDOR && device.includes('efa'))
}

type DeviceFacts = Pick<RenderFacts, 'efaAttached' | 'devicesFault'>

/** Reads the devices, or why they cannot be read: that is a fault of what depends on them, not of everything. */
async function readDevices(facts: Pick<HostFacts, 'pciDevices'>): Promise<DeviceFacts> {
  try {
    return { efaAttached: hasEfa(await facts.pciDevices()) }
  } catch (error) {
    return { efaAttached: false, devicesFault: messageOf(error) }
  }
}

/** A function that gives the facts for a template that imports some helpers. Devices are read when one needs them, once. */
export function deviceFacts(
  facts: Pick<HostFacts, 'pciDevices'>,
): (helpers: readonly string[]) => Promise<DeviceFacts> {
  let devices: Promise<DeviceFacts> | undefined
  return (helpers) => {
    if (!helpers.includes(DEVICE_HELPER)) return Promise.resolve({ efaAttached: false })
    devices ??= readDevices(facts)
    return devices
  }
}
