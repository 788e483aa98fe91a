import { runMain } from '../host/run-main.ts'
import { bork } from './program.ts'

runMain(bork)
