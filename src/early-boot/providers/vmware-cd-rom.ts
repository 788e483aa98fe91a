import { messageOf, PipelineError, systemCode } from '../../lib/errors.ts'
import type { Host } from '../../lib/ports.ts'
import { decodeBase64Text } from '../base64-text.ts'
import { decodeSettings, decodeText } from '../decode.ts'
import { userDataProperty } from '../ovf-environment.ts'
import { providerProgram, type ProvidedSettings } from '../provider.ts'

/** Where a unit of the image mounts the disc before the provider runs. */
const MOUNT = '/media/cdrom'
const PLAIN = 'user-data'
const OVF = ['ovf-env.xml', 'OVF-ENV.XML', 'ovf_env.xml', 'OVF_ENV.XML']
const DESC = 'CD-ROM'

function exists(path: string, host: Host): boolean {
  try {
    return host.fs.stat(path) !== undefined
  } catch {
    return false
  }
}

/** The one file of the disc that user data is in; undefined if there is none. @throws PipelineError `PROVIDER_AMBIGUOUS` */
function findFile(host: Host): string | undefined {
  const present = [PLAIN, ...OVF].filter((name) => exists(`${MOUNT}/${name}`, host))
  if (present.length > 1) {
    throw new PipelineError(
      'PROVIDER_AMBIGUOUS',
      `the CD-ROM has more than one file of user data: ${present.join(', ')}`,
    )
  }
  return present[0]
}

/** The TOML text of the disc; empty if it holds none. */
function textOf(name: string, host: Host): string {
  const path = `${MOUNT}/${name}`
  let bytes: Uint8Array
  try {
    bytes = host.fs.readBytes(path)
  } catch (cause) {
    const reason = systemCode(cause) ?? messageOf(cause)
    throw new PipelineError('HOST_FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { cause })
  }
  const text = decodeText(bytes, path)
  if (name === PLAIN) return text
  const value = userDataProperty(text, path) ?? ''
  return value === '' ? '' : decodeText(decodeBase64Text(value, path), path)
}

function provide(host: Host): ProvidedSettings | undefined {
  const name = findFile(host)
  if (name === undefined) return undefined
  const text = textOf(name, host)
  return text === '' ? undefined : { ...decodeSettings(text, `${MOUNT}/${name}`), desc: DESC }
}

/** The user data on a disc that is in the virtual machine's drive: as a file, or in an OVF environment. */
export const vmwareCdRom = providerProgram('vmware-cd-rom-user-data-provider', (_io, host) =>
  Promise.resolve().then(() => provide(host)),
)
