/**
 * Builds `dist/single/bottlerocket`, one executable that is every program, out of the sources and of what `npm run build`
 * made of the variants' data. See README.md for the choices.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bunPath } from './bun.mjs'
import { bundleOptions, shippedTemplates } from './bundle-options.mjs'
import { rehearse } from './code-cache.mjs'
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

const OPTIONS = [
  ...['--compile', '--target=bun', '--format=esm', '--splitting', '--bytecode', '--minify', '--asset=package'],
  // a program behaves the same wherever it is started
  ...['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
  // short programs do not live to see code pay that is compiled to the machine's
  '--compile-jit-policy=30',
]

/** Makes the executable. @param order files that say in which order it is used */
function compile(entry, file, order) {
  const ordered = order.length === 0 ? [] : [`--bytecode-order=${order.join(',')}`]
  execFileSync(bunPath(root), ['build', ...OPTIONS, ...ordered, `--outfile=${file}`, entry], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** Files that say in which order boots use the code, by boots. A machine that cannot boot has none: that is only told. */
async function orderFiles(executable) {
  const files = []
  try {
    await rehearse((args, env) => {
      const file = path.join(work, `order-${files.length}`)
      execFileSync(executable, args, {
        env: { PATH: process.env['PATH'], ...env, BUN_BYTECODE_ORDER_OUT: file },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      files.push(file)
    })
    return files.filter((file) => existsSync(file))
  } catch (error) {
    process.stderr.write(`build: code in no particular order: ${error.message}\n`)
    return []
  }
}

rmSync(work, { recursive: true, force: true })
for (const name of DATA) cpSync(name, path.join(work, 'package', name), { recursive: true })
const entry = await bundleModules()
const temporary = path.join(work, 'bottlerocket')
compile(entry, temporary, [])
compile(entry, temporary, await orderFiles(temporary))
mkdirSync(path.dirname(outfile), { recursive: true })
renameSync(temporary, outfile)
