import { runMain } from '../host/run-main.ts'
import { prairiedog } from './program.ts'

await runMain(prairiedog)
