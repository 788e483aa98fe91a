import type { ProgramTable } from '../host/program-call.ts'
import { runMain } from '../host/run-main.ts'
import { pluto } from './program.ts'

/** It reads and writes settings by the command that anybody may put in this one's place. */
const programs: ProgramTable = new Map([['apiclient', async () => (await import('../apiclient/program.ts')).apiclient]])

runMain(pluto, { step: () => 'pluto', programs })
