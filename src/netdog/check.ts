/** Looking at a net.toml without touching a host: everything that is wrong with it, and the files it would give. */
import { hasErrors, sortDiagnostics, type Diagnostic } from '../lib/diagnostics.ts'
import { PipelineError } from '../lib/errors.ts'
import type { SourceMap } from '../lib/source-map.ts'
import type { Flavour } from './flavour.ts'
import { networkFiles } from './generate.ts'
import { fileStem } from './net-config/device-id.ts'
import { printPath } from './net-config/findings.ts'
import type { NetConfig } from './net-config/model.ts'
import { parseNetToml } from './net-config/parse.ts'
import { networkdWarnings } from './networkd/warnings.ts'
import { primaryDevice, primaryFile } from './primary.ts'
import type { TextFile } from './text-file.ts'

export interface NetCheck {
  /** None after an error. */
  readonly config?: NetConfig
  /** In the order of their places. */
  readonly diagnostics: readonly Diagnostic[]
  /** The file that names the primary device, then those of the network manager; none after an error. */
  readonly files: readonly TextFile[]
}

function warnOfPrimary(config: NetConfig, flavour: Flavour, sourceMap: SourceMap): Diagnostic[] {
  const primary = primaryDevice(config)
  if (primary === undefined) return []
  const { id, key } = primary
  const isMac = id.kind === 'mac'
  if (isMac ? flavour === 'wicked' : id.text === id.text.toLowerCase()) return []
  const message = isMac
    ? 'the primary interface is known by its MAC address, so the DNS servers of its leases are not used'
    : `the primary interface is looked up as '${id.text.toLowerCase()}' later`
  const hint = isMac ? 'set settings.dns.name-servers, or use its name as key' : 'use a name without capitals'
  const at = sourceMap.key([key])
  const path = printPath([key])
  return [{ code: 'NET_PRIMARY_UNMATCHED', severity: 'warning', path, message, hint, ...(at !== undefined && { at }) }]
}

/** A MAC address without its colons can be the name of another device. */
function warnOfSharedFiles({ devices }: NetConfig, files: readonly TextFile[], sourceMap: SourceMap): Diagnostic[] {
  return devices.flatMap(({ id, key }) => {
    if (id.kind === 'name') return []
    const names = [`/10-${fileStem(id)}.network`, `/${fileStem(id)}.xml`]
    const own = files.filter((file) => names.some((name) => file.path.endsWith(name)))
    if (own.length < 2) return []
    const at = sourceMap.key([key])
    const message = `${String(own[0]?.path)} is written for another device, too; the later one wins`
    const path = printPath([key])
    return [{ code: 'NET_DEVICE_SHADOWED', severity: 'warning', path, message, ...(at !== undefined && { at }) }]
  })
}

/** The values that no file of the network manager can hold, each at its device. */
function unwritableValues(config: NetConfig, flavour: Flavour, sourceMap: SourceMap): Diagnostic[] {
  return config.devices.flatMap((device): Diagnostic[] => {
    try {
      networkFiles({ ...config, devices: [device] }, flavour)
      return []
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error
      const { code, message, hint } = error
      const at = sourceMap.key([device.key])
      const path = printPath([device.key])
      return [
        {
          code,
          severity: 'error',
          path,
          message,
          ...(hint !== undefined && { hint }),
          ...(at !== undefined && { at }),
        },
      ]
    }
  })
}

/**
 * Reads a net.toml as the programs on a host would, and says what they would not.
 *
 * @param file its name for messages
 */
export function checkNetToml(bytes: Uint8Array, file: string, flavour: Flavour): NetCheck {
  const read = parseNetToml(bytes, file)
  if (!read.ok) return { diagnostics: read.diagnostics, files: [] }
  const { config, sourceMap } = read
  const diagnostics = [...read.warnings, ...warnOfPrimary(config, flavour, sourceMap)]
  if (flavour === 'networkd') diagnostics.push(...networkdWarnings(config, sourceMap))
  diagnostics.push(...unwritableValues(config, flavour, sourceMap))
  const primary = primaryDevice(config)
  if (hasErrors(diagnostics)) return { diagnostics: sortDiagnostics(diagnostics), files: [] }
  if (primary === undefined) return { config, diagnostics: sortDiagnostics(diagnostics), files: [] }
  const files = networkFiles(config, flavour)
  diagnostics.push(...warnOfSharedFiles(config, files, sourceMap))
  return { config, diagnostics: sortDiagnostics(diagnostics), files: [primaryFile(primary), ...files] }
}
