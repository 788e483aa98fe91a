/** Where the network configuration comes from: the first of two files, else the kernel command line. */
import { PipelineError } from '../../lib/errors.ts'
import { unreadableFile } from '../../lib/file-errors.ts'
import { PATHS } from '../../lib/paths.ts'
import type { ReadFs } from '../../lib/ports.ts'
import { parseCommandLine } from './command-line.ts'
import type { NetConfig } from './model.ts'
import { parseNetToml } from './parse.ts'

/** In this order; the first that exists is the only one used. */
const FILES = [PATHS.netTomlOverride, PATHS.netToml]

const NOTHING: NetConfig = { source: 'command-line', devices: [] }

/**
 * The configuration of a net.toml.
 *
 * @throws PipelineError `NET_CONFIG_INVALID` with all that is wrong with it
 */
export function readNetToml(bytes: Uint8Array, file: string): NetConfig {
  const read = parseNetToml(bytes, file)
  if (read.ok) return read.config
  throw new PipelineError('NET_CONFIG_INVALID', `${file} does not describe a network`, {
    diagnostics: read.diagnostics,
  })
}

/**
 * The host's network configuration. It may have no devices.
 *
 * @throws PipelineError `NET_CONFIG_INVALID`, `NET_CMDLINE_INVALID`, `HOST_FILE_UNREADABLE`
 */
export function loadNetConfig(fs: ReadFs): NetConfig {
  const file = FILES.find((path) => fs.stat(path) !== undefined)
  if (file !== undefined)
    return readNetToml(
      attempt(file, () => fs.readBytes(file)),
      file,
    )
  const path = PATHS.kernelCommandLine
  return parseCommandLine(attempt(path, () => fs.readText(path))) ?? NOTHING
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw unreadableFile(path, cause)
  }
}
