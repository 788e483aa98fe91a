/** Helpers for address ranges. */
import { formatIp, parseIpv4, parseIpv6, parseShortIpv4, type IpBytes } from '../../lib/ip-address.ts'
import { refuse, single, stringOf, valueOf, type TextHelper, type ValueHelper } from '../helper.ts'
import type { Operand } from '../values.ts'

function prefixLength(text: string, bits: number): number | undefined {
  const value = /^\+?[0-9]+$/.test(text) ? Number(text) : bits + 1
  return value <= bits ? value : undefined
}

function hostBitsAreZero(bytes: IpBytes, prefix: number): boolean {
  return bytes.every((byte, i) => {
    const kept = Math.min(8, Math.max(0, prefix - 8 * i))
    return (byte & (255 >> kept)) === 0
  })
}

/** The address of `ADDRESS` or `ADDRESS/LENGTH`; no bit may be set behind the length. */
function cidrAddress(given: Operand | undefined): IpBytes {
  const text = stringOf(given, 'the address')
  const slash = text.lastIndexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  const bytes = parseShortIpv4(address) ?? parseIpv6(address)
  if (bytes === undefined) refuse(given, `'${text}' is no IP address`)
  if (slash < 0) return bytes
  const prefix = prefixLength(text.slice(slash + 1), bytes.length * 8)
  if (prefix === undefined) refuse(given, `'${text}' has no valid prefix length`)
  if (!hostBitsAreZero(bytes, prefix)) refuse(given, `'${text}' has host bits set`)
  return bytes
}

/** `is_ipv4 CIDR`. */
export const IS_IPV4: ValueHelper = { kind: 'value', least: 1, run: ([given]) => cidrAddress(given).length === 4 }
/** `is_ipv6 CIDR`; an IPv4-mapped address is one. */
export const IS_IPV6: ValueHelper = { kind: 'value', least: 1, run: ([given]) => cidrAddress(given).length === 16 }

/** `cidr_to_ipaddr CIDR`: the canonical address. */
export const CIDR_TO_IPADDR: TextHelper = {
  kind: 'text',
  count: 1,
  run: ([given]) => single(formatIp(cidrAddress(given)), given?.origin),
}

/** `replace_ipv4_octet IP INDEX VALUE`. */
export const REPLACE_IPV4_OCTET: TextHelper = {
  kind: 'text',
  count: 3,
  run: ([ip, index, replacement]) => {
    const bytes = parseIpv4(stringOf(ip, 'the address'))
    if (bytes === undefined) refuse(ip, 'this is no IPv4 address')
    const at = valueOf(index)
    if (typeof at !== 'bigint' || at < 0n || at > 3n) refuse(index, 'the position of an octet is a number from 0 to 3')
    const text = stringOf(replacement, 'the new octet')
    if (!/^\+?[0-9]+$/.test(text) || Number(text) > 255) refuse(replacement, 'an octet is a number from 0 to 255')
    return single(formatIp(bytes.with(Number(at), Number(text))), ip?.origin)
  },
}
