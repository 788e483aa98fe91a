import { runMain } from '../../host/run-main.ts'
import { ec2IdentityDoc } from './ec2-identity-doc.ts'
await runMain(ec2IdentityDoc)
