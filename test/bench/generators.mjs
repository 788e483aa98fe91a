/**
 * What it gains that sundog runs its generators at the same time: sundog and pluto of aws-k8s-1.30 against their generators
 * run one by one, with a metadata service on loopback that answers at once, and one that takes 20 ms for each request.
 *
 *   npm run bench
 */
import { fileURLToPath } from 'node:url'
import { loadModule } from '../tooling/load-module.mjs'

const { benchGenerators } = await loadModule('test/bench/generators.ts')
await benchGenerators(fileURLToPath(new URL('../../dist', import.meta.url)), (line) => console.log(line))
process.exit(0)
