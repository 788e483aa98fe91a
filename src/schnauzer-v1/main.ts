import { runMain } from '../host/run-main.ts'
import { schnauzer } from './program.ts'

runMain(schnauzer)
