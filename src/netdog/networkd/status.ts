/** `write-primary-interface-status`: what systemd-networkd tells of the primary interface. */
import { PipelineError } from '../../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { parseJson } from '../../lib/json-parse.ts'
import { isJsonArray, isJsonObject, member, type JsonValue } from '../../lib/json.ts'
import { PATHS } from '../../lib/paths.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import { decodeUtf8 } from '../../lib/utf8.ts'
import { runCommand } from '../commands.ts'
import { nameFault } from '../net-config/device-id.ts'
import { addressOfBytes, type IpAddress } from '../net-config/ip.ts'
import { applySysctls, linkResolvConf, writeCurrentIp } from '../primary-status.ts'
import { primaryInterfaceName } from '../primary.ts'

function invalid(reason: string, cause?: unknown): PipelineError {
  return new PipelineError('NET_STATUS_INVALID', `networkctl's answer is not understood: ${reason}`, { cause })
}

function readAddress(item: JsonValue): IpAddress {
  const bytes = isJsonObject(item) ? member(item, 'Address') : undefined
  const isBytes = isJsonArray(bytes) && bytes.every((byte) => typeof byte === 'bigint' && byte >= 0n && byte <= 255n)
  const address = isBytes ? addressOfBytes(bytes.map(Number)) : undefined
  if (address === undefined) throw invalid('an address is not 4 or 16 bytes')
  return address
}

/**
 * The address of an interface in the answer of `networkctl status --json`: its first IPv4 address, else its first one.
 *
 * Reference: addresses of the link itself (fe80::/10) count, too.
 *
 * @throws PipelineError `NET_STATUS_INVALID`
 */
export function primaryAddress(json: Uint8Array): string {
  let status: JsonValue
  try {
    status = parseJson(decodeUtf8(json))
  } catch (cause) {
    throw invalid('it is not JSON', cause)
  }
  const name = member(status, 'Name')
  if (typeof name !== 'string' || nameFault(name) !== undefined) throw invalid('it does not name an interface')
  const list = member(status, 'Addresses')
  if (!isJsonArray(list)) throw invalid('it has no list of addresses')
  const addresses = list.map(readAddress)
  const chosen = addresses.find(({ family }) => family === 4) ?? addresses[0]
  if (chosen === undefined) throw invalid(`${name} has no address`)
  return chosen.text
}

/** Writes down the primary interface's address, sets its kernel parameters and links resolv.conf. @throws PipelineError */
export async function writePrimaryInterfaceStatus(io: ProgramIo, host: Host): Promise<ExitCode> {
  const name = primaryInterfaceName(host.fs)
  const status = await runCommand(['/usr/bin/networkctl', 'status', '--json=pretty', name], 'program', host, io)
  writeCurrentIp(host, primaryAddress(status))
  await applySysctls(name, 'networkd', host, io)
  linkResolvConf(PATHS.resolvedResolvConf, host)
  return EXIT_OK
}
