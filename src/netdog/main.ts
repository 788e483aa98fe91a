import { runMain } from '../host/run-main.ts'
import { netdog } from './program.ts'

/** The units that run netdog in a boot. */
const STEPS = new Map([
  ['generate-net-config', 'generate-network-config'],
  ['write-primary-interface-status', 'write-network-status'],
  ['set-hostname', 'set-hostname'],
])

runMain(netdog, {
  beforeRoot: ['--flavour'],
  step: (argv) => argv.map((word) => STEPS.get(word)).find((step) => step !== undefined),
})
