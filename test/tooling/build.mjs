/**
 * Bundles every program into `dist/`, shared code in chunks, and marks the entries executable; merges the variants' data
 * into `dist/variants/`.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { entries } from './entries.mjs'
import { slimAwsSchemas } from './slim-aws-schemas.mjs'

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
  // jsonc-parser's CommonJS form hides its own requires from the bundler
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  chunkNames: 'chunks/[name]-[hash]',
  define: {
    BUNDLED: 'true',
    // the SDK's reminder that its later versions need a later Node is no business of a boot
    'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"',
  },
  plugins: [slimAwsSchemas],
  // CommonJS packages in an ES module bundle still ask for Node's own modules by require
  banner: {
    js: "#!/usr/bin/env node\nimport{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
for (const name of Object.keys(present)) chmodSync(`dist/${name}.js`, 0o755)

const compiler = 'node_modules/.cache/compile-variants.mjs'
await build({
  entryPoints: ['src/variants/compile.ts'],
  outfile: compiler,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
})
const { compileRelease } = await import(pathToFileURL(compiler))
for (const release of readdirSync('src/variants/releases')) {
  mkdirSync(`dist/variants/${release}`, { recursive: true })
  for (const [name, text] of compileRelease(release)) writeFileSync(`dist/variants/${release}/${name}`, text)
}
