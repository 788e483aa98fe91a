import { runTool } from '../host/run-main.ts'
import { runAsThread } from '../host/thread-side.ts'
import { bottlerocket } from './program.ts'
import { THREAD_TASKS } from './thread-tasks.ts'

if (!runAsThread(THREAD_TASKS)) runTool(bottlerocket)
