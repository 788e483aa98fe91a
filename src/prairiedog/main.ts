import { runMain } from '../host/run-main.ts'
import { prairiedog } from './program.ts'

runMain(prairiedog, { step: (argv) => (argv.includes('reboot-if-required') ? 'reboot-if-required' : undefined) })
