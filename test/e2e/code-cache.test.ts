/** The built tool with its code cache, and with one that does not fit: it works all the same. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const project = fileURLToPath(new URL('../..', import.meta.url))
// tells on standard error whether V8 took the cache: false, true if it was refused, undefined if none was given
const OBSERVER = `
const vm = require('node:vm')
vm.Script = class extends vm.Script {
  constructor(code, options) {
    super(code, options)
    process.stderr.write('rejected=' + String(this.cachedDataRejected))
  }
}`

let copy: string
let cache: string
let code: string

function runWith(flags: readonly string[], words: readonly string[]): { stdout: string; stderr: string } {
  const observer = path.join(copy, 'observer.cjs')
  const tool = path.join(copy, 'dist/bottlerocket.js')
  const args = [...flags, '--require', observer, tool, ...words]
  const env = { PATH: process.env['PATH'] }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env })
  expect(status).toBe(0)
  return { stdout, stderr }
}

const run = (...flags: string[]): { stdout: string; stderr: string } => runWith(flags, ['--version'])

function fileOf(pattern: RegExp): string {
  const found = readdirSync(path.join(copy, 'dist/code')).filter((name) => pattern.test(name))
  expect(found).toHaveLength(1)
  return path.join(copy, 'dist/code', found[0] as string)
}

beforeEach(() => {
  copy = mkdtempSync(path.join(os.tmpdir(), 'code-cache-'))
  for (const name of ['dist/bottlerocket.js', 'dist/package.json', 'dist/code', 'package.json']) {
    cpSync(path.join(project, name), path.join(copy, name), { recursive: true })
  }
  writeFileSync(path.join(copy, 'observer.cjs'), OBSERVER)
  cache = fileOf(/^bottlerocket-[0-9a-f]+\..*\.cache$/)
  code = fileOf(/^bottlerocket-[0-9a-f]+\.js$/)
})

afterEach(() => {
  rmSync(copy, { recursive: true, force: true })
})

describe('the code cache', () => {
  const { version } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')) as { version: string }
  const stdout = `${version}\n`

  it('is used, wherever dist lies', () => {
    expect(run()).toEqual({ stdout, stderr: 'rejected=false' })
  })

  it('of a command with a file of its own is that of the file', () => {
    rmSync(code)
    const { stdout: usage, stderr } = runWith([], ['validate', '--help'])
    expect(usage).toMatch(/^usage: bottlerocket validate /)
    expect(stderr).toBe('rejected=false')
  })

  it('is refused by V8 under other flags', () => {
    expect(run('--max-lazy')).toEqual({ stdout, stderr: 'rejected=true' })
  })

  it('is not needed', () => {
    rmSync(cache)
    expect(run()).toEqual({ stdout, stderr: 'rejected=undefined' })
  })

  it.each([
    ['empty', (bytes: Buffer) => bytes.subarray(0, 0)],
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['zeroed at the end', (bytes: Buffer) => Buffer.from(bytes).fill(0, bytes.length - 4096)],
    ['changed in one bit', (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === 5000 ? byte ^ 4 : byte)))],
  ])('is not given to V8 when it is %s', (_name, damage) => {
    writeFileSync(cache, damage(readFileSync(cache)))
    expect(run()).toEqual({ stdout, stderr: 'rejected=undefined' })
  })

  it('is not used for code that was changed, even with the same length', () => {
    const text = readFileSync(code, 'latin1')
    const changed = text.replaceAll('usage: bottlerocket', 'USAGE: bottlerocket')
    expect(changed).not.toBe(text)
    writeFileSync(code, changed, 'latin1')
    expect(run()).toEqual({ stdout, stderr: 'rejected=undefined' })
  })
})
