import { runMain } from '../host/run-main.ts'
import { shibaken } from './program.ts'
await runMain(shibaken)
