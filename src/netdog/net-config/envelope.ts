/** What the versions of net.toml share: `version`, and one table for each device. */
import type { Diagnostic } from '../../lib/diagnostics.ts'
import { isJsonArray, type JsonObject } from '../../lib/json.ts'
import { nameFault, parseMac, type DeviceId } from './device-id.ts'
import { isTable, printPath, TableReader, type Findings } from './findings.ts'
import type { Addressing, Device } from './model.ts'

/** What the table of a device says. */
export interface DeviceFields extends Addressing {
  readonly isPrimary: boolean
  /** Undefined after a fault. */
  readonly type: Device['type'] | undefined
}

/** One device of the file, with the means to look at its table again. */
export interface DeviceEntry {
  readonly id: DeviceId
  readonly fields: DeviceFields
  readonly reader: TableReader
}

/** One version of the format. */
export interface Format {
  readonly keys: 'names' | 'names and MAC addresses'
  read(device: TableReader): DeviceFields
  /** Checks what concerns several devices. */
  check?(entries: readonly DeviceEntry[], findings: Findings): void
}

/** The id that a key stands for; noted as a fault if it is none. */
function readId(key: string, format: Format, findings: Findings): DeviceId | undefined {
  const fault = nameFault(key)
  if (fault === undefined) return { kind: 'name', text: key }
  const mac = parseMac(key)
  if (mac !== undefined && format.keys !== 'names') return { kind: 'mac', text: mac }
  const hint = mac === undefined ? undefined : 'a MAC address as key needs version = 3'
  findings.error('NET_INVALID_NAME', [key], fault, { hint, at: findings.sourceMap.key([key]) })
  return undefined
}

/** Reads every device, in order. Later spellings of one MAC address take the place of earlier ones. */
export function readEntries(
  tree: JsonObject,
  order: readonly string[],
  format: Format,
  findings: Findings,
): { entries: DeviceEntry[]; warnings: Diagnostic[] } {
  const entries = new Map<string, DeviceEntry>()
  const warnings: Diagnostic[] = []
  for (const key of order) {
    if (key === 'version') continue
    const id = readId(key, format, findings)
    const value = tree[key]
    if (!isTable(value)) {
      const hint = isJsonArray(value) ? `write [${printPath([key])}], with one bracket` : undefined
      findings.wrongType([key], 'a table', value ?? null, hint)
      continue
    }
    const reader = new TableReader(findings, value, [key])
    const fields = format.read(reader)
    if (id === undefined) continue
    const earlier = entries.get(id.text)
    if (earlier !== undefined) warnings.push(repeated(earlier, reader, findings))
    entries.set(id.text, { id, fields, reader })
  }
  return { entries: [...entries.values()], warnings }
}

function repeated(earlier: DeviceEntry, later: TableReader, { sourceMap }: Findings): Diagnostic {
  const at = sourceMap.key(later.path)
  const first = sourceMap.key(earlier.reader.path)
  return {
    code: 'NET_DEVICE_SHADOWED',
    severity: 'warning',
    path: printPath(later.path),
    message: 'the same MAC address in another spelling takes the place of the device before it',
    hint: 'keep one of the two',
    ...(at !== undefined && { at }),
    ...(first !== undefined && { related: [{ message: 'the device that is dropped', at: first }] }),
  }
}

/** Checks that at most one device is marked as the primary one. */
export function checkPrimary(entries: readonly DeviceEntry[], findings: Findings): void {
  const [first, ...others] = entries.filter(({ fields }) => fields.isPrimary)
  if (first === undefined) return
  const at = findings.sourceMap.value(first.reader.pathOf('primary'))
  for (const { reader } of others) {
    findings.error('NET_PRIMARY_REPEATED', reader.pathOf('primary'), 'only one device can be the primary one', {
      hint: 'without a mark, the first device is the primary one',
      ...(at !== undefined && { related: [{ message: 'the first one', at }] }),
    })
  }
}
