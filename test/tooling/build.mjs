/**
 * Bundles every program into one file of `dist/`, and merges the variants' data into `dist/variants/`. What a whole boot
 * in one process loads gets a code cache as well. See README.md for the choices.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bundleOptions, ENTRY_URL, shippedTemplates } from './bundle-options.mjs'
import { writeLoader } from './code-loader.mjs'
import { fillCodeCaches } from './code-cache.mjs'
import { commands, entries } from './entries.mjs'
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

const options = { ...bundleOptions, define: { ...bundleOptions.define, 'import.meta.url': '__entryUrl' } }
const templates = await shippedTemplates()

/** Bundles to a file, or to a loader with its code beside it. @returns the code's files that are to have a cache */
async function bundleTo(outfile, input, name) {
  if (!withCache.has(name)) {
    const banner = { js: `${input.entryPoints ? '#!/usr/bin/env node\n' : ''}${ENTRY_URL}` }
    await build({ ...options, ...input, outfile, banner })
    return []
  }
  const bundled = async (from) => (await build({ ...options, ...from, outfile, write: false })).outputFiles[0].text
  const own = commands[name] ?? {}
  const code = [...new Set(Object.values(own))].map(async (file) => [
    file,
    await bundled({ ...input, entryPoints: [file] }),
  ])
  return writeLoader(outfile, await bundled(input), own, new Map(await Promise.all(code)))
}

const present = Object.entries(entries).filter(([, file]) => existsSync(file))
rmSync('dist', { recursive: true, force: true })
mkdirSync('dist/lib', { recursive: true })
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n')
const work = present.map(([name, file]) =>
  bundleTo(`dist/${name}.js`, { entryPoints: [file], plugins: [leavePartsOut, templates, lighterModules] }, name),
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
