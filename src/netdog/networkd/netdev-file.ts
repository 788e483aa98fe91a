/** `.netdev` files, see systemd.netdev(5). */
import type { Bond, Vlan } from '../net-config/model.ts'
import { printUnitFile, type Section } from './unit-file.ts'

/**
 * Reference: the numbers of milliseconds stand without a unit in settings that systemd reads as seconds.
 */
function bondSection({ mode, minLinks, monitoring }: Bond): Section {
  const common = { Mode: mode, MinLinks: minLinks }
  if (monitoring.kind === 'mii') {
    const { frequency, upDelay, downDelay } = monitoring
    return ['Bond', { ...common, MIIMonitorSec: frequency, UpDelaySec: upDelay, DownDelaySec: downDelay }]
  }
  return [
    'Bond',
    {
      ...common,
      ARPIntervalSec: monitoring.interval,
      ARPValidate: monitoring.validate,
      ARPIPTargets: monitoring.targets.map(({ text }) => text),
      ARPAllTargets: 'any',
    },
  ]
}

/** The `.netdev` file that makes a bond. */
export function printBondFile(name: string, bond: Bond): string {
  return printUnitFile([['NetDev', { Name: name, Kind: 'bond', MACAddress: 'none' }], bondSection(bond)])
}

/** The `.netdev` file that makes a VLAN. */
export function printVlanFile(name: string, { tag }: Vlan): string {
  return printUnitFile([
    ['NetDev', { Name: name, Kind: 'vlan' }],
    ['VLAN', { Id: tag }],
  ])
}
