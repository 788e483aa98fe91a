import { runMain } from '../host/run-main.ts'
import { migrator } from './program.ts'
runMain(migrator, { step: () => 'migrator' })
