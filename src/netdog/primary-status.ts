/** What is done once the primary interface has its address: address file, kernel parameters, link to resolv.conf. */
import { PipelineError } from '../lib/errors.ts'
import { unwritableFile } from '../lib/file-errors.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, ProgramIo } from '../lib/ports.ts'
import { runCommand } from './commands.ts'
import { notice } from './notice.ts'
import { writeTextFile } from './text-file.ts'
import type { Flavour } from './flavour.ts'

/** Never wait for router advertisements in the kernel where systemd-networkd handles them. */
const ROUTER_ADVERTISEMENT_KEYS = [
  'accept_ra',
  'accept_ra_defrtr',
  'accept_ra_pinfo',
  'accept_ra_rtr_pref',
  'accept_ra_mtu',
]

/** Value of `rp_filter`: a source address is fine if any interface reaches it (RFC 3704, loose mode). */
const LOOSE = 2

/** What sysctl.d(5) reads as pattern, separator or comment rather than as part of a name. */
const NOT_IN_SYSCTL = /[*?[\]=\\]|[\0-\x1F]/

/**
 * The kernel parameters of an interface, in the form of sysctl.d(5); the dash makes failures harmless. Empty if the
 * form cannot hold the name.
 */
export function printSysctls(name: string, flavour: Flavour): string {
  if (NOT_IN_SYSCTL.test(name)) return ''
  const lines = [`-net.ipv4.conf.${name}.rp_filter = ${String(LOOSE)}\n`]
  if (flavour === 'networkd') {
    for (const key of ROUTER_ADVERTISEMENT_KEYS) lines.push(`-net.ipv6.conf.${name}.${key} = 0\n`)
  }
  return lines.join('')
}

/** Writes the current address. @param address without prefix length */
export function writeCurrentIp(host: Host, address: string): void {
  writeTextFile(host.fs, { path: PATHS.currentIp, content: address }, true)
}

/**
 * Writes the kernel parameters once, and applies them once per boot.
 *
 * @throws PipelineError `HOST_FILE_UNWRITABLE`, `HOST_COMMAND_FAILED`
 */
export async function applySysctls(name: string, flavour: Flavour, host: Host, io: ProgramIo): Promise<void> {
  const { fs } = host
  if (fs.stat(PATHS.primarySysctls) === undefined) {
    const content = printSysctls(name, flavour)
    if (content === '') notice(io, `no kernel parameters are set for an interface named ${JSON.stringify(name)}`)
    writeTextFile(fs, { path: PATHS.primarySysctls, content }, true)
  }
  if (fs.stat(PATHS.primarySysctlsSet) !== undefined) return
  await runCommand(['/usr/lib/systemd/systemd-sysctl', PATHS.primarySysctls], 'restart', host, io)
  try {
    fs.writeFile(PATHS.primarySysctlsSet, '')
  } catch (cause) {
    notice(io, unwritableFile(PATHS.primarySysctlsSet, cause).message)
  }
}

/** Points the link that other programs read at the resolv.conf of the flavour. @throws PipelineError `HOST_FILE_UNWRITABLE` */
export function linkResolvConf(target: string, { fs }: Host): void {
  const temporary = `${PATHS.resolvConfLink}.new`
  try {
    if (fs.lstat(PATHS.resolvConfLink)?.kind === 'directory') {
      throw new PipelineError('HOST_FILE_UNWRITABLE', `${PATHS.resolvConfLink} is a directory`)
    }
    fs.remove(temporary)
    fs.symlink(target, temporary)
    fs.rename(temporary, PATHS.resolvConfLink)
  } catch (cause) {
    throw cause instanceof PipelineError ? cause : unwritableFile(PATHS.resolvConfLink, cause)
  }
}
