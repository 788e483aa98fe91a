import { runMain } from '../host/run-main.ts'
import { earlyBootConfig } from './program.ts'
runMain(earlyBootConfig, { step: () => 'early-boot-config' })
