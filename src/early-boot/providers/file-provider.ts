import { PipelineError, messageOf, systemCode } from '../../lib/errors.ts'
import type { Host, Program } from '../../lib/ports.ts'
import { decodeSettings, decodeText } from '../decode.ts'
import { providerProgram, type ProvidedSettings } from '../provider.ts'

function readFile(path: string, host: Host): Uint8Array {
  try {
    return host.fs.readBytes(path)
  } catch (cause) {
    const reason = systemCode(cause) ?? messageOf(cause)
    throw new PipelineError('HOST_FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { cause })
  }
}

/** Whether a path leads to something; one that cannot be followed counts as absent. */
function exists(path: string, host: Host): boolean {
  try {
    return host.fs.stat(path) !== undefined
  } catch {
    return false
  }
}

/** The settings of a user data file; none if it is absent or has no content. White space alone is content. */
function provideFile(path: string, host: Host): ProvidedSettings | undefined {
  if (!exists(path, host)) return undefined
  const text = decodeText(readFile(path, host), path)
  return text === '' ? undefined : { ...decodeSettings(text, path), desc: `user data from ${path}` }
}

/** A provider that reads one file. */
export function fileProvider(name: string, path: string): Program {
  return providerProgram(name, (_io, host) => Promise.resolve().then(() => provideFile(path, host)))
}
