import { runMain } from '../../host/run-main.ts'
import { localOverrides } from './local-overrides.ts'
runMain(localOverrides)
