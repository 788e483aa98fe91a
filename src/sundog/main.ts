import { runMain } from '../host/run-main.ts'
import { sundog } from './program.ts'

runMain(sundog, { step: () => 'sundog' })
