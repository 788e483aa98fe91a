import { runMain } from '../host/run-main.ts'
import { pluto } from './program.ts'
runMain(pluto, { step: () => 'pluto' })
