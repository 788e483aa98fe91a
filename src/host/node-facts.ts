import type dns from 'node:dns'
import fs from 'node:fs'
import os from 'node:os'
import type { HostFacts, PciDevice, ProcessRunner, Resolver } from '../lib/ports.ts'
import { PipelineError } from '../lib/errors.ts'
import { PATHS } from '../lib/paths.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import { usableProcessors } from './processors.ts'

const AMAZON_VENDOR = '1d0f'

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }

/**
 * What `lspci -n -m` prints (lspci(8)): slot, class, vendor and device, then options, and the vendor and device of the
 * subsystem or neither.
 *
 * @throws PipelineError `HOST_COMMAND_FAILED` for a line that is not of this form
 */
export function parseLspci(text: string): PciDevice[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const words = line.split(/\s+/).filter((word) => word !== '')
    if (words.length === 0) return []
    const [, , vendor, device, ...more] = words.map((word) => word.replaceAll('"', ''))
    const subsystem = more.filter((word) => !/^-[rp]/.test(word))
    if (vendor === undefined || device === undefined || subsystem.length === 1) {
      throw new PipelineError('HOST_COMMAND_FAILED', `lspci printed a line that is no device: '${line}'`)
    }
    return [{ vendor, device }]
  })
}

/** The first address of this machine that is not loopback or link-local, IPv4 before IPv6; loopback if there is none. */
export function primaryAddress(): string {
  const all = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const outward = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
  return (outward.find(({ family }) => family === 'IPv4') ?? outward[0])?.address ?? '127.0.0.1'
}

/** Facts of this machine. A missing `lspci` counts as no devices; one that fails is a failure. */
export function nodeFacts(runner: ProcessRunner, lspciPath: string = PATHS.lspci): HostFacts {
  return {
    // Node counts the affinity mask, as the reference does; the cgroup quota is not part of it
    cpus: usableProcessors,
    arch: () => ARCHITECTURES[os.arch()] ?? os.arch(),
    memoryBytes: () => os.totalmem(),
    pciDevices: async () => {
      if (!fs.existsSync(lspciPath)) return []
      const result = await runner.run({
        command: [lspciPath, '-n', '-m', '-d', `${AMAZON_VENDOR}:::`],
        purpose: 'program',
      })
      if (result.exitCode === 0) return parseLspci(decodeUtf8Lossy(result.stdout))
      const reason = result.startError ?? `exit status ${String(result.exitCode ?? result.signal)}`
      throw new PipelineError('HOST_COMMAND_FAILED', `${lspciPath}: ${reason}`)
    },
  }
}

/** Few programs look up a name. */
const loadDns = async (): Promise<typeof dns> => (await import('node:dns')).default

/** The system resolver. */
export const nodeResolver: Resolver = {
  lookup: async (name) => {
    try {
      const found = await (await loadDns()).promises.lookup(name, { all: true })
      return found.map(({ address }) => address)
    } catch {
      return []
    }
  },
  reverse: async (address) => {
    try {
      const { hostname } = await (await loadDns()).promises.lookupService(address, 0)
      return hostname === address ? undefined : hostname
    } catch {
      return undefined
    }
  },
}
