/**
 * Checking a repository, measured: `bottlerocket check` over a tree of generated files as whole processes, with one thread
 * and with one for each processor, with nothing in the cache and with everything. Runs of all kinds take turns, and each is
 * compared with the run of one thread of its round.
 *
 *   node test/bench/check.mjs [--runs 3] [--files 2000]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadModule } from '../tooling/load-module.mjs'

const tool = path.join(fileURLToPath(new URL('../..', import.meta.url)), 'dist/bottlerocket.js')
const option = (name, otherwise) => {
  const at = process.argv.indexOf(name)
  return at < 0 ? otherwise : Number(process.argv[at + 1])
}
const runs = option('--runs', 3)
const count = option('--files', 2000)
const AIM = 0.7

const { writeCorpus, CORPUS_VARIANTS } = await loadModule('test/support/check-corpus.ts')
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const work = mkdtempSync(path.join(os.tmpdir(), 'bench-'))
const tree = path.join(work, 'tree')
const cache = path.join(work, 'cache')

/** @returns milliseconds, and what was printed */
function timed(args) {
  const start = process.hrtime.bigint()
  const all = [tool, 'check', ...CORPUS_VARIANTS, '--format', 'json', ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  if (status !== 1 || stderr !== '') throw new Error(`exit status ${status}: ${stderr}`)
  return { ms, stdout }
}

const KINDS = [
  ['one thread', () => timed(['--jobs', '1'])],
  [`${os.availableParallelism()} threads`, () => timed([])],
  ['cold cache', () => (rmSync(cache, { force: true }), timed(['--cache-file', cache]))],
  ['warm cache', () => timed(['--cache-file', cache])],
]

try {
  const files = writeCorpus(tree, count)
  const documents = files.reduce((sum, file) => sum + file.documents, 0)
  console.log(`\ncheck, ${count} files with ${documents} documents (aim: at most ${AIM} of the time of one thread):`)
  const times = new Map(KINDS.map(([name]) => [name, []]))
  let expected
  for (let i = -1; i < runs; i++) {
    for (const [name, run] of KINDS) {
      const { ms, stdout } = run()
      expected ??= stdout
      if (stdout !== expected) throw new Error(`${name}: another report`)
      if (i >= 0) times.get(name).push(ms) // the first round warms the page cache
    }
  }
  const single = times.get('one thread')
  const ratioOf = (name) => median(times.get(name).map((ms, i) => ms / single[i]))
  for (const [name] of KINDS) {
    const ms = median(times.get(name))
    const perSecond = Math.round((count / ms) * 1000).toLocaleString('en')
    const row = [name.padEnd(12), `${ms.toFixed(0).padStart(6)} ms`, `${perSecond.padStart(7)} files/s`]
    console.log(`  ${row.join('  ')}  ${ratioOf(name).toFixed(2)} x one thread`)
  }
  console.log(ratioOf(KINDS[1][0]) <= AIM ? 'within the aim' : 'MISSES the aim')
} finally {
  rmSync(work, { recursive: true, force: true })
}
