import { PipelineError } from '../lib/errors.ts'
import { EXIT_OK } from '../lib/exit-codes.ts'
import { canonicalIp } from '../lib/ip-address.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { parseDetectorArgs } from './detector-args.ts'

/** Longest waits before the second, third and fourth try, in milliseconds; each is shortened at random. */
const WAITS_MS = [50, 50, 100]

async function lookup(address: string, io: ProgramIo, host: Host): Promise<string | undefined> {
  for (let attempt = 0; ; attempt++) {
    const hostname = await host.resolver.reverse(address)
    const waitMs = WAITS_MS[attempt]
    if (hostname !== undefined || waitMs === undefined) return hostname
    await host.clock.sleep(host.entropy.integer(waitMs - 1), io.signal)
  }
}

/** Prints the name that the system resolver has for an address. */
export const reverseDnsHostnameDetector: Program = {
  name: 'reverse-dns-hostname-detector',
  async run(argv, io, host) {
    const text = parseDetectorArgs(reverseDnsHostnameDetector.name, argv, io)
    if (text === undefined) return EXIT_OK
    const address = canonicalIp(text)
    if (address === undefined) {
      throw new PipelineError('GENERATOR_INVALID_ADDRESS', `${JSON.stringify(text)} is no IP address`)
    }
    const hostname = await lookup(address, io, host)
    if (hostname === undefined) throw new PipelineError('GENERATOR_NO_HOSTNAME', `no name for ${address} in DNS`)
    io.stdout.write(`${hostname}\n`)
    return EXIT_OK
  },
}
