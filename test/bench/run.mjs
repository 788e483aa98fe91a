/**
 * Cold boots, measured: the whole process of `bottlerocket boot` for two variants, each run paired with a bare
 * `node -e 0`, so that the figure is a ratio and not a property of the machine.
 *
 *   npm run bench [-- --runs 15]
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tool = path.join(root, 'dist/bottlerocket.js')
const runsAt = process.argv.indexOf('--runs')
const runs = runsAt < 0 ? 11 : Number(process.argv[runsAt + 1])
const aims = { 'aws-ecs-2': 4, 'aws-k8s-1.30': 5 }
const examples = { 'aws-ecs-2': 'aws-ecs.toml', 'aws-k8s-1.30': 'aws-k8s.toml' }

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const work = mkdtempSync(path.join(os.tmpdir(), 'bench-'))

function timed(args, env) {
  const start = process.hrtime.bigint()
  const result = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  return { ms: Number(process.hrtime.bigint() - start) / 1e6, result }
}

/** Starts the metadata server as a process of its own and waits for its address. */
function startMetadata(facts) {
  const server = spawn(process.execPath, [tool, 'imds', '--facts', facts, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return new Promise((resolve, reject) => {
    let text = ''
    server.on('exit', () => reject(new Error(`the metadata server ended: ${text}`)))
    server.stdout.on('data', (chunk) => {
      text += chunk
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]
      if (url) resolve({ server, url })
    })
  })
}

async function measure(variant) {
  const userData = readFileSync(path.join(root, 'src/cli/examples', examples[variant]), 'utf8')
  const facts = path.join(work, `${variant}.json`)
  writeFileSync(facts, JSON.stringify({ currentIp: '10.0.0.10', resolve: {}, imds: { userData } }))
  const { server, url } = await startMetadata(facts)
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'dummy',
  }
  const bare = []
  const whole = []
  const steps = new Map()
  for (let i = -1; i < runs; i++) {
    const empty = timed(['-e', '0'], env)
    const target = path.join(work, `${variant}-${i}`)
    const args = ['boot', '--variant', variant, '--root', target, '--imds', url, '--facts', facts, '--format', 'json']
    const boot = timed([tool, ...args], env)
    if (boot.result.status !== 0)
      throw new Error(`${variant}: ${boot.result.stderr}\n${boot.result.stdout.slice(-2000)}`)
    rmSync(target, { recursive: true, force: true })
    if (i < 0) continue // the first pair warms the page cache
    bare.push(empty.ms)
    whole.push(boot.ms)
    for (const step of JSON.parse(boot.result.stdout).steps) {
      steps.set(step.name, [...(steps.get(step.name) ?? []), step.endMs - step.startMs])
    }
  }
  server.removeAllListeners('exit')
  server.kill('SIGTERM')
  const node = median(bare)
  const ratio = median(whole.map((ms, i) => ms / bare[i]))
  console.log(`\n${variant}: ${ratio.toFixed(2)} times a bare node start (aim: under ${aims[variant]})`)
  console.log(
    `  bare node ${node.toFixed(1)} ms, boot process ${median(whole).toFixed(1)} ms, medians of ${runs} pairs`,
  )
  for (const [name, values] of steps) {
    const ms = median(values)
    console.log(`  ${name.padEnd(22)} ${ms.toFixed(1).padStart(7)} ms  ${(ms / node).toFixed(2).padStart(5)} x node`)
  }
}

try {
  for (const variant of Object.keys(aims)) await measure(variant)
} finally {
  rmSync(work, { recursive: true, force: true })
}
