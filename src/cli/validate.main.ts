/** `bottlerocket validate` by itself: the tool's file starts this one for it, which loads a third of the code. */
import { RootedFs } from '../host/rooted-fs.ts'
import { runProcess } from '../host/run-process.ts'
import type { ProgramIo, ReadFs } from '../lib/ports.ts'
import { validate, validateSpec } from './commands/validate.ts'
import { runCommand } from './run-command.ts'

const host: { readonly fs: ReadFs } = { fs: new RootedFs(process.env['BOTTLEROCKET_ROOT'] ?? '/') }

/** The first word is the command's own name. */
function run([, ...argv]: readonly string[], io: ProgramIo): ReturnType<typeof validate> {
  return runCommand({ run: validate, spec: validateSpec }, argv, io, host)
}

runProcess({ name: 'bottlerocket', run }, process.argv.slice(2), process.env, host)
