import { runMain } from '../host/run-main.ts'
import { tharBeSettings } from './program.ts'

runMain(tharBeSettings, {
  // all settings, and not for a change of some on a running host
  step: (argv) => (argv.includes('--all') && !argv.includes('--daemon') ? 'settings-applier' : undefined),
})
