/**
 * Builds `dist/single/bottlerocket`, one executable that is every program, out of the sources and of what `npm run build`
 * made of the variants' data. See README.md for the choices.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bunPath } from './bun.mjs'
import { bundleOptions, shippedTemplates } from './bundle-options.mjs'
import { commands, entries } from './entries.mjs'
import { lighterModules } from './lighter-modules.mjs'
import { slimAwsSchemas } from './slim-aws-schemas.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
process.chdir(root)

/** Files of the package that programs read. */
const DATA = [
  'package.json',
  'src/templates',
  'src/variants/releases',
  'src/cli/examples',
  'dist/variants',
  ...['factory', 'generators', 'system', 'sysusers', 'tmpfiles'].map((name) => `src/units/${name}`),
]
/** Where the executable finds them: a file system that Bun keeps inside of it. */
const DATA_URL = 'file:///$bunfs/root/package/dist/bottlerocket.js'

const work = path.join(root, 'node_modules/.cache/single')
const outfile = path.join(root, 'dist/single/bottlerocket')

const table = (files) =>
  `new Map([${Object.entries(files).map(([name, file]) => `[${JSON.stringify(name)},()=>import('./${file}')]`)}])`

/** The code as ES modules, of which a process loads those that its program consists of. @returns the first one */
async function bundleModules() {
  const start = `import { PROGRAMS } from './src/cli/programs.ts'
import { startExecutable } from './src/host/executable.ts'
await startExecutable(${table(entries)}, ${table(commands.bottlerocket)}, PROGRAMS)`
  const outdir = path.join(work, 'code')
  await build({
    ...bundleOptions,
    format: 'esm',
    supported: {},
    splitting: true,
    target: 'esnext',
    define: {
      ...bundleOptions.define,
      'import.meta.url': JSON.stringify(DATA_URL),
      EXECUTABLE: JSON.stringify(Object.keys(entries)),
      // only unused code of others asks for it, and it would put a path of this machine into the executable
      __dirname: '"/"',
    },
    stdin: { contents: start, resolveDir: root },
    plugins: [await shippedTemplates(), lighterModules, slimAwsSchemas],
    outdir,
    entryNames: 'start',
  })
  return path.join(outdir, 'start.js')
}

rmSync(work, { recursive: true, force: true })
for (const name of DATA) cpSync(name, path.join(work, 'package', name), { recursive: true })
const entry = await bundleModules()
const temporary = path.join(work, 'bottlerocket')
const options = ['--compile', '--target=bun', '--format=esm', '--splitting', '--bytecode', '--minify']
// a program behaves the same wherever it is started
const isolation = ['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig']
execFileSync(bunPath(root), ['build', ...options, ...isolation, '--asset=package', `--outfile=${temporary}`, entry], {
  cwd: work,
  stdio: ['ignore', 'ignore', 'inherit'],
})
mkdirSync(path.dirname(outfile), { recursive: true })
renameSync(temporary, outfile)
