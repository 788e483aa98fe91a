import { runMain } from '../host/run-main.ts'
import { storewolf } from './program.ts'
runMain(storewolf, { step: () => 'storewolf' })
