import { runMain } from '../host/run-main.ts'
import { settingsCommitter } from './program.ts'
runMain(settingsCommitter, { step: () => 'settings-committer' })
