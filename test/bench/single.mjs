/**
 * The one executable beside the bundles that Node runs, each run paired with a bare `node -e 0`: what a program costs that
 * only starts, and what real work does.
 *
 *   node test/bench/single.mjs [--runs 15] [--executable FILE]...
 *
 * The boot's programs at work one after the other are `stages.mjs`, the API server's memory is `memory.mjs`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    executable: { type: 'string', multiple: true, default: [path.join(root, 'dist/single/bottlerocket')] },
  },
})
const runs = Number(options.runs)
const example = path.join(root, 'src/cli/examples/aws-k8s.toml')

/** A wrong option, or none where a program has none: everything is loaded, and nothing is done. */
const STARTS = [
  ...['migrator', 'storewolf', 'apiserver', 'early-boot-config', 'settings-committer', 'sundog', 'thar-be-settings'],
  ...['pluto', 'schnauzer-v2', 'netdog', 'shibaken', 'apiclient'],
].map((program) => ({ name: program, command: [program, '--no-such-option'] }))
const VARIANT = ['--variant', 'aws-k8s-1.30']
const WORK = [
  { name: 'bork', command: ['bork'] },
  { name: 'version', command: ['bottlerocket', '--version'] },
  { name: 'validate', command: ['bottlerocket', 'validate', example, ...VARIANT] },
  { name: 'render', command: ['bottlerocket', 'render', '--user-data', example, ...VARIANT] },
]

function timed([command, ...args]) {
  const start = process.hrtime.bigint()
  const { error } = spawnSync(command, args, { stdio: 'ignore', env: { PATH: process.env.PATH } })
  if (error !== undefined) throw error
  return Number(process.hrtime.bigint() - start) / 1e6
}

const least = (values) => Math.min(...values)
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

const designs = [
  { name: 'node', command: ([program, ...args]) => [process.execPath, path.join(root, `dist/${program}.js`), ...args] },
  ...options.executable
    .filter((file) => existsSync(file))
    .map((file) => ({ name: path.basename(file), command: (words) => [path.resolve(file), ...words] })),
]

/** Rounds of a bare start and each design. */
function measure(command) {
  const bare = []
  const times = designs.map(() => [])
  for (let i = -1; i < runs; i++) {
    const one = [timed([process.execPath, '-e', '0']), ...designs.map((design) => timed(design.command(command)))]
    if (i < 0) continue // warms the page cache
    bare.push(one[0])
    times.forEach((list, at) => list.push(one[at + 1]))
  }
  return times.map((list) => [median(list) / median(bare), least(list) / least(bare)])
}

console.log(`times a bare node start: medians (least times) of ${runs} runs`)
console.log(`  ${''.padEnd(20)}${designs.map(({ name }) => name.padStart(20)).join('')}`)
for (const [title, list] of [
  ['start', STARTS],
  ['work', WORK],
]) {
  console.log(title)
  const sums = designs.map(() => 0)
  for (const { name, command } of list) {
    const ratios = measure(command)
    ratios.forEach(([ratio], i) => (sums[i] += ratio))
    const cells = ratios.map((pair) => pair.map((ratio) => ratio.toFixed(2)))
    console.log(`  ${name.padEnd(20)}${cells.map(([m, l]) => `${m} (${l})`.padStart(20)).join('')}`)
  }
  console.log(`  ${'all'.padEnd(20)}${sums.map((sum) => sum.toFixed(2).padStart(20)).join('')}`)
}
