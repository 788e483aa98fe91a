import { runTool } from '../host/run-main.ts'
import { bottlerocket } from './program.ts'

runTool(bottlerocket)
