/**
 * The commands that show what the package knows, measured: whole processes, each run paired with a bare `node -e 0`.
 *
 *   node test/bench/browse.mjs [--runs 15]
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const tool = path.join(fileURLToPath(new URL('../..', import.meta.url)), 'dist/bottlerocket.js')
const runsAt = process.argv.indexOf('--runs')
const runs = runsAt < 0 ? 15 : Number(process.argv[runsAt + 1])
/** Command line and aim, in bare node starts. */
const COMMANDS = [
  ['schema --variant aws-k8s-1.30', 2.5],
  ['settings --variant aws-k8s-1.30 max-pods', 2.5],
  ['settings max-pods', 5],
  ['variants diff aws-k8s-1.30 aws-k8s-1.30-nvidia', 3],
  ['explain SETTINGS_WRONG_TYPE', 4],
  ['explain /etc/kubernetes/kubelet/config maxPods --variant aws-k8s-1.30', 8],
  ['explain settings.kubernetes.max-pods --variant aws-k8s-1.30', 10],
  ['explain settings.kubernetes.max-pods', 30],
]

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

function timed(args) {
  const start = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  return Number(process.hrtime.bigint() - start) / 1e6
}

for (const [line, aim] of COMMANDS) {
  const bare = []
  const whole = []
  for (let i = -1; i < runs; i++) {
    const pair = [timed(['-e', '0']), timed([tool, ...line.split(' ')])]
    if (i < 0) continue // the first pair warms the page cache
    bare.push(pair[0])
    whole.push(pair[1])
  }
  const ratio = median(whole.map((ms, i) => ms / bare[i]))
  console.log(`bottlerocket ${line}: ${ratio.toFixed(2)} times a bare node start (aim: under ${aim})`)
  console.log(
    `  bare node ${median(bare).toFixed(1)} ms, process ${median(whole).toFixed(1)} ms, medians of ${runs} pairs`,
  )
}
