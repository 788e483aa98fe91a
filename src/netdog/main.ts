import { runMain } from '../host/run-main.ts'
import { netdog } from './program.ts'

runMain(netdog, ['--flavour'])
