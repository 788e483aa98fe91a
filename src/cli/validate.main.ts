/** `bottlerocket validate` by itself: the tool's file starts this one for it, which loads a third of the code. */
import { RootedFs } from '../host/rooted-fs.ts'
import { runProcess } from '../host/run-process.ts'
import type { ReadFs } from '../lib/ports.ts'
import { validate, validateSpec } from './commands/validate.ts'
import { commandProgram } from './run-command.ts'

const host: { readonly fs: ReadFs } = { fs: new RootedFs(process.env['BOTTLEROCKET_ROOT'] ?? '/') }

runProcess(
  commandProgram({ validate: { run: validate, spec: validateSpec } }),
  process.argv.slice(2),
  process.env,
  host,
)
