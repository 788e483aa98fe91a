import { runMain } from '../host/run-main.ts'
import { bottlerocket } from './program.ts'

runMain(bottlerocket)
