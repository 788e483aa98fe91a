/** The cache of `bottlerocket check`: what it saves, what it never does, and what it never holds. */
import { describe, expect, it } from 'vitest'
import type { MemoryFs } from '../../../../src/host/memory-fs.ts'
import { systemClock } from '../../../../src/host/node-ports.ts'
import type { Clock } from '../../../../src/lib/ports.ts'
import type { Threads } from '../../../../src/lib/threads.ts'
import { runCheck, treeOf, type CheckRunOptions } from '../../../support/check-run.ts'
import { inlineThreads } from '../../../support/inline-threads.ts'

const GOOD = '[settings.kubernetes]\nmax-pods = 10\n'
const FAULTY = '[settings.kubernetes]\nmax-pods = "10"\n'
const CACHE = '/home/.cache/bottlerocket/check'
const ARGV = ['--variant', 'aws-k8s-1.30', '--cache']

const tree = (): MemoryFs =>
  treeOf({
    '/w/a.toml': GOOD,
    '/w/b.toml': FAULTY,
    '/w/c.json': JSON.stringify({ UserData: Buffer.from(FAULTY).toString('base64') }),
    '/w/d.json': JSON.stringify({ UserData: '#!/bin/sh' }),
  })

/** Threads that keep the names of the files that are checked. */
function watched(): { readonly threads: Threads; readonly checked: string[] } {
  const checked: string[] = []
  return {
    checked,
    threads: {
      processors: 1,
      run: (job) => {
        checked.push(...job.items.map((item) => (item as { readonly file: string }).file))
        return inlineThreads.run(job)
      },
    },
  }
}

interface Run {
  readonly checked: readonly string[]
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

async function run(fs: MemoryFs, argv: readonly string[] = ARGV, options: CheckRunOptions = {}): Promise<Run> {
  const { threads, checked } = watched()
  const { stdout, stderr, code } = await runCheck(fs, argv, { threads, ...options })
  return { checked, stdout, stderr, code }
}

const ALL = ['a.toml', 'b.toml', 'c.json', 'd.json']

describe('the cache', () => {
  it('saves the checking of files that are as they were, and tells the same of them', async () => {
    const fs = tree()
    const cold = await run(fs)
    expect(cold.checked).toEqual(ALL)
    const warm = await run(fs)
    expect(warm).toEqual({ ...cold, checked: [] })
    expect((await run(fs, [...ARGV, '--verbose'])).stderr).toBe('4 of 4 files were known from the cache\n')
    expect(await run(fs, ARGV.slice(0, 2))).toEqual(cold)
  })

  it.each(['json', 'github', 'sarif'])('tells the same in the form %s', async (format) => {
    const fs = tree()
    const argv = [...ARGV, '--format', format]
    const cold = await run(fs, argv)
    expect(await run(fs, argv)).toEqual({ ...cold, checked: [] })
  })

  it('is not asked about a file of another content, whatever its size and time', async () => {
    const fs = tree()
    await run(fs)
    fs.writeFile('/w/a.toml', GOOD.replace('10', '11'))
    expect((await run(fs)).checked).toEqual(['a.toml'])
  })

  it.each([
    ['another variant', ['--variant', 'aws-k8s-1.29', '--cache']],
    ['another rule', [...ARGV.slice(0, 2), '--variant', 'a.toml=aws-dev', '--cache']],
  ])('is not asked for %s', async (_what, argv) => {
    const fs = tree()
    await run(fs)
    expect((await run(fs, argv)).checked).toEqual(ALL)
  })

  it('is not asked by another build', async () => {
    const fs = tree()
    await run(fs)
    expect((await run(fs, ARGV, { build: 'another' })).checked).toEqual(ALL)
    expect((await run(fs, ARGV, { build: 'another' })).checked).toEqual([])
  })

  it('tells a file that is named from one that is found', async () => {
    const fs = tree()
    await run(fs)
    const { code, checked } = await run(fs, ['d.json', ...ARGV])
    expect({ code, checked }).toEqual({ code: 0, checked: ['d.json'] })
  })

  it.each([
    ['nothing', ''],
    ['text', 'hello\n'],
    ['a directory of its name', undefined],
  ])('that holds %s is as none', async (_what, content) => {
    const fs = tree()
    if (content === undefined) fs.makeDirectory(CACHE)
    else {
      fs.makeDirectory('/home/.cache/bottlerocket')
      fs.writeFile(CACHE, content)
    }
    const cold = await run(tree())
    const { checked, stdout } = await run(fs)
    expect({ checked, stdout }).toEqual({ checked: ALL, stdout: cold.stdout })
  })

  it('that is damaged anywhere is as none', async () => {
    const fs = tree()
    const cold = await run(fs)
    const bytes = Uint8Array.from(fs.readBytes(CACHE))
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
      const damaged = bytes.slice()
      damaged[at] = (damaged[at] ?? 0) ^ 1
      for (const content of [damaged, bytes.slice(0, at)]) {
        fs.writeFile(CACHE, content)
        expect(await run(fs)).toEqual(cold)
      }
    }
  })

  it('that cannot be written is told, and changes nothing else', async () => {
    const fs = tree()
    fs.writeFile('/w/none', '')
    const { code, stderr } = await run(fs, [...ARGV.slice(0, 2), '--cache-file', 'none/cache'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^bottlerocket: cannot write the cache: E[A-Z]+\n$/)
  })

  it('is for its owner only, and lies where it is told to', async () => {
    const fs = tree()
    await run(fs)
    expect(fs.stat(CACHE)?.mode).toBe(0o600)
    await run(fs, [...ARGV.slice(0, 2), '--cache-file', '../elsewhere/cache'])
    expect(fs.stat('/elsewhere/cache')?.mode).toBe(0o600)
  })

  it('keeps what other runs have found, and drops what nobody has used for a month', async () => {
    const fs = tree()
    const day = (number: number): Clock => ({ ...systemClock, now: () => number * 86_400_000 })
    await run(fs, ['a.toml', ...ARGV], { clock: day(100) })
    await run(fs, ['b.toml', ...ARGV], { clock: day(120) })
    expect((await run(fs, ['a.toml', 'b.toml', ...ARGV], { clock: day(121) })).checked).toEqual([])
    await run(fs, ['a.toml', ...ARGV], { clock: day(140) })
    await run(fs, ['c.json', ...ARGV], { clock: day(160) })
    expect((await run(fs, ['a.toml', 'b.toml', ...ARGV], { clock: day(160) })).checked).toEqual(['b.toml'])
  })

  it('is not touched where nothing has changed', async () => {
    const fs = tree()
    await run(fs)
    const before = fs.readBytes(CACHE)
    const writes: string[] = []
    fs.replaceFile = (path) => {
      writes.push(path)
    }
    await run(fs)
    expect(writes).toEqual([])
    expect(fs.readBytes(CACHE)).toEqual(before)
  })
})
