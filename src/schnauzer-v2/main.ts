import { runMain } from '../host/run-main.ts'
import { schnauzerV2 } from './program.ts'
runMain(schnauzerV2)
