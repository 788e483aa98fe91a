/**
 * Rendering of every file of a variant in one process: with the templates that the build compiled, and with templates that
 * are compiled when they are rendered.
 *
 *   node test/bench/templates.mjs        (part of npm run bench; needs the build)
 */
import { fileURLToPath } from 'node:url'
import { loadModule } from '../tooling/load-module.mjs'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
await loadModule('test/bench/templates.ts')
