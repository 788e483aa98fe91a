import { PipelineError } from '../lib/errors.ts'
import { EXIT_OK } from '../lib/exit-codes.ts'
import { canonicalIp } from '../lib/ip-address.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { Waiting } from '../lib/waiting.ts'
import { parseDetectorArgs } from './detector-args.ts'

/** Longest waits before the second, third and fourth try, in milliseconds; each is shortened at random. */
const WAITS_MS = [50, 50, 100]

async function lookup(address: string, io: ProgramIo, host: Host): Promise<string | undefined> {
  const program = 'reverse-dns-hostname-detector'
  const target = `DNS, the name of ${address}`
  const waiting = new Waiting({ host, program, target, stderr: io.stderr })
  try {
    for (let attempt = 0; ; attempt++) {
      const hostname = await host.resolver.reverse(address)
      const longestMs = WAITS_MS[attempt]
      if (hostname !== undefined || longestMs === undefined) return hostname
      waiting.note('last answer: no name')
      const ms = host.entropy.integer(longestMs - 1)
      const wait = { program, target, reason: 'no name', startMs: host.clock.monotonic(), ms, retry: true }
      host.events.emit({ kind: 'wait', wait })
      await host.clock.sleep(ms, io.signal)
    }
  } finally {
    waiting.end()
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
