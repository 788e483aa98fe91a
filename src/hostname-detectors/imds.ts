import { createImdsClient } from '../imds/client.ts'
import { fetchLocalHostname } from '../imds/targets.ts'
import { PipelineError } from '../lib/errors.ts'
import { EXIT_OK } from '../lib/exit-codes.ts'
import type { Program } from '../lib/ports.ts'
import { parseDetectorArgs } from './detector-args.ts'

/** Prints the host name that the EC2 metadata service has for this instance. */
export const imdsHostnameDetector: Program = {
  name: 'imds-hostname-detector',
  async run(argv, io, host) {
    const { name } = imdsHostnameDetector
    if (parseDetectorArgs(name, argv, io) === undefined) return EXIT_OK
    const client = createImdsClient(host, { program: name, stderr: io.stderr, signal: io.signal })
    const hostname = await fetchLocalHostname(client)
    if (hostname === undefined) {
      throw new PipelineError('GENERATOR_NO_HOSTNAME', 'the metadata service has no host name for this instance')
    }
    io.stdout.write(`${hostname}\n`)
    return EXIT_OK
  },
}
