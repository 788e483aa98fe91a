import { runMain } from '../host/run-main.ts'
import { shibaken } from './program.ts'
runMain(shibaken)
