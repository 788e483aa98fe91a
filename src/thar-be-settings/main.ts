import type { ProgramTable } from '../host/program-call.ts'
import { runMain } from '../host/run-main.ts'
import { tharBeSettings } from './program.ts'

/** Programs of ours that are restart commands. */
const programs: ProgramTable = new Map([
  ['netdog', async () => (await import('../netdog/program.ts')).netdog],
  ['prairiedog', async () => (await import('../prairiedog/program.ts')).prairiedog],
])

runMain(tharBeSettings, {
  programs,
  // all settings, and not for a change of some on a running host
  step: (argv) => (argv.includes('--all') && !argv.includes('--daemon') ? 'settings-applier' : undefined),
})
