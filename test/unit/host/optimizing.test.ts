/** Flags of V8, set in processes of their own: they hold for all of one. */
import { spawnSync } from 'node:child_process'
import { buildSync } from 'esbuild'
import { describe, expect, it } from 'vitest'

const SCRIPT = "const script = (cachedData) => new (require('node:vm').Script)('1 + 1', { cachedData });"
const MAKE_CACHE = "process.stdout.write(script().createCachedData().toString('base64'))"
const TAKE_CACHE = "console.log(script(Buffer.from(process.argv[1], 'base64')).cachedDataRejected)"

function node(code: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--eval', SCRIPT + code, ...args], {
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

function built(): string {
  const contents = "import { optimizeLess } from './src/host/optimizing.ts'; optimizeLess()"
  const stdin = { contents, resolveDir: '.' }
  const { outputFiles } = buildSync({ stdin, bundle: true, platform: 'node', format: 'cjs', write: false })
  return outputFiles[0]?.text ?? ''
}

describe('optimizing less', () => {
  it('changes flags of V8, which takes no code cache of before, without a word on standard error', () => {
    const cache = node(MAKE_CACHE)
    expect(node(TAKE_CACHE, cache)).toBe('false\n')
    expect(node(`${built()};${TAKE_CACHE}`, cache)).toBe('true\n')
  })
})
