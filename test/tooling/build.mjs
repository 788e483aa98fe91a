/** Bundles every program into `dist/`, shared code in chunks, and marks the entries executable. */
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { entries } from './entries.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
process.chdir(root)
const present = Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)))
rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints: present,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  chunkNames: 'chunks/[name]-[hash]',
  define: { BUNDLED: 'true' },
  // CommonJS packages in an ES module bundle still ask for Node's own modules by require
  banner: {
    js: "#!/usr/bin/env node\nimport{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
for (const name of Object.keys(present)) chmodSync(`dist/${name}.js`, 0o755)
