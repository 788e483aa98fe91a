import { runMain } from '../host/run-main.ts'
import { tharBeSettings } from './program.ts'

runMain(tharBeSettings)
