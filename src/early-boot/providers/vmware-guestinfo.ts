import { PipelineError } from '../../lib/errors.ts'
import { PATHS } from '../../lib/paths.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import { decodeUtf8 } from '../../lib/utf8.ts'
import { decodeBase64Text } from '../base64-text.ts'
import { decodePlainText, decodeSettings, decodeText } from '../decode.ts'
import { variablesOfDirectory, variablesOfHypervisor, type ReadVariable } from '../guestinfo.ts'
import { providerProgram, type ProvidedSettings } from '../provider.ts'

const NAME = 'vmware-guestinfo-user-data-provider'
const DESC = 'guestinfo'
const USER_DATA = 'guestinfo.userdata'
const ENCODING = 'guestinfo.userdata.encoding'
const DIRECTORY_OPTION = '--guestinfo-dir'
const DIRECTORY_VARIABLE = 'BOTTLEROCKET_GUESTINFO_DIR'

type Encoding = 'raw' | 'base64'

/** Spellings of the encodings. Base64 may hold gzip whether its name says so or not. */
const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['Raw', 'raw'],
  ...['Base64', 'base64', 'b64', 'B64'].map((name) => [name, 'base64'] as const),
  ...['GzipBase64', 'gzip+base64', 'Gzip+Base64', 'gz+b64', 'Gz+B64'].map((name) => [name, 'base64'] as const),
])

function textOf(bytes: Uint8Array, key: string): string {
  try {
    return decodeUtf8(bytes)
  } catch (cause) {
    throw new PipelineError('USERDATA_NOT_UTF8', `${key} is not UTF-8 text`, { cause })
  }
}

async function readEncoding(read: ReadVariable): Promise<Encoding> {
  const bytes = await read(ENCODING)
  if (bytes === undefined) return 'raw'
  const name = textOf(bytes, ENCODING)
  const encoding = ENCODINGS.get(name)
  if (encoding !== undefined) return encoding
  throw new PipelineError('USERDATA_ENCODING', `${ENCODING} is ${JSON.stringify(name)}, which is no known encoding`, {
    hint: `one of ${[...ENCODINGS.keys()].join(', ')}; without the variable user data is taken as it stands`,
  })
}

/**
 * How variables are read: from a directory (`--guestinfo-dir`, or the environment), else through the hypervisor.
 * A root that is not this machine's own is no guest: without a tool of its own there is nothing to ask.
 */
function reader(argv: readonly string[], io: ProgramIo, host: Host): ReadVariable | undefined {
  const at = argv.indexOf(DIRECTORY_OPTION)
  const directory = (at < 0 ? undefined : argv[at + 1]) ?? io.env[DIRECTORY_VARIABLE] ?? ''
  if (directory !== '') return variablesOfDirectory(directory, host)
  const isOtherRoot = host.fs.hostPath('/') !== '/'
  if (isOtherRoot && host.fs.stat(PATHS.vmwareRpctool) === undefined) return undefined
  return variablesOfHypervisor(host, io.signal)
}

async function provide(io: ProgramIo, host: Host, argv: readonly string[]): Promise<ProvidedSettings | undefined> {
  const read = reader(argv, io, host)
  if (read === undefined) return undefined
  const encoding = await readEncoding(read)
  const bytes = await read(USER_DATA)
  if (bytes === undefined) return undefined
  const text =
    encoding === 'raw'
      ? decodePlainText(bytes, USER_DATA)
      : decodeText(decodeBase64Text(textOf(bytes, USER_DATA), USER_DATA), USER_DATA)
  return { ...decodeSettings(text, USER_DATA), desc: DESC }
}

/** The user data that a VMware hypervisor hands to its guest. */
export const vmwareGuestinfo = providerProgram(NAME, provide)
