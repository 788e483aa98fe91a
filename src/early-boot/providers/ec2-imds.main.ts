import { runMain } from '../../host/run-main.ts'
import { ec2Imds } from './ec2-imds.ts'
runMain(ec2Imds)
