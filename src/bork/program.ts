import { EXIT_OK } from '../lib/exit-codes.ts'
import type { Program } from '../lib/ports.ts'

/** Update waves are cut into this many parts, numbered from 0. */
const MAX_SEED = 2047

/** Prints a random seed that places this host in the waves of an update. Arguments are ignored. */
export const bork: Program = {
  name: 'bork',
  run(_argv, io, host) {
    io.stdout.write(`${String(host.entropy.integer(MAX_SEED))}\n`)
    return Promise.resolve(EXIT_OK)
  },
}
