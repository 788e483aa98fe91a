import { runMain } from '../../host/run-main.ts'
import { vmwareCdRom } from './vmware-cd-rom.ts'
runMain(vmwareCdRom)
