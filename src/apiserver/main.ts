import { runMain } from '../host/run-main.ts'
import { apiserver } from './program.ts'
runMain(apiserver, { step: () => 'apiserver', isIdle: true })
