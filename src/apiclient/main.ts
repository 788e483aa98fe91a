import { runMain } from '../host/run-main.ts'
import { apiclient } from './program.ts'

await runMain(apiclient)
