/**
 * What the API server takes of the machine's memory: when it is up, after a boot, and at most. The boot's programs are run
 * under a root one after the other as units run them, by Node and by the one executable.
 *
 *   node test/bench/memory.mjs [--executable FILE] [--variant aws-k8s-1.30] [--runs 3]
 *
 * Needs Linux. `anonymous` is what the process alone has; the rest is its files, which the kernel can drop and shares among
 * all processes of the executable.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadModule } from '../tooling/load-module.mjs'

const { imageTree } = await loadModule('src/variants/image.ts')
const { findVariant } = await loadModule('src/variants/variant.ts')

const AIMS = { node: 90, executable: 60 }
const root = fileURLToPath(new URL('../..', import.meta.url))
const { values: options } = parseArgs({
  options: {
    executable: { type: 'string', default: 'dist/single/bottlerocket' },
    variant: { type: 'string', default: 'aws-k8s-1.30' },
    runs: { type: 'string', default: '3' },
  },
})
const DATASTORE = '/var/lib/bottlerocket/datastore'

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

function memoryOf(pid) {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  const mib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)[1]) / 1024
  return { resident: mib('VmRSS'), anonymous: mib('RssAnon'), peak: mib('VmHWM') }
}

/** Starts a program that stays, and waits for what it prints. @returns it and what matched */
function started([command, ...args], env, pattern) {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((resolve, reject) => {
    let text = ''
    const look = (chunk) => {
      text += chunk
      const match = pattern.exec(text)
      if (match !== null) resolve({ child, match })
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.on('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}: ${text}`)))
  })
}

function run([command, ...args], env) {
  const { status, stderr, error } = spawnSync(command, args, { env, encoding: 'utf8' })
  if (status !== 0) throw error ?? new Error(`${args.join(' ')}: ${stderr}`)
}

/** Waits until something listens on a socket. */
async function answering(socket) {
  for (let i = 0; i < 2000; i++) {
    const isUp = await new Promise((resolve) => {
      const probe = connect(socket, () => resolve(true)).on('error', () => resolve(false))
      probe.on('close', () => probe.destroy()).end()
    })
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('the API server does not get ready')
}

/** What the image of the variant ships, in a root. */
function layOut(target) {
  for (const [file, entry] of imageTree(findVariant(options.variant))) {
    const full = path.join(target, file)
    mkdirSync(path.dirname(full), { recursive: true })
    if (entry.kind === 'file') writeFileSync(full, entry.read())
    else symlinkSync(entry.target, full)
  }
  mkdirSync(path.join(target, 'var/lib/netdog'), { recursive: true })
  writeFileSync(path.join(target, 'var/lib/netdog/current_ip'), '10.0.0.10')
}

/** The programs of a boot, with the server's memory on the way. */
async function boot(own, env) {
  const link = '/var/lib/bottlerocket/inventory/application.json'
  run(own('storewolf', '--data-store-base-path', DATASTORE, '--inventory-file-symlink-path', link), env)
  const server = own('apiserver', '--datastore-path', `${DATASTORE}/current`)
  const child = spawn(server[0], server.slice(1), { env, stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    await answering(path.join(env.BOTTLEROCKET_ROOT, 'run/api.sock'))
    const up = memoryOf(child.pid)
    run(own('early-boot-config'), env)
    for (const program of ['sundog', 'pluto'])
      if (program === 'sundog' || options.variant.startsWith('aws-k8s')) {
        run(own('settings-committer'), env)
        run(own(program), env)
      }
    run(own('settings-committer'), env)
    run(own('thar-be-settings', '--all'), env)
    return { up, booted: memoryOf(child.pid) }
  } finally {
    child.kill('SIGTERM')
    await new Promise((resolve) => child.on('exit', resolve))
  }
}

async function measure(own, work) {
  const facts = path.join(work, 'facts.json')
  const example = options.variant.startsWith('aws-ecs') ? 'aws-ecs' : 'aws-k8s'
  const userData = readFileSync(path.join(root, `src/cli/examples/${example}.toml`), 'utf8')
  writeFileSync(facts, JSON.stringify({ currentIp: '10.0.0.10', resolve: {}, imds: { userData } }))
  const base = { PATH: process.env.PATH }
  const imds = own('bottlerocket', 'imds', '--facts', facts, '--port', '0')
  const { child, match } = await started(imds, base, /http:\/\/127\.0\.0\.1:\d+/)
  const env = {
    ...base,
    BOTTLEROCKET_IMDS_URL: match[0],
    AWS_ENDPOINT_URL: match[0],
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'dummy',
  }
  const results = []
  try {
    for (let i = 0; i < Number(options.runs); i++) {
      const target = path.join(work, `root-${i}`)
      layOut(target)
      results.push(await boot(own, { ...env, BOTTLEROCKET_ROOT: target }))
    }
  } finally {
    child.removeAllListeners('exit')
    child.kill('SIGTERM')
  }
  return results
}

function report(name, results) {
  console.log(
    `API server of ${options.variant}, ${name} (aim: under ${AIMS[name]} MiB resident), medians of ${options.runs}`,
  )
  for (const moment of ['up', 'booted']) {
    const of = (key) => median(results.map((result) => result[moment][key])).toFixed(1)
    console.log(
      `  ${moment.padEnd(8)} ${of('resident')} MiB resident, ${of('anonymous')} of it anonymous, ${of('peak')} at most`,
    )
  }
}

if (process.platform !== 'linux') console.log('memory: needs Linux, not measured')
else {
  const designs = {
    node: (name, ...args) => [process.execPath, path.join(root, `dist/${name}.js`), ...args],
    executable: (name, ...args) => [path.resolve(root, options.executable), name, ...args],
  }
  if (!existsSync(path.resolve(root, options.executable))) delete designs.executable
  for (const [name, own] of Object.entries(designs)) {
    const work = mkdtempSync(path.join(os.tmpdir(), 'memory-'))
    try {
      report(name, await measure(own, work))
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }
}
