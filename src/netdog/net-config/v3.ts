/** net.toml version 3: interfaces by name or MAC address, bonds and VLANs. */
import type { Place } from '../../lib/diagnostics.ts'
import { checkAddressing, readAddressing } from './addressing.ts'
import { nameFault } from './device-id.ts'
import type { DeviceEntry, DeviceFields } from './envelope.ts'
import { MAX_U32, type Findings, type TableReader } from './findings.ts'
import { parseAddress } from './ip.ts'
import type { ArpMonitoring, Bond, MiiMonitoring, Vlan } from './model.ts'

const BOND_KINDS = ['bond', 'Bond'] as const
const VLAN_KINDS = ['vlan', 'Vlan', 'VLAN'] as const
const MAX_TARGETS = 16
const MAX_TAG = 4094n
const MAX_INTEGER = 2n ** 63n - 1n

const parseName = (text: string): string | undefined => (nameFault(text) === undefined ? text : undefined)
const NAME = 'an interface name'
const NAME_HINT = 'names have 1 to 15 bytes, without dots, slashes and white space; a MAC address cannot stand here'

const MII_KEYS = ['miimon-frequency-ms', 'miimon-updelay-ms', 'miimon-downdelay-ms'] as const
const ARP_KEYS = ['arpmon-interval-ms', 'arpmon-validate', 'arpmon-targets'] as const

function readMii(table: TableReader): MiiMonitoring | undefined {
  const { findings } = table
  const [frequency, upDelay, downDelay] = MII_KEYS.map((name) => table.integer(name, 0n, MAX_U32))
  if (frequency === 0n) {
    findings.error('NET_BOND_INVALID', table.pathOf(MII_KEYS[0]), 'a frequency of 0 switches the monitoring off', {
      hint: 'give milliseconds, such as 100',
    })
  }
  for (const [delay, name] of [
    [upDelay, MII_KEYS[1]],
    [downDelay, MII_KEYS[2]],
  ] as const) {
    if (delay === undefined || frequency === undefined || delay >= frequency) continue
    findings.error('NET_BOND_INVALID', table.pathOf(name), `${String(delay)} is less than ${MII_KEYS[0]}`, {
      hint: `give at least ${String(frequency)}`,
    })
  }
  if (frequency === undefined || upDelay === undefined || downDelay === undefined) return undefined
  return { kind: 'mii', frequency, upDelay, downDelay }
}

function readArp(table: TableReader): ArpMonitoring | undefined {
  const { findings } = table
  const interval = table.integer('arpmon-interval-ms', 0n, MAX_U32)
  const validate = table.word('arpmon-validate', ['active', 'all', 'backup', 'none'])
  const targets = table.texts('arpmon-targets', 'an IP address', parseAddress, 'without prefix length or zone')
  if (interval === 0n) {
    findings.error(
      'NET_BOND_INVALID',
      table.pathOf('arpmon-interval-ms'),
      'an interval of 0 switches the monitoring off',
      {
        hint: 'give milliseconds, such as 250',
      },
    )
  }
  const given = table.value('arpmon-targets')
  if (Array.isArray(given) && (given.length === 0 || given.length > MAX_TARGETS)) {
    const count = `${String(given.length)} targets`
    findings.error(
      'NET_BOND_INVALID',
      table.pathOf('arpmon-targets'),
      `${count}; 1 to ${String(MAX_TARGETS)} are possible`,
    )
  }
  if (interval === undefined || validate === undefined || targets === undefined) return undefined
  return { kind: 'arp', interval, validate, targets }
}

function readMonitoring(bond: TableReader): MiiMonitoring | ArpMonitoring | undefined {
  bond.require('monitoring', `a table with ${MII_KEYS.join(', ')}, or with ${ARP_KEYS.join(', ')}`)
  const table = bond.tableReader('monitoring')
  if (table === undefined) return undefined
  const isArp = ARP_KEYS.some((name) => table.has(name)) && !MII_KEYS.some((name) => table.has(name))
  const keys = isArp ? ARP_KEYS : MII_KEYS
  const monitoring = isArp ? readArp(table) : readMii(table)
  for (const name of keys) table.require(name, `needed beside ${keys.filter((key) => key !== name).join(' and ')}`)
  table.refuseUnknown((name) =>
    name.startsWith('arpmon-') ? 'a bond has either miimon or arpmon monitoring, not both' : undefined,
  )
  return monitoring
}

