import { runMain } from '../host/run-main.ts'
import { prairiedog } from './program.ts'

runMain(prairiedog)
