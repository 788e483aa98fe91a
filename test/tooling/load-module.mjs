/** TypeScript modules of this project, for scripts that plain Node runs. */
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles a module, named from the project's root, and loads it. */
export async function loadModule(file) {
  const outfile = path.join(
    root,
    'node_modules/.cache',
    `${path.basename(path.dirname(file))}-${path.basename(file, '.ts')}.mjs`,
  )
  await build({
    entryPoints: [path.join(root, file)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  })
  return import(pathToFileURL(outfile).href)
}
