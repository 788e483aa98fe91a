/** The commands that show what the package knows, by themselves: they load no program of a boot. */
import { RootedFs } from '../host/rooted-fs.ts'
import { runProcess } from '../host/run-process.ts'
import { init, initSpec } from './commands/init.ts'
import { schema, schemaSpec } from './commands/schema.ts'
import { settings, settingsSpec } from './commands/settings.ts'
import { variants, variantsSpec } from './commands/variants.ts'
import { commandProgram } from './run-command.ts'

const host = { fs: new RootedFs(process.env['BOTTLEROCKET_ROOT'] ?? '/') }

const browse = commandProgram<typeof host>({
  settings: { run: settings, spec: settingsSpec },
  variants: { run: variants, spec: variantsSpec },
  schema: { run: schema, spec: schemaSpec },
  init: { run: init, spec: initSpec },
})

runProcess(browse, process.argv.slice(2), process.env, host)
