import { runMain } from '../host/run-main.ts'
import { bork } from './program.ts'

await runMain(bork)