function readBond(device: TableReader): Bond | undefined {
  const { findings } = device
  const mode = device.word('mode', ['active-backup'])
  const workers = device.texts('interfaces', NAME, parseName, NAME_HINT)
  const minLinks = device.integer('min-links', 0n, MAX_INTEGER)
  const monitoring = readMonitoring(device)
  device.require('mode', 'write mode = "active-backup"')
  device.require('interfaces', 'write interfaces = ["eth1", "eth2"]')
  const given = device.value('interfaces')
  if (Array.isArray(given)) {
    if (given.length === 0) {
      findings.error('NET_BOND_INVALID', device.pathOf('interfaces'), 'a bond needs at least one interface')
    }
    if (minLinks !== undefined && minLinks > BigInt(given.length)) {
      const count = `the bond has ${String(given.length)} interface(s)`
      findings.error(
        'NET_BOND_INVALID',
        device.pathOf('min-links'),
        `${String(minLinks)} links are wanted, but ${count}`,
      )
    }
  }
  if (mode === undefined || workers === undefined || monitoring === undefined) return undefined
  return { kind: 'bond', mode, workers, minLinks, monitoring }
}

function readVlan(device: TableReader): Vlan | undefined {
  const carrier = device.text('device', NAME, parseName, NAME_HINT)
  const tag = device.integer('id', 0n, MAX_TAG)
  device.require('device', 'the interface that carries the VLAN')
  device.require('id', `the VLAN's tag, 0 to ${String(MAX_TAG)}`)
  return carrier === undefined || tag === undefined ? undefined : { kind: 'vlan', device: carrier, tag }
}

const BOND_KEYS = new Set(['mode', 'interfaces', 'min-links', 'monitoring'])

function hintOfKind(name: string, device: TableReader): string | undefined {
  if (device.has('kind')) return undefined
  if (BOND_KEYS.has(name)) return 'only bonds have it: add kind = "bond"'
  return name === 'device' || name === 'id' ? 'only VLANs have it: add kind = "vlan"' : undefined
}

/** Reads what a device is. Undefined after a fault. */
function readType(device: TableReader): DeviceFields['type'] {
  if (!device.has('kind')) return { kind: 'interface' }
  const kind = device.word('kind', [...BOND_KINDS, ...VLAN_KINDS])
  if (kind === undefined) return undefined
  return BOND_KINDS.some((word) => word === kind) ? readBond(device) : readVlan(device)
}

export function readDeviceV3(device: TableReader): DeviceFields {
  const isPrimary = device.boolean('primary') ?? false
  const type = readType(device)
  const addressing = readAddressing(device)
  const isKnownKind = type !== undefined || BOND_KINDS.some((word) => word === device.value('kind'))
  // with a kind that does not exist nobody can say which of its keys do
  if (isKnownKind || VLAN_KINDS.some((word) => word === device.value('kind'))) {
    device.refuseUnknown((name) => hintOfKind(name, device))
  }
  checkAddressing(device)
  return { ...addressing, isPrimary, type }
}

interface Use {
  readonly what: string
  readonly at: Place | undefined
}

function checkWorkers(entry: DeviceEntry, bond: Bond, used: Map<string, Use>, findings: Findings): void {
  const given = entry.reader.value('interfaces')
  if (!Array.isArray(given)) return
  for (const [i, worker] of given.entries()) {
    if (typeof worker !== 'string' || !bond.workers.includes(worker)) continue
    const path = [...entry.reader.pathOf('interfaces'), i]
    const use = used.get(worker)
    if (use !== undefined) {
      findings.error('NET_WORKER_REUSED', path, `'${worker}' is ${use.what}`, {
        hint: 'an interface of a bond is used by that bond alone, once',
        ...(use.at !== undefined && { related: [{ message: 'the other use', at: use.at }] }),
      })
    }
    used.set(worker, {
      what: `an interface of the bond '${entry.id.text}' already`,
      at: findings.sourceMap.value(path),
    })
  }
}

/** Checks what concerns several devices. */
export function checkDevicesV3(entries: readonly DeviceEntry[], findings: Findings): void {
  const used = new Map<string, Use>()
  for (const { id, fields, reader } of entries) {
    used.set(id.text, { what: 'a device of its own', at: findings.sourceMap.key(reader.path) })
    if (id.kind === 'mac' && reader.has('kind')) {
      findings.error('NET_INVALID_NAME', reader.path, 'a bond or VLAN needs a name, not a MAC address', {
        at: findings.sourceMap.key(reader.path),
      })
    }
    if (fields.type?.kind === 'vlan' && !used.has(fields.type.device)) {
      const at = findings.sourceMap.value(reader.pathOf('device'))
      used.set(fields.type.device, { what: `the device of the VLAN '${id.text}'`, at })
    }
  }
  for (const entry of entries) {
    if (entry.fields.type?.kind === 'bond') checkWorkers(entry, entry.fields.type, used, findings)
  }
}
