import { runMain } from '../../host/run-main.ts'
import { ec2IdentityDoc } from './ec2-identity-doc.ts'
runMain(ec2IdentityDoc)
