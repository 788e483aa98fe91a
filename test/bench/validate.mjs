/**
 * Validating, measured: the whole process of `bottlerocket validate` over 200 lines of user data, each run paired with a
 * bare `node -e 0`, and small documents one after another in one process.
 *
 *   node test/bench/validate.mjs [--runs 21]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tool = path.join(root, 'dist/bottlerocket.js')
const runsAt = process.argv.indexOf('--runs')
const runs = runsAt < 0 ? 21 : Number(process.argv[runsAt + 1])
const AIM_RATIO = 2.5
const AIM_DOCUMENTS = 10_000
const VARIANT = 'aws-k8s-1.30'

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const work = mkdtempSync(path.join(os.tmpdir(), 'bench-'))

/** User data of 200 lines: settings of every kind, no faults. */
function userData() {
  const lines = [
    '# a node of the demo cluster',
    '[settings.kubernetes]',
    'cluster-name = "demo"',
    'api-server = "https://0123456789ABCDEF.gr7.us-west-2.eks.amazonaws.com"',
    'cluster-certificate = "LS0tLS1CRUdJTiBDRVJU"',
    'cluster-dns-ip = "10.100.0.10"',
    'max-pods = 110',
    'image-gc-high-threshold-percent = 85',
    'kube-api-qps = 50',
    '',
    '[settings.kubernetes.eviction-hard]',
    '"memory.available" = "5%"',
    '',
    '[settings.kubernetes.node-labels]',
    ...Array.from({ length: 60 }, (_, i) => `"example.com/label-${i}" = "value-${i}"`),
    '',
    '[settings.kubernetes.node-taints]',
    ...Array.from({ length: 15 }, (_, i) => `"example.com/taint-${i}" = ["value-${i}:NoSchedule"]`),
    '',
    '[settings.kernel.sysctl]',
    ...Array.from({ length: 40 }, (_, i) => `"net.core.option_${i}" = "${i}"`),
    ...Array.from({ length: 12 }, (_, i) => [
      '',
      `[settings.host-containers.box-${i}]`,
      'enabled = true',
      'superpowered = false',
      `source = "public.ecr.aws/example/box:v${i}"`,
    ]).flat(),
  ]
  while (lines.length < 200) lines.push(`# line ${lines.length + 1}`)
  return `${lines.slice(0, 200).join('\n')}\n`
}

function timed(args) {
  const start = process.hrtime.bigint()
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stdout}`)
  return ms
}

/** Medians of processes in turn, each as a multiple of the bare one of its round. */
function measureProcesses(commands) {
  const times = new Map(Object.keys(commands).map((name) => [name, []]))
  const ratios = new Map(Object.keys(commands).map((name) => [name, []]))
  for (let i = -1; i < runs; i++) {
    let bare = 0
    for (const [name, args] of Object.entries(commands)) {
      const ms = timed(args)
      if (name === 'bare node') bare = ms
      if (i < 0) continue // the first round warms the page cache
      times.get(name).push(ms)
      ratios.get(name).push(ms / bare)
    }
  }
  for (const name of times.keys()) {
    const ms = median(times.get(name)).toFixed(1).padStart(7)
    console.log(`  ${name.padEnd(28)} ${ms} ms  ${median(ratios.get(name)).toFixed(2)} x node`)
  }
  return median(ratios.get('validate, 200 lines'))
}

const SMALL = [
  '[settings.kubernetes]',
  'cluster-name = "demo"',
  'api-server = "https://0123456789ABCDEF.gr7.us-west-2.eks.amazonaws.com"',
  'max-pods = 110',
  '',
  '[settings.kubernetes.node-labels]',
  '"example.com/team" = "platform"',
  '',
].join('\n')

/** Documents per second of `step`, the best of some rounds of about half a second. */
function rate(step) {
  let best = 0
  for (let round = 0; round < 5; round++) {
    const end = process.hrtime.bigint() + 500_000_000n
    const start = process.hrtime.bigint()
    let count = 0
    while (process.hrtime.bigint() < end) {
      for (let i = 0; i < 50; i++) step()
      count += 50
    }
    best = Math.max(best, count / (Number(process.hrtime.bigint() - start) / 1e9))
  }
  return best
}

async function measureModel() {
  const outfile = path.join(work, 'model.mjs')
  const contents = [
    "export { loadModel } from './src/model/models.ts'",
    "export { validateSettings } from './src/model/validate.ts'",
    "export { parseUserToml } from './src/toml/user-toml.ts'",
  ].join('\n')
  await build({
    stdin: { contents, resolveDir: root },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  })
  const { loadModel, validateSettings, parseUserToml } = await import(pathToFileURL(outfile))
  const model = loadModel('aws-k8s')
  const { tree, sourceMap } = parseUserToml(SMALL, 'small.toml')
  const rates = {
    'model and places': rate(() => validateSettings(model, tree.settings, sourceMap)),
    'TOML to tree and places': rate(() => parseUserToml(SMALL, 'small.toml')),
    both: rate(() => {
      const parsed = parseUserToml(SMALL, 'small.toml')
      validateSettings(model, parsed.tree.settings, parsed.sourceMap)
    }),
  }
  for (const [name, documents] of Object.entries(rates)) {
    console.log(`  ${name.padEnd(28)} ${Math.round(documents).toLocaleString('en').padStart(9)} documents a second`)
  }
  return rates.both
}

try {
  const file = path.join(work, 'user-data.toml')
  writeFileSync(file, userData())
  console.log(`\nvalidate, 200 lines of user data, as a process (aim: under ${AIM_RATIO}):`)
  const ratio = measureProcesses({
    'bare node': ['-e', '0'],
    'bottlerocket --help': [tool, '--help'],
    'validate --help': [tool, 'validate', '--help'],
    'validate, 200 lines': [tool, 'validate', file, '--variant', VARIANT],
  })
  console.log(
    `\nvalidate, documents of ${SMALL.split('\n').length - 1} lines in one process (aim: ${AIM_DOCUMENTS.toLocaleString('en')}):`,
  )
  const documents = await measureModel()
  console.log(`\n${ratio < AIM_RATIO && documents > AIM_DOCUMENTS ? 'within' : 'MISSES'} the aims`)
} finally {
  rmSync(work, { recursive: true, force: true })
}
