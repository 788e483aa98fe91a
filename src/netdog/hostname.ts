/** The host's address and name: what the network gave, as settings. */
import { PipelineError } from '../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { unreadableFile, unwritableFile } from '../lib/file-errors.ts'
import { canonicalIp } from '../lib/ip-address.ts'
import { quoteJson } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, ProgramIo, RunResult } from '../lib/ports.ts'
import { decodeUtf8 } from '../lib/utf8.ts'
import { trimWhiteSpace } from '../lib/white-space.ts'

const KERNEL_HOSTNAME = '/proc/sys/kernel/hostname'

/** The current address as its file has it, and in canonical form. */
function readCurrentIp(host: Host): { text: string; canonical: string } {
  let text: string
  try {
    text = host.fs.readText(PATHS.currentIp)
  } catch (cause) {
    throw unreadableFile(PATHS.currentIp, cause)
  }
  const canonical = canonicalIp(text)
  if (canonical === undefined) {
    throw new PipelineError(
      'GENERATOR_INVALID_ADDRESS',
      `${PATHS.currentIp} does not hold just an IP address: ${JSON.stringify(text)}`,
    )
  }
  return { text, canonical }
}

/** Prints the current address as a JSON string, written as it is in its file. */
export function printNodeIp(io: ProgramIo, host: Host): ExitCode {
  io.stdout.write(`${quoteJson(readCurrentIp(host).text)}\n`)
  return EXIT_OK
}

/** File names of the detectors, the one to ask first in front. */
function detectorNames(host: Host): string[] {
  try {
    return host.fs
      .readDirectory(PATHS.hostnameDetectors)
      .map(({ name }) => name)
      .reverse()
  } catch (cause) {
    throw unreadableFile(PATHS.hostnameDetectors, cause)
  }
}

/** The name that a detector printed, or undefined if it has none. An empty name is one. */
function detectedName(result: RunResult): string | undefined {
  if (result.startError !== undefined || result.exitCode !== EXIT_OK) return undefined
  try {
    return trimWhiteSpace(decodeUtf8(result.stdout))
  } catch {
    return undefined // not UTF-8, hence no name
  }
}

/**
 * Prints the host name as a JSON string: the first answer of the installed detectors, else the address with `-` in
 * place of `:`.
 *
 * @throws PipelineError `HOST_FILE_UNREADABLE`, `GENERATOR_INVALID_ADDRESS`
 */
export async function generateHostname(io: ProgramIo, host: Host): Promise<ExitCode> {
  const { canonical } = readCurrentIp(host)
  let hostname: string | undefined
  for (const name of detectorNames(host)) {
    const command = [`${PATHS.hostnameDetectors}/${name}`, '--ip-address', canonical]
    const result = await host.runner.run({
      command,
      purpose: 'program',
      signal: io.signal,
      onStderrLine: (line) => {
        io.stderr.write(`${name}: ${line}\n`)
      },
    })
    io.signal.throwIfAborted()
    hostname = detectedName(result)
    if (hostname !== undefined) break
  }
  io.stdout.write(`${quoteJson(hostname ?? canonical.replaceAll(':', '-'))}\n`)
  return EXIT_OK
}

/** Sets the kernel's host name, as given. An empty one changes nothing. @throws PipelineError `HOST_FILE_UNWRITABLE` */
export function setHostname(hostname: string, host: Host): ExitCode {
  if (hostname === '') return EXIT_OK
  try {
    host.fs.writeFile(KERNEL_HOSTNAME, hostname)
  } catch (cause) {
    throw unwritableFile(KERNEL_HOSTNAME, cause)
  }
  return EXIT_OK
}
