/**
 * The API under load: requests per second, median and 99th percentile of GET /settings, PATCH and commit, for one client
 * and for 16. Beside them, in the same run, what the machine itself gives: a bare Node server on a unix socket, and a file
 * that is appended to and synced.
 *
 *   node test/bench/api.mjs [--requests 2000]
 */
import { spawn } from 'node:child_process'
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const tool = fileURLToPath(new URL('../../dist/bottlerocket.js', import.meta.url))
const at = process.argv.indexOf('--requests')
const requests = at < 0 ? 2000 : Number(process.argv[at + 1])
const work = mkdtempSync(path.join(os.tmpdir(), 'bench-'))

function client(socketPath) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const send = (method, uri, body) =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' }
      const request = http.request({ socketPath, method, path: uri, agent, headers }, (response) => {
        response.resume()
        response.on('end', () =>
          response.statusCode < 300 ? resolve() : reject(new Error(`${response.statusCode} for ${method} ${uri}`)),
        )
      })
      request.on('error', reject)
      request.end(body)
    })
  return { send, close: () => agent.destroy() }
}

/** Runs `action` in `clients` loops at the same time. `prepare` is not measured. */
async function measure(socketPath, clients, action, prepare = () => undefined) {
  const times = []
  let left = requests
  let busy = 0
  const start = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async (_, i) => {
      const one = client(socketPath)
      for (let round = 0; left > 0; round++) {
        left--
        const before = performance.now()
        await prepare(one, i, round)
        const begin = performance.now()
        busy += begin - before
        await action(one, i, round)
        times.push(performance.now() - begin)
      }
      one.close()
    }),
  )
  times.sort((a, b) => a - b)
  const seconds = (performance.now() - start - busy / clients) / 1000
  return {
    rate: times.length / seconds,
    median: times[Math.floor(times.length / 2)],
    p99: times[Math.floor(times.length * 0.99)],
  }
}

function report(name, { rate, median, p99 }, bare) {
  const ratio = bare === undefined ? '' : `  ${(median / bare.median).toFixed(2).padStart(6)} x bare`
  console.log(
    `  ${name.padEnd(28)} ${rate.toFixed(0).padStart(7)}/s  median ${median.toFixed(2).padStart(6)} ms  p99 ${p99.toFixed(2).padStart(7)} ms${ratio}`,
  )
}

/** A server that does nothing, in a process of its own. */
function startBare(socketPath) {
  const code = `require('node:http').createServer((q, r) => { q.resume(); q.on('end', () => r.end('{}')) }).listen(${JSON.stringify(socketPath)}, () => console.log('up'))`
  return started(spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] }))
}

function startServer(root) {
  const args = [tool, 'serve', '--variant', 'aws-k8s-1.30', '--root', root]
  return started(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }))
}

function started(child) {
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`ended with ${code}`)))
    child.stdout.once('data', () => {
      child.removeAllListeners('exit')
      child.stdout.resume()
      resolve(child)
    })
  })
}

function syncs(count) {
  const file = openSync(path.join(work, 'synced'), 'a')
  const times = []
  for (let i = 0; i < count; i++) {
    const begin = performance.now()
    writeSync(file, 'x'.repeat(200))
    fsyncSync(file)
    times.push(performance.now() - begin)
  }
  closeSync(file)
  times.sort((a, b) => a - b)
  const all = times.reduce((sum, time) => sum + time, 0)
  return {
    rate: (1000 * count) / all,
    median: times[Math.floor(count / 2)],
    p99: times[Math.floor(count * 0.99)],
  }
}

const children = []
try {
  const bareSocket = path.join(work, 'bare')
  children.push(await startBare(bareSocket))
  const root = path.join(work, 'r')
  children.push(await startServer(root))
  const socket = path.join(root, 'run/api.sock')
  const first = client(socket)
  await first.send('POST', '/tx/commit?tx=bottlerocket-launch')
  first.close()

  const get = (one) => one.send('GET', '/settings')
  const patch = (one, i, round) =>
    one.send(
      'PATCH',
      `/settings?tx=t${i}`,
      JSON.stringify({ motd: `${i} ${round}`, kernel: { sysctl: { [`net.c${i}`]: String(round) } } }),
    )
  const commit = (one, i) => one.send('POST', `/tx/commit?tx=t${i}`)
  for (const warm of [get, patch]) await measure(socket, 4, warm)
  for (const clients of [1, 16]) {
    console.log(`\n${clients} client${clients === 1 ? '' : 's'}, ${requests} requests each kind`)
    const bare = await measure(bareSocket, clients, get)
    const synced = syncs(200)
    report('bare server, GET', bare)
    report('append and fsync', synced)
    report('GET /settings', await measure(socket, clients, get), bare)
    report('PATCH /settings', await measure(socket, clients, patch), bare)
    report('POST /tx/commit', await measure(socket, clients, commit, patch), clients === 1 ? synced : undefined)
  }
} finally {
  for (const child of children) child.kill('SIGTERM')
  rmSync(work, { recursive: true, force: true })
}
