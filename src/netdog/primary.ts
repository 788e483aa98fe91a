/** Which interface is the primary one: written down when the network is configured, looked up later. */
import { PipelineError } from '../lib/errors.ts'
import { unreadableFile, unwritableFile } from '../lib/file-errors.ts'
import { PATHS } from '../lib/paths.ts'
import type { ReadFs, RootFs } from '../lib/ports.ts'
import { trimWhiteSpace } from '../lib/white-space.ts'
import type { Device, NetConfig } from './net-config/model.ts'
import { writeTextFile, type TextFile } from './text-file.ts'

/** The device marked as primary, else the first one. */
export function primaryDevice({ devices }: NetConfig): Device | undefined {
  return devices.find(({ isPrimary }) => isPrimary) ?? devices[0]
}

/** The state file that names the primary device. */
export function primaryFile({ id }: Device): TextFile {
  return { path: id.kind === 'mac' ? PATHS.primaryMacAddress : PATHS.primaryInterface, content: id.text }
}

/** Writes down the primary device. Afterwards there is one of the two state files. */
export function writePrimary(fs: RootFs, device: Device): void {
  const file = primaryFile(device)
  for (const path of [PATHS.primaryInterface, PATHS.primaryMacAddress]) {
    if (path === file.path) continue
    try {
      fs.remove(path)
    } catch (cause) {
      throw unwritableFile(path, cause)
    }
  }
  writeTextFile(fs, file, true)
}

function readOrUndefined(fs: ReadFs, path: string): string | undefined {
  try {
    return fs.readText(path)
  } catch {
    return undefined
  }
}

const normalise = (text: string): string => trimWhiteSpace(text).toLowerCase()

function nameOfMac(fs: ReadFs, mac: string): string {
  let names: string[]
  try {
    names = fs.readDirectory(PATHS.networkInterfaces).map(({ name }) => name)
  } catch (cause) {
    throw unreadableFile(PATHS.networkInterfaces, cause)
  }
  const found = names.find((name) => {
    const address = readOrUndefined(fs, `${PATHS.networkInterfaces}/${name}/address`)
    return address !== undefined && normalise(address) === mac
  })
  if (found !== undefined) return found
  throw new PipelineError('NET_PRIMARY_UNKNOWN', `no interface has the MAC address ${JSON.stringify(mac)}`, {
    hint: `${PATHS.primaryMacAddress} names the primary interface`,
  })
}

/**
 * The name of the primary interface.
 *
 * Reference: a name is looked up in lower case, whatever the case it was configured in.
 *
 * @throws PipelineError `NET_PRIMARY_UNKNOWN`, `HOST_FILE_UNREADABLE`
 */
export function primaryInterfaceName(fs: ReadFs): string {
  const name = readOrUndefined(fs, PATHS.primaryInterface)
  if (name !== undefined) return normalise(name)
  try {
    return nameOfMac(fs, normalise(fs.readText(PATHS.primaryMacAddress)))
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause
    const message = `no primary interface is known: neither ${PATHS.primaryInterface} nor ${PATHS.primaryMacAddress} can be read`
    throw new PipelineError('NET_PRIMARY_UNKNOWN', message, { hint: 'run netdog generate-net-config first', cause })
  }
}
