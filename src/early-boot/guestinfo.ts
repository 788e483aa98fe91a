/**
 * Variables that a VMware hypervisor hands to its guest.
 *
 * https://github.com/vmware/open-vm-tools: `vmware-rpctool "info-get KEY"` prints the value of one and a line end.
 */
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'

/** Reads a variable as bytes; undefined if it is not set. @throws PipelineError `PROVIDER_GUESTINFO` */
export type ReadVariable = (key: string) => Promise<Uint8Array | undefined>

const LINE_END = 0x0a
/** What the tool says of a variable that is not set. */
const UNSET = /no value found/i

function failed(reason: string, cause?: unknown): PipelineError {
  return new PipelineError('PROVIDER_GUESTINFO', `cannot read guestinfo: ${reason}`, { cause })
}

/** Variables as files of a directory, each named like its key and holding exactly its value. */
export function variablesOfDirectory(directory: string, { fs }: Pick<Host, 'fs'>): ReadVariable {
  return (key) => {
    try {
      return Promise.resolve(fs.readBytes(`${directory}/${key}`))
    } catch (cause) {
      const code = systemCode(cause)
      if (code === 'ENOENT') return Promise.resolve(undefined)
      return Promise.reject(failed(`${directory}/${key}: ${code ?? messageOf(cause)}`, cause))
    }
  }
}

/** Variables as the hypervisor's own tool reads them. */
export function variablesOfHypervisor({ runner }: Pick<Host, 'runner'>, signal: AbortSignal): ReadVariable {
  return async (key) => {
    const command = [PATHS.vmwareRpctool, `info-get ${key}`]
    const result = await runner.run({ command, purpose: 'program', signal })
    signal.throwIfAborted()
    const { stdout, startError, exitCode } = result
    if (startError !== undefined) throw failed(`${PATHS.vmwareRpctool}: ${startError}; is this a VMware guest?`)
    if (exitCode === 0) return stdout.at(-1) === LINE_END ? stdout.subarray(0, -1) : stdout
    const said = `${decodeUtf8Lossy(stdout)}${decodeUtf8Lossy(result.stderr)}`.trim()
    if (UNSET.test(said)) return undefined
    throw failed(`${command.join(' ')}: ${said === '' ? `exit status ${String(exitCode)}` : said}`)
  }
}
