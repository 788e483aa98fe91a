/**
 * Bundles every program into one file of `dist/`, and merges the variants' data into `dist/variants/`. What a whole boot
 * in one process loads gets a code cache as well. See README.md for the choices.
 */
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { writeLoader } from './code-loader.mjs'
import { fillCodeCaches } from './code-cache.mjs'
import { entries } from './entries.mjs'
import { lighterModules } from './lighter-modules.mjs'
import { loadModule } from './load-module.mjs'
import { slimAwsSchemas } from './slim-aws-schemas.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
process.chdir(root)

/** Modules that few runs need, in files of their own: what imports them in a program's bundle requires that file. */
const parts = {
  aws: ['src/pluto/sdk-ec2.ts', 'src/pluto/sdk-eks.ts'],
  'aws-profiles': ['src/pluto/sdk-chain.ts'],
  yaml: ['src/documents/yaml-outer.ts'],
}
/** Commands of a program that have a bundle of their own, which its file starts in its place: they load less. */
const commands = { bottlerocket: { validate: 'src/cli/validate.main.ts', check: 'src/cli/check.main.ts' } }
/** Bundles that are big enough for a code cache to pay. */
const withCache = new Set(['bottlerocket', 'aws'])

const partOf = new Map(
  Object.entries(parts).flatMap(([part, files]) => files.map((file) => [path.resolve(file), `./lib/${part}.js`])),
)
const leavePartsOut = {
  name: 'leave-parts-out',
  setup(bundle) {
    bundle.onResolve({ filter: /^\.{1,2}\// }, ({ path: wanted, resolveDir, kind }) => {
      const part = kind === 'dynamic-import' ? partOf.get(path.resolve(resolveDir, wanted)) : undefined
      return part === undefined ? undefined : { path: part, external: true }
    })
  },
}

const { shippedFiles, shippedStrings } = await loadModule('test/tooling/shipped-templates.ts')
const [files, strings] = [shippedFiles(), shippedStrings()]
const shippedTemplates = {
  name: 'shipped-templates',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]schnauzer[\\/]shipped-files\.ts$/ }, () => ({ contents: files, loader: 'js' }))
    bundle.onLoad({ filter: /[\\/]schnauzer[\\/]shipped-strings\.ts$/ }, () => ({ contents: strings, loader: 'js' }))
  },
}
/** What tells this build from any other: a sum over all that goes into it. */
const sources = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath, entry.name))
const sum = createHash('sha256')
for (const file of ['package.json', 'package-lock.json', ...sources.sort()])
  sum.update(`${file}\0`).update(readFileSync(file))
const buildId = sum.digest('hex').slice(0, 32)

const options = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // one CommonJS file is found, read and compiled in half the time of ES modules in chunks
  format: 'cjs',
  supported: { 'dynamic-import': false },
  // jsonc-parser's CommonJS form hides its own requires from the bundler
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  charset: 'ascii',
  legalComments: 'none',
  define: {
    BUNDLED: 'true',
    BUILD_ID: JSON.stringify(buildId),
    'import.meta.url': '__entryUrl',
    // the SDK's reminder that its later versions need a later Node is no business of a boot
    'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"',
  },
  logLevel: 'warning',
}
const ENTRY_URL = "const __entryUrl=require('node:url').pathToFileURL(__filename).href;"

/** Bundles to a file, or to a loader with its code beside it. @returns the code's files that are to have a cache */
async function bundleTo(outfile, input, name) {
  if (!withCache.has(name)) {
    const banner = { js: `${input.entryPoints ? '#!/usr/bin/env node\n' : ''}${ENTRY_URL}` }
    await build({ ...options, ...input, outfile, banner })
    return []
  }
  const bundled = async (from) => (await build({ ...options, ...from, outfile, write: false })).outputFiles[0].text
  const own = Object.entries(commands[name] ?? {}).map(async ([command, file]) => [
    command,
    await bundled({ ...input, entryPoints: [file] }),
  ])
  return writeLoader(outfile, await bundled(input), Object.fromEntries(await Promise.all(own)))
}

const present = Object.entries(entries).filter(([, file]) => existsSync(file))
rmSync('dist', { recursive: true, force: true })
mkdirSync('dist/lib', { recursive: true })
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n')
const work = present.map(([name, file]) =>
  bundleTo(
    `dist/${name}.js`,
    { entryPoints: [file], plugins: [leavePartsOut, shippedTemplates, lighterModules] },
    name,
  ),
)
for (const [name, files] of Object.entries(parts)) {
  const contents = files.map((file) => `export * from './${file}'`).join('\n')
  const input = { stdin: { contents, resolveDir: root }, plugins: [slimAwsSchemas] }
  work.push(bundleTo(`dist/lib/${name}.js`, input, name))
}
const cacheable = (await Promise.all(work)).flat()
for (const [name] of present) chmodSync(`dist/${name}.js`, 0o755)

const { compileRelease } = await loadModule('src/variants/compile.ts')
for (const release of readdirSync('src/variants/releases')) {
  mkdirSync(`dist/variants/${release}`, { recursive: true })
  for (const [name, text] of compileRelease(release)) writeFileSync(`dist/variants/${release}/${name}`, text)
}
await fillCodeCaches(cacheable)
