import { runMain } from '../../host/run-main.ts'
import { vmwareGuestinfo } from './vmware-guestinfo.ts'
runMain(vmwareGuestinfo)
