/** What all bundles of the programs have in common. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadModule } from './load-module.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What tells this build from any other: a sum over all that goes into it. */
function buildId() {
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
  const sum = createHash('sha256')
  for (const file of ['package.json', 'package-lock.json', ...sources.sort()])
    sum.update(`${file}\0`).update(readFileSync(path.join(root, file)))
  return sum.digest('hex').slice(0, 32)
}

/** esbuild's options; the form of the code, and where `import.meta.url` points, is said by whoever bundles. */
export const bundleOptions = {
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
    BUILD_ID: JSON.stringify(buildId()),
    // the SDK's reminder that its later versions need a later Node is no business of a boot
    'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"',
  },
  logLevel: 'warning',
}

/** First line of a CommonJS bundle. */
export const ENTRY_URL = "const __entryUrl=require('node:url').pathToFileURL(__filename).href;"

/** The plugin that puts the compiled templates into a bundle. */
export async function shippedTemplates() {
  const { shippedFiles, shippedStrings } = await loadModule('test/tooling/shipped-templates.ts')
  const [files, strings] = [shippedFiles(), shippedStrings()]
  return {
    name: 'shipped-templates',
    setup(bundle) {
      bundle.onLoad({ filter: /[\\/]schnauzer[\\/]shipped-files\.ts$/ }, () => ({ contents: files, loader: 'js' }))
      bundle.onLoad({ filter: /[\\/]schnauzer[\\/]shipped-strings\.ts$/ }, () => ({ contents: strings, loader: 'js' }))
    },
  }
}
