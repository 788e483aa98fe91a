import { runMain } from '../../host/run-main.ts'
import { localFile } from './local-file.ts'
runMain(localFile)
