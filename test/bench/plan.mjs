/**
 * A plan beside one rendering, measured: whole processes in turn, so that the load of the machine is in both. A plan renders
 * three hosts (the old one, the new one, and the old one with the new document applied).
 *
 *   node test/bench/plan.mjs [--runs 11]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const tool = path.join(fileURLToPath(new URL('../..', import.meta.url)), 'dist/bottlerocket.js')
const runsAt = process.argv.indexOf('--runs')
const runs = runsAt < 0 ? 11 : Number(process.argv[runsAt + 1])
const AIM = 2.5

const directory = mkdtempSync(path.join(os.tmpdir(), 'br-'))
const old = path.join(directory, 'old.toml')
const now = path.join(directory, 'new.toml')
const settings = (pods) =>
  `[settings.kubernetes]\ncluster-name = "demo"\napi-server = "https://a.example"\nmax-pods = ${pods}\n`
writeFileSync(old, settings(110))
writeFileSync(now, settings(58))

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

function timed(args) {
  const start = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, [tool, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  return Number(process.hrtime.bigint() - start) / 1e6
}

const variant = ['--variant', 'aws-k8s-1.30']
const pairs = []
for (let i = -1; i < runs; i++) {
  const pair = [
    timed(['render', ...variant, '--user-data', old]),
    timed(['plan', ...variant, '--from', old, '--to', now]),
  ]
  if (i >= 0) pairs.push(pair) // the first pair warms the page cache
}
rmSync(directory, { recursive: true })
const ratio = median(pairs.map(([render, plan]) => plan / render))
const [render, plan] = [0, 1].map((i) => median(pairs.map((pair) => pair[i])))
console.log(`bottlerocket plan: ${ratio.toFixed(2)} times render (aim: under ${AIM})`)
console.log(`  render ${render.toFixed(0)} ms, plan ${plan.toFixed(0)} ms, medians of ${runs} pairs`)
