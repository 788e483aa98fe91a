import { runMain } from '../host/run-main.ts'
import { apiclient } from './program.ts'

runMain(apiclient)
