/**
 * What it gains that sundog runs its generators at the same time: sundog and pluto of aws-k8s-1.30 against their generators
 * run one by one, with a metadata service on loopback that answers at once, and one that takes 20 ms for each request.
 *
 *   npm run bench
 */
import { fileURLToPath, pathToFileURL } from 'node:url'
import path from 'node:path'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
const outfile = path.join(root, 'node_modules/.cache/bench-generators.mjs')
await build({
  entryPoints: [path.join(root, 'test/bench/generators.ts')],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
})
const { benchGenerators } = await import(pathToFileURL(outfile).href)
await benchGenerators(path.join(root, 'dist'), (line) => console.log(line))
process.exit(0)
