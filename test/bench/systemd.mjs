/**
 * First boots under a systemd of their own, measured: from the start of the first unit of the pipeline to the end of
 * settings-applier, with the programs as bundles for Node and as one executable. Each round is paired with bare starts of
 * Node, so that the figures are ratios and no property of the machine.
 *
 *   npm run bench:system [-- --runs 5 --variant NAME ... --programs bundles|executable ...]
 *
 * Needs Linux, root, systemd-nspawn, dnsmasq and debootstrap: see test/system/run.sh. While an interface gets its address no
 * unit of the pipeline works; that time is none of its own and is shown apart.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadModule } from '../tooling/load-module.mjs'

/** In bare starts of Node. */
const AIMS = { 'aws-ecs-2': 2.5, 'aws-k8s-1.30': 7.5 }
/** In MiB. */
const MEMORY_AIMS = { bundles: 90, executable: 60 }
const EXAMPLES = { 'aws-ecs-2': 'aws-ecs.toml', 'aws-k8s-1.30': 'aws-k8s.toml' }
const PIPELINE = [
  ...['generate-network-config', 'migrator', 'storewolf', 'apiserver', 'write-network-status'],
  ...['early-boot-config', 'sundog', 'pluto', 'settings-applier'],
].map((name) => `${name}.service`)
const BARE_STARTS = 5

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    variant: { type: 'string', multiple: true, default: Object.keys(AIMS) },
    programs: { type: 'string', multiple: true, default: ['bundles', 'executable'] },
  },
})
const { makeImage, PipelineMachine, TOOL } = await loadModule('test/support/pipeline-machine.ts')
const examples = fileURLToPath(new URL('../../src/cli/examples', import.meta.url))

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

/** The median of some bare starts of Node, in milliseconds. */
function bareStart() {
  const times = Array.from({ length: BARE_STARTS }, () => {
    const start = process.hrtime.bigint()
    spawnSync(process.execPath, ['-e', '0'], { env: {}, stdio: 'ignore' })
    return Number(process.hrtime.bigint() - start) / 1e6
  })
  return median(times)
}

/** How much of the time some intervals cover. */
function covered(intervals) {
  let [total, at] = [0, -Infinity]
  for (const { startMs, endMs } of [...intervals].sort((a, b) => a.startMs - b.startMs)) {
    total += Math.max(0, endMs - Math.max(at, startMs))
    at = Math.max(at, endMs)
  }
  return total
}

/** One first boot. */
async function round(image, variant) {
  const userData = readFileSync(path.join(examples, EXAMPLES[variant]), 'utf8')
  const machine = new PipelineMachine([image], { userData })
  try {
    const node = bareStart()
    await machine.start()
    machine.settle()
    if (machine.must('systemctl', 'get-default').trim() !== 'multi-user.target') throw new Error(machine.report())
    const { units } = JSON.parse(machine.must(...TOOL, 'analyze', '--format', 'json'))
    const own = units.filter(({ name }) => PIPELINE.includes(name))
    const total = Math.max(...own.map(({ endMs }) => endMs)) - Math.min(...own.map(({ startMs }) => startMs))
    const memory = /VmHWM:\s+(\d+) kB/.exec(
      machine.must('sh', '-c', 'cat /proc/$(systemctl show -P MainPID apiserver.service)/status'),
    )
    const starts = own.reduce((sum, { processStartMs }) => sum + processStartMs, 0)
    return { node, total, busy: covered(own), starts, memory: Number(memory?.[1]) / 1024 }
  } finally {
    await machine.remove()
  }
}

const cell = (text, width = 14) => String(text).padStart(width)
const heads = ['node -e 0', 'boot', 'network', 'pipeline', 'of starts', 'ratio', 'aim', 'API server']
console.log(`${'median of first boots'.padEnd(26)}${heads.map((head) => cell(head)).join('')}`)
for (const variant of options.variant) {
  const images = options.programs.map((programs) => ({ programs, image: makeImage(variant, programs), rounds: [] }))
  try {
    // in turns, so that a change of the machine's load meets all
    for (let i = 0; i < Number(options.runs); i++) {
      for (const { image, rounds } of images) rounds.push(await round(image, variant))
    }
    for (const { programs, rounds } of images) {
      const of = (read) => median(rounds.map(read))
      const cells = [
        `${of(({ node }) => node).toFixed(1)} ms`,
        `${of(({ total }) => total).toFixed(0)} ms`,
        `${of(({ total, busy }) => total - busy).toFixed(0)} ms`,
        `${of(({ busy }) => busy).toFixed(0)} ms`,
        `${of(({ starts }) => starts).toFixed(0)} ms`,
        of(({ busy, node }) => busy / node).toFixed(2),
        `< ${AIMS[variant] ?? '-'}`,
        `${of(({ memory }) => memory).toFixed(0)}/${MEMORY_AIMS[programs]} MiB`,
      ]
      console.log(`${`${variant}, ${programs}`.padEnd(26)}${cells.map((text) => cell(text)).join('')}`)
    }
  } finally {
    for (const { image } of images) image.remove()
  }
}
