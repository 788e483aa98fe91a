import { runMain } from '../host/run-main.ts'
import { imdsHostnameDetector } from './imds.ts'

runMain(imdsHostnameDetector)
