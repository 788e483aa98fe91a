import { runMain } from '../../host/run-main.ts'
import { localDefaults } from './local-defaults.ts'
runMain(localDefaults)
