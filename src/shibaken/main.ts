import { runMain } from '../host/run-main.ts'
import { shibaken } from './program.ts'
runMain(shibaken, { step: (argv) => (argv.includes('warm-pool-wait') ? 'warm-pool-wait' : undefined) })
