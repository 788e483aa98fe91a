/** A network configuration, whatever it was written as: net.toml of any version, or the kernel command line. */
import type { DeviceId } from './device-id.ts'
import type { IpAddress, IpPrefix } from './ip.ts'

export interface Dhcp {
  readonly enabled: boolean
  /** Whether the boot waits for a lease. Reference: `{ enabled = false }` is required, `false` is not. */
  readonly required: boolean
  /** Whether `optional = true` was given. */
  readonly optional: boolean
  /** Of routes that DHCPv4 brings. */
  readonly routeMetric: bigint | undefined
}

export interface Route {
  readonly to: IpPrefix | 'default'
  /** Preferred source address. */
  readonly from: IpAddress | undefined
  /** Gateway. */
  readonly via: IpAddress | undefined
  readonly metric: bigint | undefined
}

/** How a device gets its addresses. A member is undefined if its key is absent. */
export interface Addressing {
  readonly dhcp4: Dhcp | undefined
  readonly dhcp6: Dhcp | undefined
  /** Sorted, each once. Reference: of one family, which may be the other one. */
  readonly static4: readonly IpPrefix[] | undefined
  readonly static6: readonly IpPrefix[] | undefined
  readonly routes: readonly Route[] | undefined
}

export interface MiiMonitoring {
  readonly kind: 'mii'
  /** In milliseconds, as are the delays. */
  readonly frequency: bigint
  readonly upDelay: bigint
  readonly downDelay: bigint
}

export interface ArpMonitoring {
  readonly kind: 'arp'
  /** In milliseconds. */
  readonly interval: bigint
  readonly validate: string
  readonly targets: readonly IpAddress[]
}

export interface Bond {
  readonly kind: 'bond'
  readonly mode: string
  /** Interface names; the first is the primary worker. */
  readonly workers: readonly string[]
  readonly minLinks: bigint | undefined
  readonly monitoring: MiiMonitoring | ArpMonitoring
}

export interface Vlan {
  readonly kind: 'vlan'
  /** Name of the carrying interface. */
  readonly device: string
  readonly tag: bigint
}

export interface Interface {
  readonly kind: 'interface'
}

export interface Device extends Addressing {
  readonly id: DeviceId
  readonly isPrimary: boolean
  readonly type: Interface | Bond | Vlan
  /** The key of its table in the file, as it is spelt there. */
  readonly key: string
}

export interface NetConfig {
  /** Networks of the kernel command line get router advertisements in either case. */
  readonly source: 'net.toml' | 'command-line'
  /** In order; the first is the primary one if none is marked so. */
  readonly devices: readonly Device[]
}
