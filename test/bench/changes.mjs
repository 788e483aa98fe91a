/**
 * Changes on a running host. First the whole way of `apiclient set motd=...`, from the start of its process to the
 * rewritten file, each run paired with a bare `node -e 0`. Then the server alone: from the first byte of PATCH, over the
 * commit, to the rewritten file, seen by a client whose connection is open already; and a dry run of the same.
 *
 *   node test/bench/changes.mjs [--runs 31]
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, watch } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../../dist', import.meta.url))
const at = process.argv.indexOf('--runs')
const runs = at < 0 ? 31 : Number(process.argv[at + 1])
const work = mkdtempSync(path.join(os.tmpdir(), 'bench-'))
const root = path.join(work, 'r')
const socketPath = path.join(root, 'run/api.sock')
/** Milliseconds that the server may take from a request to the file. */
const AIM_MS = 10

const percentile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]
const median = (values) => percentile(values, 0.5)

function startServer() {
  const server = spawn(process.execPath, [path.join(dist, 'bottlerocket.js'), 'start', '--serve', '--root', root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    let text = ''
    server.on('exit', () => reject(new Error(`the server ended: ${text}`)))
    server.stdout.on('data', (chunk) => {
      text += chunk
      if (/The API is up/.test(text)) resolve(server)
    })
  })
}

/** Waits until a file holds a text: it is looked at when its directory changes, so that waiting costs nothing. */
function until(file, text) {
  const full = path.join(root, file)
  return new Promise((resolve, reject) => {
    const watcher = watch(path.dirname(full), () => look())
    const timer = setTimeout(() => reject(new Error(`${file} never held ${text}`)), 10_000)
    const look = () => {
      if (!readFileSync(full, 'utf8').includes(text)) return
      watcher.close()
      clearTimeout(timer)
      resolve(performance.now())
    }
    look()
  })
}

function bareNode() {
  const start = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return performance.now() - start
}

/** @returns milliseconds from the start of the client to the file, and to the client's end */
async function setByProcess(i) {
  const file = until('etc/motd', `run-${i}.`)
  const start = performance.now()
  const child = spawn(process.execPath, [path.join(dist, 'apiclient.js'), '-s', socketPath, 'set', `motd=run-${i}.`])
  const ended = new Promise((resolve, reject) => {
    child.on('exit', (code) => (code === 0 ? resolve(performance.now() - start) : reject(new Error(`exit ${code}`))))
  })
  return { written: (await file) - start, ended: await ended }
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
function send(method, uri, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = http.request({ socketPath, method, path: uri, agent, headers }, (response) => {
      response.resume()
      response.on('end', () =>
        response.statusCode < 300 ? resolve() : reject(new Error(`${response.statusCode} ${uri}`)),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}

async function setByRequests(i, settings, file, text) {
  const written = until(file, text)
  const start = performance.now()
  await send('PATCH', `/settings?tx=bench-${i}`, JSON.stringify(settings))
  await send('POST', `/tx/commit_and_apply?tx=bench-${i}`)
  return (await written) - start
}

async function dryRun(i) {
  const start = performance.now()
  await send('PATCH', `/settings?tx=dry-${i}`, JSON.stringify({ motd: `dry-${i}.` }))
  await send('POST', `/tx/dry_run?tx=dry-${i}`)
  await send('DELETE', `/tx?tx=dry-${i}`)
  return performance.now() - start
}

async function times(action) {
  const values = []
  // the first ones load what is needed
  for (let i = -5; i < runs; i++) {
    const value = await action(i + 100)
    if (i >= 0) values.push(value)
  }
  return values
}

const server = await startServer()
try {
  const bare = []
  const written = []
  const ended = []
  for (let i = -2; i < runs; i++) {
    const node = bareNode()
    const run = await setByProcess(i)
    if (i < 0) continue
    bare.push(node)
    written.push(run.written)
    ended.push(run.ended)
  }
  const ratio = (values) => median(values.map((ms, i) => ms / bare[i])).toFixed(2)
  console.log(
    `\napiclient set motd=x, medians of ${runs} pairs with a bare node start of ${median(bare).toFixed(1)} ms`,
  )
  console.log(
    `  to the rewritten file  ${median(written).toFixed(1).padStart(6)} ms  ${ratio(written)} times a bare node start`,
  )
  console.log(`  to the end of the client ${median(ended).toFixed(1).padStart(4)} ms  ${ratio(ended)} times`)
  const show = (name, values, aim) => {
    const aimed = aim === undefined ? '' : ` (aim: under ${aim} ms)`
    const share = (median(values) / median(bare)).toFixed(2)
    const times = `${median(values).toFixed(2).padStart(6)} ms, p95 ${percentile(values, 0.95).toFixed(2)} ms`
    console.log(`  ${name.padEnd(46)} ${times}, ${share} times a bare node start${aimed}`)
  }
  console.log('the server: PATCH, commit, render and write')
  show(
    'motd: one file',
    await times((i) => setByRequests(i, { motd: `request-${i}.` }, 'etc/motd', `request-${i}.`)),
    AIM_MS,
  )
  show(
    'kubernetes.max-pods: the eleven files of kubelet',
    await times((i) =>
      setByRequests(`k${i}`, { kubernetes: { 'max-pods': i } }, 'etc/kubernetes/kubelet/config', `maxPods: ${i}\n`),
    ),
  )
  show('a dry run of motd', await times(dryRun))
} finally {
  agent.destroy()
  server.removeAllListeners('exit')
  server.kill('SIGTERM')
  await new Promise((resolve) => server.on('close', resolve))
  rmSync(work, { recursive: true, force: true })
}
