/**
 * Rendering of every file of a variant in one process: with the templates that the build compiled, and with templates that
 * are compiled when they are rendered.
 *
 *   node test/bench/templates.mjs        (part of npm run bench; needs the build)
 */
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
process.chdir(root)
const outfile = path.join(root, 'node_modules/.cache/templates-bench.mjs')
await build({
  entryPoints: ['test/bench/templates.ts'],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
})
await import(pathToFileURL(outfile).href)
