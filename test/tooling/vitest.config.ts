import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = (name: string, options: object = {}): object => ({
  test: { name, root, include: [`test/${name}/**/*.test.ts`], testTimeout: 30_000, ...options },
})

export default defineConfig({
  test: {
    root,
    maxWorkers: 2,
    projects: [
      project('unit'),
      project('property'),
      project('contract'),
      project('golden'),
      project('completeness'),
      // real processes and sockets, one file at a time
      project('e2e', { fileParallelism: false, testTimeout: 60_000 }),
      // needs root and Debian packages: npm run test:system
      ...(process.env['SYSTEM_TESTS'] === '1'
        ? [project('system', { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 })]
        : []),
    ],
  },
})
