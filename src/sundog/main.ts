import { runMain } from '../host/run-main.ts'
import { sundog } from './program.ts'

await runMain(sundog)
