/** From the bytes of net.toml to the network configuration that it describes, or to everything that is wrong with it. */
import { sortDiagnostics, type Diagnostic } from '../../lib/diagnostics.ts'
import type { JsonObject, JsonValue } from '../../lib/json.ts'
import type { SourceMap } from '../../lib/source-map.ts'
import { decodeUtf8 } from '../../lib/utf8.ts'
import { parseUserToml } from '../../toml/user-toml.ts'
import { checkPrimary, readEntries, type DeviceEntry, type Format } from './envelope.ts'
import { Findings } from './findings.ts'
import type { Device, NetConfig } from './model.ts'
import { readDeviceV1 } from './v1.ts'
import { readDeviceV2 } from './v2.ts'
import { checkDevicesV3, readDeviceV3 } from './v3.ts'

const FORMATS: ReadonlyMap<JsonValue, Format> = new Map<JsonValue, Format>([
  [1n, { keys: 'names', read: readDeviceV1 }],
  [2n, { keys: 'names', read: readDeviceV2 }],
  [3n, { keys: 'names and MAC addresses', read: readDeviceV3, check: checkDevicesV3 }],
])

/** What became of a net.toml. */
export type NetToml =
  | {
      readonly ok: true
      readonly config: NetConfig
      readonly sourceMap: SourceMap
      readonly warnings: readonly Diagnostic[]
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

function formatOf(tree: JsonObject, findings: Findings): Format | undefined {
  const hint = 'write version = 3 in the first line'
  const version = tree['version']
  if (version === undefined) {
    const at = { file: findings.sourceMap.file, line: 1, column: 1, endLine: 1, endColumn: 1 }
    findings.error('NET_VERSION_UNKNOWN', [], "'version' is missing", { hint, at })
    return undefined
  }
  const format = FORMATS.get(version)
  if (format !== undefined) return format
  if (typeof version !== 'bigint') findings.wrongType(['version'], 'an integer', version, hint)
  else
    findings.error('NET_VERSION_UNKNOWN', ['version'], `there is no version ${String(version)}`, { hint: '1, 2 or 3' })
  return undefined
}

function toDevice({ id, fields, reader }: DeviceEntry): Device[] {
  const { type, ...rest } = fields
  return type === undefined ? [] : [{ ...rest, id, type, key: String(reader.path[0]) }]
}

/**
 * Reads a net.toml. Never throws.
 *
 * @param file its name for messages
 */
export function parseNetToml(bytes: Uint8Array, file: string): NetToml {
  let text: string
  try {
    text = decodeUtf8(bytes)
  } catch {
    const message = 'the file is not UTF-8 text'
    return { ok: false, diagnostics: [{ code: 'USERDATA_NOT_UTF8', severity: 'error', message, at: topOf(file) }] }
  }
  const document = parseUserToml(text, file)
  if (!document.ok) return document
  const findings = new Findings(document.sourceMap)
  const format = formatOf(document.tree, findings)
  if (format === undefined) return { ok: false, diagnostics: findings.diagnostics }
  const { entries, warnings } = readEntries(document.tree, document.topLevel, format, findings)
  format.check?.(entries, findings)
  checkPrimary(entries, findings)
  if (findings.diagnostics.length > 0) {
    return { ok: false, diagnostics: sortDiagnostics([...findings.diagnostics, ...warnings]) }
  }
  const config: NetConfig = { source: 'net.toml', devices: entries.flatMap(toDevice) }
  return { ok: true, config, sourceMap: document.sourceMap, warnings }
}

function topOf(file: string): Diagnostic['at'] & object {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1 }
}
