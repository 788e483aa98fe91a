import { nodeHost } from '../host/node-host.ts'
import { runMain } from '../host/run-main.ts'
import { netdog } from './program.ts'
import { rootOption } from './root-option.ts'

const root = rootOption(process.argv.slice(2))
runMain(netdog, (env) => nodeHost(root === undefined ? env : { ...env, BOTTLEROCKET_ROOT: root }))
